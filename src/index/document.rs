use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use super::look;
use crate::{Result, sql};

/// What kind of thing a document is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A member.
    Profile,
    /// A post.
    Post,
    /// A tag.
    Tag,
    /// A posting.
    Job,
    /// An organization.
    Organization,
    /// A piece of work on show.
    PortfolioItem,
    /// A task.
    Task,
    /// A message.
    Message,
    /// A file.
    File,
}

impl Kind {
    /// What it is called in ids, and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Post => "post",
            Self::Tag => "tag",
            Self::Job => "job",
            Self::Organization => "organization",
            Self::PortfolioItem => "portfolio_item",
            Self::Task => "task",
            Self::Message => "message",
            Self::File => "file",
        }
    }
}

/// What is to be found of one thing.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its key.
    pub subject: Uuid,
    /// Who made it.
    pub author: Option<Uuid>,
    /// When it was made, or published.
    pub made_at: DateTime<Utc>,
    /// The language of its text, BCP 47; words are stemmed by it where the database knows it.
    pub language: &'a str,
    /// What it is called; its words weigh more.
    pub title: &'a str,
    /// The rest of its words, in plain text; those after 100,000 characters are not found.
    pub body: &'a str,
}

/// Characters of a body that are indexed.
const LONGEST: usize = 100_000;

/// Writes a document, or writes it anew, in the transaction of the change of what it is about.
pub async fn put(db: &impl ConnectionTrait, document: &Document<'_>) -> Result<()> {
    let backend = db.get_database_backend();
    let columns = "subject, kind, author, made_at, language, title, body";
    let renewed = "author = excluded.author, made_at = excluded.made_at, \
                   language = excluded.language, title = excluded.title, body = excluded.body";
    let text = match backend {
        DbBackend::Postgres => format!(
            "INSERT INTO search_document ({columns}, words) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, {}) \
             ON CONFLICT (subject) DO UPDATE SET {renewed}, words = excluded.words",
            look::vector(document.language, "$6", "$7")
        ),
        _ => format!(
            "INSERT INTO search_document ({columns}) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (subject) DO UPDATE SET {renewed}"
        ),
    };
    let body: String = document.body.chars().filter(|c| *c != '\0').take(LONGEST).collect();
    let values = [
        document.subject.into(),
        document.kind.name().into(),
        document.author.into(),
        document.made_at.into(),
        document.language.into(),
        document.title.into(),
        body.into(),
    ];
    db.execute_raw(sql::statement(backend, text, values)).await?;
    Ok(())
}

/// Takes away the document of something that is deleted, or that nobody is to find any more.
pub async fn remove(db: &impl ConnectionTrait, subject: Uuid) -> Result<()> {
    let backend = db.get_database_backend();
    let text = "DELETE FROM search_document WHERE subject = $1";
    db.execute_raw(sql::statement(backend, text, [subject.into()])).await?;
    Ok(())
}
