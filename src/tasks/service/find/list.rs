use sea_orm::{
    ColumnTrait as _, Condition, DbErr, QueryFilter as _, QueryResult, Select,
    sea_query::{Expr, SelectStatement},
};
use uuid::Uuid;

use super::{Field, Filter, Order, condition::assigned, order::POSITION};
use crate::{
    Cx, Result, boards,
    entity::task::{self, Column},
    page::{Ask, By, Page, Place, Rank},
    shape::Shape,
    sql::{self, OfEach},
    tasks::service::visible,
};

/// A task of a list.
#[derive(Clone, Debug)]
pub struct Found {
    /// The task.
    pub row: task::Model,
    /// The place of its column on the board.
    pub position: i32,
}

impl Shape for Found {
    type Entity = task::Entity;
    const WIDTH: usize = task::Model::WIDTH + 1;

    fn select(rows: &mut SelectStatement) {
        task::Model::select(rows);
        rows.expr(Expr::cust(POSITION));
    }

    fn read(row: &QueryResult, at: usize) -> Result<Self, DbErr> {
        let position = row.try_get_by_index(at + task::Model::WIDTH)?;
        Ok(Self { row: task::Model::read(row, at)?, position })
    }
}

/// Which tasks of a parent, in which order, and how many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Listed {
    /// Which.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// Which page.
    pub ask: Ask,
}

impl Listed {
    /// The tasks that the actor may see and the filter lets through.
    fn rows(&self, cx: Cx<'_>) -> Result<Select<task::Entity>> {
        Ok(visible(cx).filter(self.filter.condition(cx.backend(), cx.now())?))
    }

    fn page(&self, rows: Vec<Found>, order: Order) -> Page<task::Model> {
        Page::new(rows, &self.ask, |found| order.place(found)).map(|found| found.row)
    }
}

/// The page of each board, in one statement.
pub async fn of_boards(
    cx: Cx<'_>,
    boards: &[Uuid],
    listed: &Listed,
) -> Result<Vec<(Uuid, Page<task::Model>)>> {
    let Listed { order, ask, .. } = listed;
    let rows = OfEach {
        rows: listed.rows(cx)?,
        parent: Column::BoardId,
        parents: boards,
        key: Column::Id,
        by: &order.by(cx.backend()),
        ask,
    };
    let rows = rows.all::<Found>(cx.db).await?;
    let pages =
        Page::of_each(boards, rows, ask, |found| found.row.board_id, |found| order.place(found));
    Ok(pages.into_iter().map(|(id, page)| (id, page.map(|found| found.row))).collect())
}

/// The page of each column, in their order there and in one statement.
pub async fn of_columns(
    cx: Cx<'_>,
    columns: &[Uuid],
    filter: &Filter,
    ask: &Ask,
) -> Result<Vec<(Uuid, Page<task::Model>)>> {
    let rows = OfEach {
        rows: visible(cx).filter(filter.condition(cx.backend(), cx.now())?),
        parent: Column::ColumnId,
        parents: columns,
        key: Column::Id,
        by: &By::lettered(Column::Rank, Column::Id, sea_orm::Order::Asc),
        ask,
    };
    let rows = rows.all::<task::Model>(cx.db).await?;
    let place = |row: &task::Model| Place { rank: Some(Rank::Text(row.rank.clone())), id: row.id };
    Ok(Page::of_each(columns, rows, ask, |row| row.column_id, place))
}

/// A page of the tasks on all boards. By rank only when the filter names one board, else by age.
pub async fn all(cx: Cx<'_>, listed: &Listed) -> Result<Page<task::Model>> {
    page(cx, listed, Condition::all()).await
}

/// A page of the tasks that the actor is to do; those that are done only if the filter says anything about that.
pub async fn of_member(cx: Cx<'_>, listed: &Listed) -> Result<Page<task::Model>> {
    let me = boards::policy::read_own(cx.actor)?.id;
    let mine = Condition::all().add(Column::Id.in_subquery(assigned(cx.backend(), &[me])));
    let open = Column::CompletedAt.is_null();
    let open = (!listed.filter.asks_of_completion()).then_some(open);
    page(cx, listed, mine.add_option(open)).await
}

async fn page(cx: Cx<'_>, listed: &Listed, narrowed: Condition) -> Result<Page<task::Model>> {
    let Listed { filter, order, ask } = listed;
    let is_of_one = filter.boards.len() == 1;
    let order = if is_of_one { *order } else { order.across_boards() };
    let by = order.by(cx.backend());
    let rows = by.cut(listed.rows(cx)?.filter(narrowed), ask.after.as_ref(), ask.limit())?;
    // The place of the column is read for one order alone.
    let rows = match order.field {
        Field::Rank => sql::shaped::<Found>(cx.db, rows).await?,
        _ => {
            let rows = sql::shaped::<task::Model>(cx.db, rows).await?;
            rows.into_iter().map(|row| Found { row, position: 0 }).collect()
        }
    };
    Ok(listed.page(rows, order))
}
