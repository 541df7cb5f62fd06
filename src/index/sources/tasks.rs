use sea_orm::ConnectionTrait;
use serde::Deserialize;

use super::{Written, put_written};
use crate::{Error, Result, entity::task, index::Kind, markdown::plain_text};

/// What is found of a step of a checklist.
#[derive(Deserialize)]
struct Step {
    text: String,
}

/// What is to be found of a task that is called `key` (GLD-42).
pub fn of_task(row: &task::Model, key: &str) -> Result<Written> {
    let steps: Vec<Step> = serde_json::from_str(&row.checklist).map_err(Error::internal)?;
    let description = plain_text(&row.description_html, None);
    let steps = steps.iter().map(|step| step.text.as_str());
    let body = std::iter::once(description.as_str()).chain(steps).collect();
    let title = format!("{key} {}", row.title);
    let written = Written::of(Kind::Task, row.id, row.creator_id, &title, body);
    Ok(Written { language: "en".to_owned(), ..written })
}

/// Writes the document of a task that was made or changed, and is called `key`.
pub async fn put_task(db: &impl ConnectionTrait, row: &task::Model, key: &str) -> Result<()> {
    put_written(db, &[of_task(row, key)?]).await
}
