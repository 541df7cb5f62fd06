use sea_orm::{ConnectionTrait as _, EntityTrait as _};
use uuid::Uuid;

use super::{locked, told};
use crate::{Cx, Result, boards::policy, entity::board, sql};

/// Deletes a board that was put away, with all that stands on it.
pub async fn delete(cx: Cx<'_>, id: Option<Uuid>) -> Result<board::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, id).await?;
    policy::delete(cx.actor, &standing.board, standing.role)?;
    let board = standing.board;
    // What is found of its tasks hangs on no row of theirs.
    let documents = "DELETE FROM search_document WHERE subject IN \
                     (SELECT id FROM task WHERE board_id = $1)";
    tx.execute_raw(sql::statement(cx.backend(), documents, [board.id.into()])).await?;
    board::Entity::delete_by_id(board.id).exec(&tx).await?;
    told::changed(cx, tx, board.id, true).await?;
    Ok(board)
}
