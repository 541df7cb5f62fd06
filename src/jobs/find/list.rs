use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, DbErr, EntityTrait as _,
    FromQueryResult as _, Iterable as _, QueryFilter as _, QueryResult,
    sea_query::{
        Expr, ExprTrait as _, JoinType, Order as Direction, Query, SelectStatement, UnionType,
    },
};
use uuid::Uuid;

use super::{
    Filter, Order,
    order::{Field, Sorting},
    quick, ranked,
};
use crate::{
    Cx, Result,
    entity::job::{self, Column},
    page::{Ask, By, Page, Place, Rank},
    shape::Shape,
    sql,
};

/// A posting as it is read in lists: with all of its columns.
#[derive(Clone, Debug)]
pub(super) struct Whole(pub job::Model);

impl Shape for Whole {
    type Entity = job::Entity;
    const WIDTH: usize = 43;

    fn select(rows: &mut SelectStatement) {
        for column in Column::iter() {
            rows.expr(Expr::col((job::Entity, column)));
        }
    }

    fn read(row: &QueryResult, _: usize) -> Result<Self, DbErr> {
        job::Model::from_query_result(row, "").map(Self)
    }
}

/// A page of the postings that fit and the actor may see.
pub async fn page(
    cx: Cx<'_>,
    filter: &Filter,
    order: Option<Order>,
    ask: &Ask,
) -> Result<Page<Arc<job::Model>>> {
    let Some(asked) = filter.asked(cx)? else { return Ok(Page::empty()) };
    let sorting = Sorting::new(order, asked.look.clone(), cx.backend());
    let fit = match (&asked.look, sorting.scored_by()) {
        (Some(_), Some(look)) if quick::is_on(cx.backend()) => {
            return ranked::page(cx, &asked, look, &sorting, ask).await;
        }
        (Some(_), None) if quick::is_on(cx.backend()) => quick::rows(&asked),
        // The words are joined by the order.
        (_, Some(_)) => job::Entity::find().filter(asked.chosen_and(asked.base.clone())),
        (_, None) => job::Entity::find().filter(asked.condition()),
    };
    let keys = sorting.cut(fit, ask.after.as_ref(), ask.limit())?;
    let mut rows = Query::select();
    Whole::select(&mut rows);
    rows.expr_as(Expr::col(("h", "score")), "score");
    beside(&mut rows, keys);
    sorting.order(&mut rows);
    let rows = Box::pin(cx.db.query_all(&rows)).await?;
    let read = |row: &QueryResult| {
        Ok((Arc::new(Whole::read(row, 0)?.0), row.try_get::<f64>("", "score")?))
    };
    let rows = rows.iter().map(read).collect::<Result<Vec<_>, DbErr>>()?;
    Ok(Page::new(rows, ask, |(row, score)| sorting.place(row, *score)).map(|(row, _)| row))
}

/// Reads rows of the table of postings beside their keys, called `h`.
fn beside(rows: &mut SelectStatement, keys: SelectStatement) {
    let same = Expr::col((job::Entity, Column::Id)).equals(("h", "id"));
    rows.from_subquery(keys, "h").join(JoinType::InnerJoin, job::Entity, same);
}

/// What is asked for one of several searches at once.
#[derive(Clone, Debug)]
pub struct Fits {
    /// Which search.
    pub search: Uuid,
    /// What it looks for.
    pub filter: Filter,
    /// What else has to hold.
    pub and: Condition,
    /// After which place.
    pub after: Option<Place>,
    /// How many at most.
    pub limit: u64,
    /// Whose eyes it looks with.
    pub actor: crate::Actor,
}

/// The postings that fit each of many searches, the newest first, all in one statement.
pub async fn fits(
    cx: Cx<'_>,
    db: &impl sea_orm::ConnectionTrait,
    searches: &[Fits],
) -> Result<Vec<(Uuid, Arc<job::Model>)>> {
    let Some(all) = keys(cx, searches)? else { return Ok(Vec::new()) };
    let mut rows = Query::select();
    Whole::select(&mut rows);
    rows.column(("h", "search"));
    beside(&mut rows, all);
    newest(cx).order(&mut rows);
    let rows = Box::pin(db.query_all(&rows)).await?;
    let read = |row: &QueryResult| {
        Ok((row.try_get::<Uuid>("", "search")?, Arc::new(Whole::read(row, 0)?.0)))
    };
    Ok(rows.iter().map(read).collect::<Result<Vec<_>, DbErr>>()?)
}

