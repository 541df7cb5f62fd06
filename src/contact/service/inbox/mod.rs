//! The inbox: what came in through forms, who sees to it, and the talk with its sender.

mod follow_up;
mod list;
mod mails;
mod note;
/// Who may see and answer what came in.
pub mod policy;
mod received;
mod reply;
mod stand;
mod task;
mod update;

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

pub use follow_up::{by_token, follow_up};
pub use list::{Filter, by, forms_of, place, sent, submissions};
pub use mails::{erase_mails, receipt_token};
pub use note::add_note;
pub use received::received;
pub use reply::{NewReply, reply};
pub use task::to_task;
pub use update::{Changes, update};

use crate::{
    Cx, Error, Result,
    contact::{policy::is_staff, service::visible_submissions},
    entity::{
        form,
        form_member::{self, Column as Member},
        submission::{self, Column},
    },
    sql,
};

/// Those of `forms` that the actor answers for.
pub async fn answered_among(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    forms: &[Uuid],
) -> Result<Vec<Uuid>> {
    let Some(me) = cx.actor.id() else { return Ok(Vec::new()) };
    if is_staff(cx.actor) {
        return Ok(forms.to_vec());
    }
    let rows = form_member::Entity::find().select_only().column(Member::FormId);
    let rows = rows.filter(Member::ProfileId.eq(me));
    let rows = rows.filter(sql::key_in(cx.backend(), Member::FormId, forms));
    Ok(rows.into_tuple().all(db).await?)
}

/// The submissions of `keys` that the actor may see, locked for a change, each with whether they answer for it. Their
/// forms are locked first, as by everything that counts submissions, so that two changes never wait for each other.
async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    keys: &[Uuid],
) -> Result<HashMap<Uuid, (submission::Model, bool)>> {
    let these = || visible_submissions(cx).filter(sql::key_in(cx.backend(), Column::Id, keys));
    let forms = these().select_only().column(Column::FormId).distinct();
    let forms: Vec<Uuid> = forms.into_tuple().all(tx).await?;
    if forms.is_empty() {
        return Ok(HashMap::new());
    }
    sql::lock::<form::Entity>(tx, form::Column::Id, &forms).await?;
    sql::lock::<submission::Entity>(tx, Column::Id, keys).await?;
    let answered = answered_among(cx, tx, &forms).await?;
    let rows = these().all(tx).await?;
    let with = |row: submission::Model| (row.id, (answered.contains(&row.form_id), row));
    Ok(rows.into_iter().map(with).map(|(id, (team, row))| (id, (row, team))).collect())
}

/// The one submission of an id, as [`locked`].
async fn locked_one(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<(submission::Model, bool)> {
    let none = || Error::not_found("submission");
    let id = id.ok_or_else(none)?;
    locked(cx, tx, &[id]).await?.remove(&id).ok_or_else(none)
}

/// The form that a submission came through.
async fn form_of(tx: &impl ConnectionTrait, row: &submission::Model) -> Result<form::Model> {
    let form = form::Entity::find_by_id(row.form_id).one(tx).await?;
    form.ok_or_else(|| Error::bug("a submission has no form"))
}
