//! Reads and writes of applications.

mod counts;
mod erase;
mod list;
mod mails;
mod moves;
mod note;
mod rate;
mod submit;
mod withdraw;

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

pub use erase::erase_due;
pub use list::{Filter, by, mine, place};
pub use mails::mail_tag;
pub use moves::advance;
pub use note::add_note;
pub use rate::{Verdict, rate};
pub use submit::{NewApplication, submit};
pub use withdraw::withdraw;

use super::policy;
use crate::{
    Cx, Error, Result,
    entity::{
        application::{self, Column, State},
        job,
    },
    fields::Answer,
    sql,
};

/// The applications that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<application::Entity> {
    application::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The answers of an application, with the questions as they were asked.
pub fn answers(row: &application::Model) -> Result<Vec<Answer>> {
    serde_json::from_str(&row.answers).map_err(Error::internal)
}

/// Those of `jobs` for which the actor hires.
pub async fn hired_for_among(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    jobs: &[Uuid],
) -> Result<Vec<Uuid>> {
    let rows = job::Entity::find().select_only().column(job::Column::Id);
    let rows = rows.filter(sql::key_in(cx.backend(), job::Column::Id, jobs));
    Ok(rows.filter(policy::jobs_of(cx.actor)).into_tuple().all(db).await?)
}

/// Whether `applicationSubmit` would be allowed for a job that the actor sees.
pub async fn can_apply(cx: Cx<'_>, job: &job::Model) -> Result<bool> {
    let Ok(member) = policy::apply(cx.actor, job, cx.now()) else { return Ok(false) };
    let standing = application::Entity::find()
        .filter(Column::JobId.eq(job.id))
        .filter(Column::ApplicantId.eq(member.id))
        .filter(Column::State.ne(State::Withdrawn));
    Ok(standing.one(cx.db).await?.is_none())
}

/// An application that is locked for a change.
struct Locked {
    row: application::Model,
    /// Its job, locked too.
    job: job::Model,
    /// Whether the actor hires for it.
    hires: bool,
}

/// The applications of `keys` that the actor may see, locked for a change. Their jobs are locked first, as by everything
/// that counts applications, so that two changes never wait for each other.
async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    keys: &[Uuid],
) -> Result<HashMap<Uuid, Locked>> {
    let these = || visible(cx).filter(sql::key_in(cx.backend(), Column::Id, keys));
    let jobs: Vec<Uuid> =
        these().select_only().column(Column::JobId).distinct().into_tuple().all(tx).await?;
    if jobs.is_empty() {
        return Ok(HashMap::new());
    }
    sql::lock::<job::Entity>(tx, job::Column::Id, &jobs).await?;
    sql::lock::<application::Entity>(tx, Column::Id, keys).await?;
    let hired = hired_for_among(cx, tx, &jobs).await?;
    let jobs = job::Entity::find().filter(sql::key_in(cx.backend(), job::Column::Id, &jobs));
    let jobs: HashMap<Uuid, job::Model> =
        jobs.all(tx).await?.into_iter().map(|job| (job.id, job)).collect();
    let rows = these().all(tx).await?;
    let with_job = |row: application::Model| {
        let job = jobs.get(&row.job_id).cloned()?;
        let hires = hired.contains(&row.job_id);
        Some((row.id, Locked { row, job, hires }))
    };
    Ok(rows.into_iter().filter_map(with_job).collect())
}

/// The one application of an id, as [`locked`].
async fn locked_one(cx: Cx<'_>, tx: &impl ConnectionTrait, id: Option<Uuid>) -> Result<Locked> {
    let none = || Error::not_found("application");
    let id = id.ok_or_else(none)?;
    locked(cx, tx, &[id]).await?.remove(&id).ok_or_else(none)
}
