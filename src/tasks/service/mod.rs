//! Reads and writes of tasks.

mod apply;
mod bulk;
mod checklist;
mod counts;
mod create;
mod desk;
pub mod due;
pub mod find;
mod hearing;
mod hung;
mod input;
mod labels;
mod moving;
mod parents;
mod people;
mod react;
mod read;
mod relate;
mod remove;
mod respace;
mod talk;
mod update;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Select};
use uuid::Uuid;

pub use bulk::update_all;
pub use checklist::{Item, NewItem as NewChecklistItem, items, set as set_checklist};
pub use create::{create, make};
pub use desk::Desk;
pub use hearing::{heard, hears};
pub use input::{Changes, DESCRIPTION, Members, NewTask, TITLE};
pub use moving::relocate;
pub use react::react;
pub use read::{activity, by_key, one};
pub use relate::{Related, relate};
pub use remove::delete;
pub use respace::respace;
pub use talk::{commented, joined};
pub use update::update;

use super::policy;
use crate::{
    Cx, Error, Result,
    boards::service::{Standing, locked as locked_board},
    entity::task::{self, Column},
};

/// The tasks that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<task::Entity> {
    task::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The task of this key as it is now, and where it stands, if the actor may see it; its board is locked for a change.
pub async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<(task::Model, Standing)> {
    let missing = || Error::not_found("task");
    let row = visible(cx).filter(Column::Id.eq(id.ok_or_else(missing)?)).one(tx).await?;
    let standing = locked_board(cx, tx, row.map(|row| row.board_id)).await;
    let standing = standing.map_err(|error| match error {
        Error::Refused(_) => missing(),
        other => other,
    })?;
    // Once more: it may have changed before the lock was had.
    let row = visible(cx).filter(Column::Id.eq(id.ok_or_else(missing)?)).one(tx).await?;
    Ok((row.ok_or_else(missing)?, standing))
}

/// A refusal of the `id` argument where the thing is named by another.
fn named(error: Error, path: &[&'static str]) -> Error {
    let Error::Refused(mut problems) = error else { return error };
    for problem in problems.iter_mut().filter(|problem| problem.path == ["id"]) {
        problem.path = path.iter().copied().map(Into::into).collect();
    }
    Error::Refused(problems)
}

/// A task that was put away is not changed.
fn stands(task: &task::Model) -> Result<()> {
    match task.archived_at {
        None => Ok(()),
        Some(_) => Err(put_away(["id"])),
    }
}

fn put_away(path: impl IntoIterator<Item = impl Into<std::borrow::Cow<'static, str>>>) -> Error {
    let message = "the task was put away: take it out again first";
    Error::refused(crate::error::ErrorCode::StateNotAllowed, path, message)
}