/// How many postings fit each of many searches, up to the limit of each, all in one statement.
pub async fn count(
    cx: Cx<'_>,
    db: &impl sea_orm::ConnectionTrait,
    searches: &[Fits],
) -> Result<HashMap<Uuid, i32>> {
    let Some(all) = keys(cx, searches)? else { return Ok(HashMap::new()) };
    let mut rows = Query::select();
    let search = Expr::col(("h", "search"));
    rows.expr_as(search.clone(), "search").expr_as(Expr::cust("count(*)"), "n");
    rows.from_subquery(all, "h").add_group_by([search]);
    let rows = db.query_all(&rows).await?;
    let read = |row: &QueryResult| {
        let n: i64 = row.try_get("", "n")?;
        Ok((row.try_get("", "search")?, i32::try_from(n).unwrap_or(i32::MAX)))
    };
    Ok(rows.iter().map(read).collect::<Result<_, DbErr>>()?)
}

fn newest(cx: Cx<'_>) -> Sorting {
    let newest = Order { field: Field::Published, ascending: false };
    Sorting::new(Some(newest), None, cx.backend())
}

/// Which search found which posting; `None` when none can find any.
fn keys(cx: Cx<'_>, searches: &[Fits]) -> Result<Option<SelectStatement>> {
    let mut all: Option<SelectStatement> = None;
    let sorting = newest(cx);
    for fits in searches {
        let cx = Cx { actor: &fits.actor, ..cx };
        let Some(asked) = fits.filter.asked(cx)? else { continue };
        let rows = job::Entity::find().filter(asked.condition()).filter(fits.and.clone());
        let keys = sorting.cut(rows, fits.after.as_ref(), fits.limit)?;
        let first = sorting.first(keys, fits.limit);
        let mut one = Query::select();
        // PostgreSQL would take a bound value for a text.
        let search = sql::custom(cx.backend(), SEARCH, &[fits.search.into()]);
        let search = match cx.backend() {
            sea_orm::DbBackend::Postgres => search,
            _ => Expr::value(fits.search),
        };
        one.expr_as(search, "search").column(("k", "id")).from_subquery(first, "k");
        match &mut all {
            None => all = Some(one),
            Some(all) => {
                all.union(UnionType::All, one);
            }
        }
    }
    Ok(all)
}

const SEARCH: &str = "CAST($1 AS uuid)";

/// The place of a posting among those with the newest first.
pub fn place(row: &job::Model) -> Place {
    Place { rank: row.published_at.map(|at| Rank::Moment(at.timestamp_millis())), id: row.id }
}

/// A page of the postings of each organization that fit and were ever open, the newest first.
pub(super) async fn of_organizations(
    cx: Cx<'_>,
    organizations: &[Uuid],
    filter: &Filter,
    ask: &Ask,
) -> Result<Vec<(Uuid, Page<Arc<job::Model>>)>> {
    let nothing = || organizations.iter().map(|id| (*id, Page::empty())).collect();
    let Some(asked) = filter.asked(cx)? else { return Ok(nothing()) };
    let rows =
        job::Entity::find().filter(asked.condition()).filter(Column::PublishedAt.is_not_null());
    let by = By::dated(Column::PublishedAt, Column::Id, Direction::Desc);
    let rows = sql::OfEach {
        rows,
        parent: Column::OrganizationId,
        parents: organizations,
        key: Column::Id,
        by: &by,
        ask,
    };
    let rows: Vec<Whole> = rows.all(cx.db).await?;
    let rows = rows.into_iter().map(|row| Arc::new(row.0)).collect();
    Ok(Page::of_each(organizations, rows, ask, |row| row.organization_id, |row| place(row)))
}
