use sea_orm::{ColumnTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::visible;
use crate::{Actor, Cx, Error, Result, app::App, boards, entity::task::Column};

/// The key of a task whose discussion the actor may follow: one that they may see.
pub async fn heard(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    let missing = || Error::not_found("task");
    let rows =
        visible(cx).select_only().column(Column::Id).filter(Column::Id.eq(id.ok_or_else(missing)?));
    rows.into_tuple().one(cx.db).await?.ok_or_else(missing)
}

/// Which of these actors may see a task now, in their order; one statement for all of them.
pub async fn hears(app: &App, task: Uuid, actors: &[Actor]) -> Result<Vec<bool>> {
    let its_board = "SELECT t.board_id FROM task t WHERE t.id = $1";
    boards::service::hear(app, its_board, task, actors).await
}
