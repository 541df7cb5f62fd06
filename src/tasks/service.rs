//! Reads and writes of tasks.

mod from;
mod hearing;
mod react;
mod talk;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Select};
use uuid::Uuid;

pub use from::{Made, make};
pub use hearing::{heard, hears};
pub use react::react;
pub use talk::{commented, joined};

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
    let standing = standing.map_err(|_| missing())?;
    // Once more: it may have changed before the lock was had.
    let row = visible(cx).filter(Column::Id.eq(id.ok_or_else(missing)?)).one(tx).await?;
    Ok((row.ok_or_else(missing)?, standing))
}
