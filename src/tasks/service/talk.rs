use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{locked, visible};
use crate::{
    Cx, Error, Result,
    boards::service::{
        history::{self, Line},
        standing,
    },
    entity::{
        task::{self, Column},
        task_activity::Kind,
    },
    tasks::policy,
};

/// Counts a comment that comes on a task, and writes it into the board's history, if the actor may write one; answers
/// whether that is so. The board is locked from here to the commit.
pub async fn commented(cx: Cx<'_>, tx: &impl ConnectionTrait, id: Uuid) -> Result<bool> {
    let (task, standing) = match locked(cx, tx, Some(id)).await {
        Ok(found) => found,
        Err(Error::Refused(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    if policy::join(cx.actor, &standing.board, standing.role).is_err() {
        return Ok(false);
    }
    task::Entity::update_many()
        .col_expr(Column::CommentCount, Expr::col(Column::CommentCount).add(1))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    let line = Line::of_task(Kind::Commented, id, task.number);
    history::write(cx, tx, &standing.board, [line]).await?;
    Ok(true)
}

/// Refuses whoever sees a task and may not join what is said there; of what is not there, or not to be seen, it says
/// nothing.
pub async fn joined(cx: Cx<'_>, db: &impl ConnectionTrait, id: Uuid) -> Result<()> {
    let row = visible(cx).filter(Column::Id.eq(id)).one(db).await?;
    let Some(row) = row else { return Ok(()) };
    let standing = standing(cx, db, Some(row.board_id)).await?;
    policy::join(cx.actor, &standing.board, standing.role).map(drop)
}
