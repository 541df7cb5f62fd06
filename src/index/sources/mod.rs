//! What is to be found of each thing, written with every change of it.

mod jobs;
mod tasks;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Document, Kind, put_many, remove};
use crate::{
    Result,
    clock::made_at,
    entity::{file, message, portfolio_item, post, profile, tag},
    markdown::plain_text,
    sql,
};

pub use jobs::{of_jobs, of_organization, put_jobs, put_organization};
pub use tasks::{of_task, put_task};

/// A document with its texts.
#[derive(Clone, Debug)]
pub struct Written {
    /// What it is about.
    pub kind: Kind,
    /// Its key.
    pub subject: Uuid,
    /// Who made it.
    pub author: Option<Uuid>,
    /// When it was made, or published.
    pub made_at: DateTime<Utc>,
    /// The language of its text; empty for that of its author's account.
    pub language: String,
    /// What it is called.
    pub title: String,
    /// The rest of its words.
    pub body: String,
}

impl Written {
    fn of(kind: Kind, subject: Uuid, author: Option<Uuid>, title: &str, body: Vec<&str>) -> Self {
        Self {
            kind,
            subject,
            author,
            made_at: made_at(subject),
            language: String::new(),
            title: title.to_owned(),
            body: joined(body),
        }
    }

    /// The same, to be written.
    pub fn document(&self) -> Document<'_> {
        Document {
            kind: self.kind,
            subject: self.subject,
            author: self.author,
            made_at: self.made_at,
            language: &self.language,
            title: &self.title,
            body: &self.body,
        }
    }
}

/// Texts below each other, but for empty ones.
pub fn joined(texts: Vec<&str>) -> String {
    let texts: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    texts.join("\n")
}

/// What is to be found of a post.
pub fn of_post(row: &post::Model) -> Written {
    let title = row.title.as_deref().unwrap_or_default();
    Written::of(
        Kind::Post,
        row.id,
        Some(row.author_id),
        title,
        vec![&plain_text(&row.body_html, None)],
    )
}

/// What is to be found of a portfolio item; nothing of a draft.
pub fn of_portfolio_item(row: &portfolio_item::Model) -> Option<Written> {
    let published = row.publication?;
    let summary = row.summary.as_deref().unwrap_or_default();
    let story = plain_text(&row.story_html, None);
    let body = vec![summary, &story];
    let written = Written::of(Kind::PortfolioItem, row.id, Some(row.owner_id), &row.title, body);
    Some(Written { made_at: made_at(published), ..written })
}

/// What is to be found of a tag.
pub fn of_tag(row: &tag::Model) -> Written {
    Written {
        language: "und".to_owned(),
        ..Written::of(Kind::Tag, row.id, None, &row.label, vec![])
    }
}

/// What is to be found of a message; nothing of what the system wrote, and of one without words or that was deleted.
pub fn of_message(row: &message::Model) -> Option<Written> {
    let text = plain_text(&row.body_html, None);
    let is_said = row.kind == message::Kind::Text && row.deleted_at.is_none() && !text.is_empty();
    is_said.then(|| Written::of(Kind::Message, row.id, Some(row.author_id), "", vec![&text]))
}

/// What is to be found of a file.
pub fn of_file(row: &file::Model) -> Written {
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    let (alt_text, caption) = (of(&row.alt_text), of(&row.caption));
    let body = vec![alt_text.as_str(), &caption];
    Written::of(Kind::File, row.id, Some(row.owner_id), &row.name, body)
}

/// What is to be found of profiles; nothing of those of nobody. Reads their skills.
pub async fn of_profiles(
    db: &impl ConnectionTrait,
    rows: &[profile::Model],
) -> Result<Vec<Written>> {
    let keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let backend = db.get_database_backend();
    let text = format!(
        "SELECT s.profile_id, t.label FROM profile_skill s JOIN tag t ON t.id = s.tag_id \
         WHERE {} ORDER BY s.profile_id, s.position",
        sql::among(backend, "s.profile_id", 1)
    );
    let found = sql::statement(backend, text, [sql::keys(backend, &keys)]);
    let found = db.query_all_raw(found).await?;
    let mut skills: HashMap<Uuid, Vec<String>> = HashMap::with_capacity(keys.len());
    for row in found {
        skills.entry(row.try_get_by_index(0)?).or_default().push(row.try_get_by_index(1)?);
    }
    let people = rows.iter().filter(|row| row.kind == profile::Kind::Person);
    let written = people.map(|row| {
        let theirs = skills.get(&row.id).into_iter().flatten().map(String::as_str);
        let bio = plain_text(&row.bio_html, None);
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        let (headline, location) = (of(&row.headline), of(&row.location));
        let body = [headline.as_str(), &location].into_iter().chain(theirs).chain([bio.as_str()]);
        let title = format!("{} @{}", row.name, row.handle);
        Written::of(Kind::Profile, row.id, Some(row.id), &title, body.collect())
    });
    Ok(written.collect())
}

/// Writes these documents.
pub async fn put_written(db: &impl ConnectionTrait, written: &[Written]) -> Result<()> {
    let documents: Vec<_> = written.iter().map(Written::document).collect();
    put_many(db, &documents).await
}

/// Writes the document of a post that was published or changed.
pub async fn put_post(db: &impl ConnectionTrait, row: &post::Model) -> Result<()> {
    put_written(db, &[of_post(row)]).await
}

/// Writes the document of a portfolio item that was published or changed, or takes away that of one that is a draft.
pub async fn put_portfolio_item(
    db: &impl ConnectionTrait,
    row: &portfolio_item::Model,
) -> Result<()> {
    match of_portfolio_item(row) {
        Some(written) => put_written(db, &[written]).await,
        None => remove(db, row.id).await,
    }
}

/// Writes the document of a message that was sent or changed, or takes away that of one that says nothing.
pub async fn put_message(db: &impl ConnectionTrait, row: &message::Model) -> Result<()> {
    match of_message(row) {
        Some(written) => put_written(db, &[written]).await,
        None => remove(db, row.id).await,
    }
}

/// Writes the document of a file that was stored or changed.
pub async fn put_file(db: &impl ConnectionTrait, row: &file::Model) -> Result<()> {
    put_written(db, &[of_file(row)]).await
}

/// Writes the document of a profile that was made or changed; reads its skills.
pub async fn put_profile(db: &impl ConnectionTrait, row: &profile::Model) -> Result<()> {
    let written = of_profiles(db, std::slice::from_ref(row)).await?;
    put_written(db, &written).await
}
