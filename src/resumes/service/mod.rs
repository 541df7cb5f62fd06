mod dates;
mod entries;
mod fields;
mod import;
mod json;
mod languages;
mod skills;
mod update;

use chrono::NaiveDate;
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    Select,
};
use uuid::Uuid;

pub use entries::{delete, reorder, save};
pub use fields::{Changes, Fields, highlights};
pub use import::{Action, Outcome, Row, import};
pub use json::{Parts, document, for_everybody};
pub use update::update;

use super::policy;
use crate::{
    Cx, Result,
    entity::{
        profile,
        resume::{self, Column},
        resume_entry::{self, Kind},
    },
    markdown, sql,
};

/// Entries of a resume.
pub const MOST_ENTRIES: usize = 500;
/// Languages of a resume.
pub const MOST_LANGUAGES: usize = 50;

/// The resumes that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<resume::Entity> {
    let owner = (resume::Entity, Column::ProfileId);
    resume::Entity::find().filter(policy::visible_to(cx.actor, owner))
}

/// The entries that the actor may see.
pub fn visible_entries(cx: Cx<'_>) -> Select<resume_entry::Entity> {
    let owner = (resume_entry::Entity, resume_entry::Column::ProfileId);
    resume_entry::Entity::find().filter(policy::visible_to(cx.actor, owner))
}

/// Whether something goes on today: it is of a kind that lasts, has begun, and has not ended.
pub fn is_current(entry: &resume_entry::Model, today: NaiveDate) -> bool {
    let lasts = matches!(
        entry.kind,
        Kind::Position
            | Kind::Volunteering
            | Kind::Education
            | Kind::Course
            | Kind::Certificate
            | Kind::Project
    );
    let days = |text: &Option<String>| text.as_deref().and_then(dates::days);
    let has_begun = days(&entry.starts_on).is_some_and(|days| days.first <= today);
    let has_ended = days(&entry.ends_on).is_some_and(|days| days.last < today);
    lasts && has_begun && !has_ended
}

/// Begins a change of a member's resume: no other change of it happens meanwhile.
async fn begin(cx: Cx<'_>, me: Uuid) -> Result<DatabaseTransaction> {
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, profile::Column::Id, &[me]).await?;
    Ok(tx)
}

/// What to write above the entries: `None` stays.
#[derive(Clone, Debug, Default)]
struct Head {
    summary: Option<String>,
    details: Option<String>,
}

/// Writes what stands above the entries, and when the resume was changed: now.
async fn put(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    me: Uuid,
    before: Option<&resume::Model>,
    head: Head,
) -> Result<()> {
    let updated_at = Set(cx.now());
    if before.is_none() {
        let summary = head.summary.unwrap_or_default();
        let row = resume::ActiveModel {
            profile_id: Set(me),
            summary_html: Set(markdown::render(&summary).html),
            summary_source: Set(summary),
            details: Set(head.details.unwrap_or_else(|| "{}".to_owned())),
            updated_at,
        };
        resume::Entity::insert(row).exec_without_returning(tx).await?;
        return Ok(());
    }
    let mut row =
        resume::ActiveModel { profile_id: Unchanged(me), updated_at, ..Default::default() };
    if let Some(summary) = head.summary {
        row.summary_html = Set(markdown::render(&summary).html);
        row.summary_source = Set(summary);
    }
    if let Some(details) = head.details {
        row.details = Set(details);
    }
    resume::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// A member's resume, whole.
async fn kept(tx: &impl ConnectionTrait, me: Uuid) -> Result<Option<resume::Model>> {
    Ok(resume::Entity::find().filter(Column::ProfileId.eq(me)).one(tx).await?)
}
