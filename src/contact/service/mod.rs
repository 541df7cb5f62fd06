mod again;
mod challenge;
mod erase;
/// What came in, and the talk about it.
pub mod inbox;
mod limits;
mod origins;
mod save;
mod spam;
mod submit;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

pub use challenge::{Challenge, challenge};
pub use erase::{erase_due, mail_tag};
pub use limits::may_send_files;
pub use origins::{SentFrom, may_send_from, takes_files};
pub use save::{Changes, save};
pub use submit::{By, NewSubmission, Receipt, named, submit};

use super::policy;
use crate::{
    Cx, Error, Result,
    entity::{
        form::{self, Column},
        submission,
    },
    fields::{Answer, Field},
};

/// The forms that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<form::Entity> {
    form::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The forms whose submissions the actor may read.
pub fn worked_on(cx: Cx<'_>) -> Select<form::Entity> {
    form::Entity::find().filter(policy::worked_on_by(cx.actor))
}

/// The submissions that the actor may see.
pub fn visible_submissions(cx: Cx<'_>) -> Select<submission::Entity> {
    submission::Entity::find().filter(policy::submissions_visible_to(cx.actor))
}

/// The form of this key as it is now, locked for a change, whoever may see it.
pub async fn locked(tx: &impl ConnectionTrait, id: Uuid) -> Result<Option<form::Model>> {
    Ok(form::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// The form of this name, if the actor may see it.
pub async fn by_slug(cx: Cx<'_>, slug: &str) -> Result<Option<form::Model>> {
    // PostgreSQL can't be asked for text with NUL; no name has one.
    if slug.contains('\0') {
        return Ok(None);
    }
    let slug = slug.trim().to_lowercase();
    Ok(visible(cx).filter(Column::Slug.eq(slug)).one(cx.db).await?)
}

/// The questions of a form.
pub fn fields(form: &form::Model) -> Result<Vec<Field>> {
    serde_json::from_str(&form.fields).map_err(Error::internal)
}

/// The answers of a submission, with the questions as they were asked.
pub fn answers(submission: &submission::Model) -> Result<Vec<Answer>> {
    serde_json::from_str(&submission.answers).map_err(Error::internal)
}
