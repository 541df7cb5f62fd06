use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, Select};
use uuid::Uuid;

use super::{
    Field, Filter, Order,
    condition::assigned,
    standing::{self, Standing},
};
use crate::{
    Cx, Result, boards,
    entity::task::{self, Column},
    page::{Ask, Page},
    sql::{self, OfEach},
    tasks::service::visible,
};

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
    /// The tasks that the filter lets through.
    fn narrow(&self, cx: Cx<'_>, rows: Select<task::Entity>) -> Result<Select<task::Entity>> {
        Ok(rows.filter(self.filter.condition(cx.backend(), cx.now())?))
    }
}

/// The page of each board, in one statement.
pub async fn of_boards(
    cx: Cx<'_>,
    boards: &[Uuid],
    listed: &Listed,
) -> Result<Vec<(Uuid, Page<task::Model>)>> {
    let Listed { order, ask, .. } = listed;
    if order.field == Field::Rank {
        return as_they_stand(cx, boards, listed, task::Entity::find()).await;
    }
    let rows = OfEach {
        rows: listed.narrow(cx, visible(cx))?,
        parent: Column::BoardId,
        parents: boards,
        key: Column::Id,
        by: &order.by(),
        ask,
    };
    let rows = rows.all::<task::Model>(cx.db).await?;
    Ok(Page::of_each(boards, rows, ask, |row| row.board_id, |row| order.place(row)))
}

/// The page of each board, as the tasks stand there.
async fn as_they_stand(
    cx: Cx<'_>,
    boards: &[Uuid],
    listed: &Listed,
    rows: Select<task::Entity>,
) -> Result<Vec<(Uuid, Page<task::Model>)>> {
    let Listed { order, ask, .. } = listed;
    let rows = listed.narrow(cx, rows)?;
    let rows = standing::of_each(cx, boards, rows, order.direction(), ask).await?;
    let pages = Page::of_each(boards, rows, ask, |found| found.row.board_id, Standing::place);
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
        by: &Order::ascending(Field::Rank).by(),
        ask,
    };
    let rows = rows.all::<task::Model>(cx.db).await?;
    let place = |row: &task::Model| Order::ascending(Field::Rank).place(row);
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
    if let (Field::Rank, [board]) = (order.field, filter.boards.as_slice()) {
        let rows = task::Entity::find().filter(narrowed);
        // Said of the columns, the board need not be asked of each task.
        let filter = Filter { boards: Vec::new(), ..filter.clone() };
        let listed = Listed { filter, ..listed.clone() };
        let pages = as_they_stand(cx, &[*board], &listed, rows).await?;
        return Ok(pages.into_iter().next().map_or_else(Page::empty, |(_, page)| page));
    }
    let order = order.across_boards();
    let rows = listed.narrow(cx, visible(cx))?.filter(narrowed);
    let rows = order.by().cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows = sql::shaped::<task::Model>(cx.db, rows).await?;
    Ok(Page::new(rows, ask, |row| order.place(row)))
}
