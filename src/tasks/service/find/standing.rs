//! The tasks of boards as they stand there: column by column, from the top. No index knows that order whole; it is walked
//! column by column, of each no more than the page takes.

use sea_orm::{
    ConnectionTrait as _, DbBackend, DbErr, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    Select, Value,
    sea_query::{Alias, Expr, ExprTrait as _, Func, JoinType, Order, Query, SelectStatement},
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result, boards,
    entity::{
        board_column,
        task::{self, Column},
    },
    page::{Ask, By, Place, Rank},
    shape::Shape as _,
    sql,
};

/// A task with the place of its column on the board.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) row: task::Model,
    pub(super) position: i32,
}

impl Standing {
    /// Where it stands on its board.
    pub(super) fn place(&self) -> Place {
        let text = format!("{:0DIGITS$}{}", self.position, self.row.rank);
        Place { rank: Some(Rank::Text(text)), id: self.row.id }
    }
}

/// Digits of a column's place in a cursor.
const DIGITS: usize = 5;

/// Behind which task a page begins: the place of its column, its rank there and its key.
fn begins_behind(after: &Place) -> Result<(i32, &str, Uuid)> {
    let found = match &after.rank {
        Some(Rank::Text(text)) => text.split_at_checked(DIGITS),
        _ => None,
    };
    let found = found.and_then(|(position, rank)| {
        let is_plain = position.bytes().all(|digit| digit.is_ascii_digit());
        Some((position.parse().ok().filter(|_| is_plain)?, rank, after.id))
    });
    found.ok_or_else(|| Error::BadRequest("`after` is a cursor of another order".into()))
}

/// The rows of these boards that [`Ask::limit`] fetches of each, in one statement; those of boards that the actor may
/// not see are left out. `rows` are those that count.
pub(super) async fn of_each(
    cx: Cx<'_>,
    boards: &[Uuid],
    rows: Select<task::Entity>,
    order: Order,
    ask: &Ask,
) -> Result<Vec<Standing>> {
    let statement = statement(cx, boards, rows, order, ask)?;
    let rows = Box::pin(cx.db.query_all(&statement)).await?;
    let read = |row: &sea_orm::QueryResult| {
        let position = row.try_get_by_index(task::Model::WIDTH)?;
        Ok(Standing { row: task::Model::read(row, 0)?, position })
    };
    Ok(rows.iter().map(read).collect::<Result<_, DbErr>>()?)
}

fn statement(
    cx: Cx<'_>,
    boards: &[Uuid],
    rows: Select<task::Entity>,
    order: Order,
    ask: &Ask,
) -> Result<SelectStatement> {
    let backend = cx.backend();
    let rows = rows.filter(Expr::col((task::Entity, Column::ColumnId)).equals(("c", "id")));
    let (rows, from) = match &ask.after {
        None => (rows, None),
        Some(after) => {
            let (position, rank, id) = begins_behind(after)?;
            let behind = behind(backend, &order, position, rank, id);
            let from = Expr::col(("c", "position"));
            let from = if order == Order::Asc { from.gte(position) } else { from.lte(position) };
            (rows.filter(behind), Some(from))
        }
    };
    let by = By::lettered(Column::Rank, Column::Id, order.clone());
    let seen = Expr::col(("c", "board_id")).in_subquery(boards::policy::seen_by(cx.actor));
    let ordered = |rows: &mut SelectStatement, position: Expr| {
        rows.order_by_expr(position, order.clone());
        by.order(rows);
    };
    let mut all = Query::select();
    task::Model::select(&mut all);
    let list = sql::keys(backend, boards);
    if backend == DbBackend::Postgres {
        let rows = by.cut(rows, None, ask.limit())?.into_query();
        let mut of_board = Query::select();
        of_board
            .expr(Expr::cust("\"task\".*, \"c\".\"position\""))
            .from_as(board_column::Entity, "c")
            .join_lateral(JoinType::InnerJoin, rows, "task", Expr::cust("TRUE"))
            .and_where(Expr::col(("c", "board_id")).equals(("k", "k")))
            .and_where(seen)
            .and_where_option(from)
            .limit(ask.limit());
        ordered(&mut of_board, Expr::col(("c", "position")));
        let position = Expr::col((Alias::new("task"), Alias::new("position")));
        all.expr(position.clone())
            .from_function(Func::cust("unnest").arg(Expr::value(list)), "k")
            .join_lateral(JoinType::InnerJoin, of_board, "task", Expr::cust("TRUE"));
        ordered(&mut all, position);
    } else {
        let its_column = || Expr::col(("c", "id")).equals((task::Entity, Column::ColumnId));
        let mut of_board = rows.select_only().column(Column::Id).into_query();
        of_board
            .join_as(JoinType::InnerJoin, board_column::Entity, "c", its_column())
            .and_where(Expr::col(("c", "board_id")).eq(Expr::cust("unhex(\"k\".\"value\")")))
            .and_where(seen)
            .and_where_option(from)
            .limit(ask.limit());
        ordered(&mut of_board, Expr::col(("c", "position")));
        let these = Expr::col((task::Entity, Column::Id)).in_subquery(of_board);
        all.expr(Expr::col(("c", "position")))
            .from_function(Func::cust("json_each").arg(Expr::value(list)), "k")
            .join(JoinType::InnerJoin, task::Entity, these)
            .join_as(JoinType::InnerJoin, board_column::Entity, "c", its_column());
        ordered(&mut all, Expr::col(("c", "position")));
    }
    Ok(all)
}

/// Whether a task comes behind this place: all of a later column do. Said so that the index is entered at the place.
fn behind(backend: DbBackend, order: &Order, position: i32, rank: &str, id: Uuid) -> Expr {
    // No rank is greater than this: they are of digits and letters.
    let (after, (first_rank, first_id)) = match order {
        Order::Asc => (">", ("", Uuid::nil())),
        _ => ("<", ("~", Uuid::max())),
    };
    let text = format!(
        "(\"task\".\"rank\", \"task\".\"id\") {after} \
         (CASE WHEN \"c\".\"position\" = $1 THEN $2 ELSE $3 END, \
          CASE WHEN \"c\".\"position\" = $1 THEN $4 ELSE $5 END)"
    );
    let values: [Value; 5] =
        [position.into(), rank.into(), first_rank.into(), id.into(), first_id.into()];
    sql::custom(backend, &text, &values)
}
