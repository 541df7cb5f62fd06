use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::visible;
use crate::{
    Actor, Cx, Error, Result,
    app::App,
    entity::{
        board, board_member,
        task::{self, Column},
    },
    sql,
    tasks::policy::{self, Readers},
};

/// The key of a task whose discussion the actor may follow: one that they may see.
pub async fn heard(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    let missing = || Error::not_found("task");
    let rows =
        visible(cx).select_only().column(Column::Id).filter(Column::Id.eq(id.ok_or_else(missing)?));
    rows.into_tuple().one(cx.db).await?.ok_or_else(missing)
}

/// Which of these actors may see a task now, in their order: at most two statements, however many they are.
pub async fn hears(app: &App, task: Uuid, actors: &[Actor]) -> Result<Vec<bool>> {
    let db = app.db.fresh();
    let its_board = task::Entity::find()
        .select_only()
        .column(Column::BoardId)
        .filter(Column::Id.eq(task))
        .filter(
            Expr::col(Column::BoardId.as_column_ref()).equals(board::Column::Id.as_column_ref()),
        );
    let row: Option<(Uuid, board::Visibility)> = board::Entity::find()
        .select_only()
        .columns([board::Column::Id, board::Column::Visibility])
        .filter(Expr::exists(sea_orm::QueryTrait::into_query(its_board)))
        .into_tuple()
        .one(db)
        .await?;
    let Some((board, visibility)) = row else { return Ok(vec![false; actors.len()]) };
    let people: Vec<Uuid> = actors.iter().filter_map(Actor::id).collect();
    let mut readers = Readers { visibility, members: Default::default() };
    if visibility == board::Visibility::Private && !people.is_empty() {
        use board_member::Column::{BoardId, ProfileId};
        let members: Vec<Uuid> = board_member::Entity::find()
            .select_only()
            .column(ProfileId)
            .filter(BoardId.eq(board))
            .filter(sql::key_in(app.db.backend(), ProfileId, &people))
            .into_tuple()
            .all(db)
            .await?;
        readers.members = members.into_iter().collect();
    }
    Ok(actors.iter().map(|actor| policy::reads(actor, &readers)).collect())
}
