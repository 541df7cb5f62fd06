use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _, Select,
};
use uuid::Uuid;

use super::visible;
use crate::{
    Cx, Result,
    entity::{
        board,
        task::{self, Column},
        task_activity,
    },
};

/// The task of this key, if the actor may see it.
pub async fn one(cx: Cx<'_>, id: Option<Uuid>) -> Result<Option<task::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(visible(cx).filter(Column::Id.eq(id)).one(cx.db).await?)
}

/// The task that people call so (GLD-42, in any case), if the actor may see it.
pub async fn by_key(cx: Cx<'_>, key: &str) -> Result<Option<task::Model>> {
    let Some((board, number)) = key.trim().rsplit_once('-') else { return Ok(None) };
    // PostgreSQL can't be asked for text with NUL; no key has one.
    if board.contains('\0') {
        return Ok(None);
    }
    let is_plain = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    let Some(number) = number.parse::<i32>().ok().filter(|_| is_plain) else { return Ok(None) };
    let board = board::Entity::find()
        .select_only()
        .column(board::Column::Id)
        .filter(board::Column::Key.eq(board.to_ascii_uppercase()))
        .into_query();
    let rows = visible(cx).filter(Column::BoardId.in_subquery(board));
    Ok(rows.filter(Column::Number.eq(number)).one(cx.db).await?)
}

/// What happened to tasks: whoever sees a task sees its history.
pub fn activity() -> Select<task_activity::Entity> {
    task_activity::Entity::find()
}
