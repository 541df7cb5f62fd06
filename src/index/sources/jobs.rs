use std::collections::HashMap;

use sea_orm::{ConnectionTrait, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::{Written, joined, put_written};
use crate::{
    Result,
    clock::made_at,
    entity::{job, organization},
    index::Kind,
    markdown::plain_text,
    sql,
};

/// What is to be found of an organization.
pub fn of_organization(row: &organization::Model) -> Written {
    let about = plain_text(&row.about_html, None);
    let words = [row.industry.as_deref(), row.location.as_deref(), Some(about.as_str())];
    Written {
        language: "en".to_owned(),
        ..Written::of(
            Kind::Organization,
            row.id,
            None,
            &row.name,
            words.into_iter().flatten().collect(),
        )
    }
}

/// What is to be found of postings; reads the names of their organizations, and their skills.
pub async fn of_jobs(db: &impl ConnectionTrait, rows: &[job::Model]) -> Result<Vec<Written>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let keys: Vec<Uuid> = rows.iter().map(|row| row.organization_id).collect();
    let these = sql::key_in(backend, organization::Column::Id, &keys);
    let organizations = organization::Entity::find().filter(these).all(db).await?;
    let names: HashMap<Uuid, String> =
        organizations.into_iter().map(|row| (row.id, row.name)).collect();
    let skills = skills(db, rows).await?;
    let written = rows.iter().map(|row| {
        let html = [
            Some(&row.description_html),
            row.requirements_html.as_ref(),
            row.responsibilities_html.as_ref(),
        ];
        let texts: Vec<String> =
            html.into_iter().flatten().map(|html| plain_text(html, None)).collect();
        let name = names.get(&row.organization_id).map(String::as_str);
        let skills = skills.get(&row.id).into_iter().flatten().map(String::as_str);
        let body = name.into_iter().chain(texts.iter().map(String::as_str)).chain(skills);
        Written {
            kind: Kind::Job,
            subject: row.id,
            author: row.posted_by_id,
            made_at: row.published_at.unwrap_or_else(|| made_at(row.id)),
            language: row.language.clone().unwrap_or_else(|| "en".to_owned()),
            title: row.title.clone(),
            body: joined(body.collect()),
        }
    });
    Ok(written.collect())
}

/// The skills that postings ask for, in their order.
async fn skills(
    db: &impl ConnectionTrait,
    rows: &[job::Model],
) -> Result<HashMap<Uuid, Vec<String>>> {
    let backend = db.get_database_backend();
    let keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let text = format!(
        "SELECT s.job_id, t.label FROM job_tag s JOIN tag t ON t.id = s.tag_id WHERE {} \
         ORDER BY s.job_id, s.position",
        sql::among(backend, "s.job_id", 1)
    );
    let found =
        db.query_all_raw(sql::statement(backend, text, [sql::keys(backend, &keys)])).await?;
    let mut skills: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in found {
        skills.entry(row.try_get_by_index(0)?).or_default().push(row.try_get_by_index(1)?);
    }
    Ok(skills)
}

/// Writes the document of an organization that was made or changed.
pub async fn put_organization(db: &impl ConnectionTrait, row: &organization::Model) -> Result<()> {
    put_written(db, &[of_organization(row)]).await
}

/// Writes the documents of postings that were made or changed; reads the names of their organizations, and their skills.
pub async fn put_jobs(db: &impl ConnectionTrait, rows: &[job::Model]) -> Result<()> {
    put_written(db, &of_jobs(db, rows).await?).await
}
