use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    Error, Result,
    entity::task::{self, Column},
    error::ErrorCode,
    sql,
};

/// How deep tasks stand in each other: a task, its parts, and so on.
const DEEPEST: usize = 5;

/// The task that others are to be a part of: on the same board, none of them nor part of one, and not too deep.
/// `parts` are those that are there already.
pub(super) async fn found(
    tx: &impl ConnectionTrait,
    board: Uuid,
    id: Option<Uuid>,
    parts: &[Uuid],
) -> Result<task::Model> {
    let refused = |code, message: String| Error::refused(code, ["input", "parent"], message);
    let missing = || refused(ErrorCode::NotFound, "there is no such task on this board".to_owned());
    let rows = task::Entity::find_by_id(id.ok_or_else(missing)?).filter(Column::BoardId.eq(board));
    let parent = rows.one(tx).await?.ok_or_else(missing)?;
    let above = above(tx, parent.id).await?;
    if above.iter().any(|task| parts.contains(task)) {
        let message = "a task can't be a part of itself, or of one of its parts";
        return Err(refused(ErrorCode::Invalid, message.to_owned()));
    }
    let height = if parts.is_empty() { 1 } else { height(tx, parts).await? };
    if above.len() + height > DEEPEST {
        let message = format!("tasks stand in each other at most {DEEPEST} deep");
        return Err(refused(ErrorCode::OutOfRange, message));
    }
    Ok(parent)
}

/// A task and all that it is a part of.
async fn above(tx: &impl ConnectionTrait, task: Uuid) -> Result<Vec<Uuid>> {
    let text = "WITH RECURSIVE up (id, parent_id, level) AS (\
        SELECT id, parent_id, 1 FROM task WHERE id = $1 UNION ALL \
        SELECT t.id, t.parent_id, up.level + 1 FROM task t JOIN up ON t.id = up.parent_id WHERE up.level < 20\
        ) SELECT id FROM up";
    let statement = sql::statement(tx.get_database_backend(), text, [task.into()]);
    let rows = tx.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

/// How deep the parts of these tasks stand, themselves counted.
async fn height(tx: &impl ConnectionTrait, tasks: &[Uuid]) -> Result<usize> {
    let backend = tx.get_database_backend();
    let text = format!(
        "WITH RECURSIVE down (id, level) AS (SELECT id, 1 FROM task WHERE {} UNION ALL \
         SELECT t.id, down.level + 1 FROM task t JOIN down ON t.parent_id = down.id WHERE down.level < 20\
         ) SELECT MAX(level) FROM down",
        sql::among(backend, "id", 1)
    );
    let statement = sql::statement(backend, text, [sql::keys(backend, tasks)]);
    let level: Option<i32> = match tx.query_one_raw(statement).await? {
        Some(row) => row.try_get_by_index(0)?,
        None => None,
    };
    Ok(level.and_then(|level| usize::try_from(level).ok()).unwrap_or(1))
}
