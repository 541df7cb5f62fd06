use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{desk::save, moving::LONGEST};
use crate::{
    Result,
    app::App,
    boards::service::{rank, told},
    cx::Hand,
    entity::{
        board, board_column,
        task::{self, Column},
    },
    streams::{Events, NewEvent, Stream},
};

/// Tasks that one statement writes.
const MOST_AT_ONCE: usize = 2_000;

/// Gives the tasks of a column short ranks again, in the order in which they stand, and tells that they moved. Nothing
/// is done where none is too long.
pub async fn respace(app: &App, column: Uuid) -> Result<()> {
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let tx = cx.begin().await?;
    let Some(found) = board_column::Entity::find_by_id(column).one(&tx).await? else {
        tx.rollback().await?;
        return Ok(());
    };
    board::Entity::find_by_id(found.board_id).lock_exclusive().one(&tx).await?;
    let rows: Vec<task::Model> = task::Entity::find()
        .filter(Column::ColumnId.eq(column))
        .filter(Column::ArchivedAt.is_null())
        .order_by_asc(Column::Rank)
        .order_by_asc(Column::Id)
        .all(&tx)
        .await?;
    if rows.iter().all(|row| row.rank.len() <= LONGEST) {
        tx.rollback().await?;
        return Ok(());
    }
    let mut spaced = rows.clone();
    for (row, rank) in spaced.iter_mut().zip(rank::spread(None, None, rows.len())) {
        row.rank = rank;
    }
    for (rows, spaced) in rows.chunks(MOST_AT_ONCE).zip(spaced.chunks(MOST_AT_ONCE)) {
        save(&tx, rows, spaced).await?;
    }
    let moved = told::Moved { from_column: column };
    let told = rows.iter().zip(&spaced).filter(|(row, spaced)| row.rank != spaced.rank);
    let told = told.map(|(row, _)| NewEvent::new(told::TASK_MOVED, row.id).with(&moved));
    let told = told.collect::<Result<Vec<_>>>()?;
    let mut events = Events::new();
    events.append_all(cx, &tx, Stream::board(found.board_id), told).await?;
    events.commit(cx, tx).await
}
