use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, QueryFilter as _, QueryTrait as _,
    sea_query::{
        Alias, Expr, ExprTrait as _, Func, JoinType, Order, Query, SelectStatement, SimpleExpr,
    },
};
use uuid::Uuid;

use crate::{
    Result,
    entity::{
        portfolio_item::{self, Column},
        portfolio_item_tag::{self, Column as Tagged},
        profile::{self, Face},
    },
    graph::{Batch, Batched, Execution, alike, answer},
    portfolio::service::{self, Shown},
    shape::Shape,
    sql,
};

/// Of each tag, the newest items that are looked at: popular tags would lead to nearly everything.
const NEWEST: u8 = 50;

/// Published items that share tags with one.
pub(super) type Found = Arc<Vec<Shown>>;
type Key = (Uuid, u16);

pub(super) struct Related;

impl BatchFn<Key, Batched<Found>> for Batch<Related> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Found>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (first, items) in alike(keys) {
            let found = related(&self.execution, &items, first).await;
            answer(&mut answers, &first, &items, found);
        }
        answers
    }
}

async fn related(execution: &Execution, items: &[Uuid], first: u16) -> Result<Vec<(Uuid, Found)>> {
    type Item = portfolio_item::Model;
    let cx = execution.cx();
    let seen = service::visible(cx).filter(Column::Publication.is_not_null());
    let statement = nearest(cx.backend(), seen, items, first);
    let mut found: HashMap<Uuid, Vec<Shown>> = HashMap::with_capacity(items.len());
    for row in Box::pin(cx.db.query_all(&statement)).await? {
        let of = row.try_get_by_index(Item::WIDTH + Face::WIDTH)?;
        let (item, owner) = (Item::read(&row, 0)?, Face::read(&row, Item::WIDTH)?);
        found.entry(of).or_default().push((item.into(), owner.into()));
    }
    let mut take = |item: &Uuid| Found::new(found.remove(item).unwrap_or_default());
    Ok(items.iter().map(|item| (*item, take(item))).collect())
}

/// The first of `seen` for each of `items`: those that share most tags with it, and of these the newest. What
/// `sql::OfEach` is for one column that names the parent, this is for a table between.
fn nearest(
    backend: DbBackend,
    seen: sea_orm::Select<portfolio_item::Entity>,
    items: &[Uuid],
    first: u16,
) -> SelectStatement {
    let postgres = backend == DbBackend::Postgres;
    let key = if postgres { "\"k\".\"k\"" } else { "unhex(\"k\".\"value\")" };
    let newest = format!(
        "SELECT x.portfolio_item_id FROM portfolio_item_tag x WHERE x.tag_id = m.tag_id \
         ORDER BY x.portfolio_item_id DESC LIMIT {NEWEST}"
    );
    let others = if postgres {
        format!("CROSS JOIN LATERAL ({newest}) o")
    } else {
        format!(
            "JOIN portfolio_item_tag o ON o.tag_id = m.tag_id AND o.portfolio_item_id IN ({newest})"
        )
    };
    let tagged_alike = Expr::cust(format!(
        "\"portfolio_item\".\"id\" IN (SELECT o.portfolio_item_id FROM portfolio_item_tag m {others} \
         WHERE m.portfolio_item_id = {key}) AND \"portfolio_item\".\"id\" <> {key}"
    ));
    let shared = Expr::cust(format!(
        "(SELECT COUNT(*) FROM portfolio_item_tag a \
         JOIN portfolio_item_tag b ON b.tag_id = a.tag_id AND b.portfolio_item_id = \"portfolio_item\".\"id\" \
         WHERE a.portfolio_item_id = {key})"
    ));
    // SQLite knows no `k` in a list within what it orders by, so here the tags are joined and counted.
    let (theirs, its) = ((Alias::new("b"), Tagged::TagId), (Alias::new("a"), Tagged::TagId));
    let theirs_on = Expr::col((Alias::new("b"), Tagged::PortfolioItemId))
        .equals((portfolio_item::Entity, Column::Id));
    let its_on = Expr::col(its)
        .equals(theirs)
        .and(Expr::col((Alias::new("a"), Tagged::PortfolioItemId)).eq(Expr::cust(key)));
    let mut inner = seen.filter(tagged_alike).into_query();
    if !postgres {
        inner.clear_selects().column((portfolio_item::Entity, Column::Id));
    }
    inner
        .join_as(JoinType::InnerJoin, portfolio_item_tag::Entity, Alias::new("b"), theirs_on)
        .join_as(JoinType::InnerJoin, portfolio_item_tag::Entity, Alias::new("a"), its_on)
        .group_by_col((portfolio_item::Entity, Column::Id))
        .order_by_expr(Expr::cust("COUNT(*)"), Order::Desc)
        .order_by((portfolio_item::Entity, Column::Publication), Order::Desc)
        .limit(u64::from(first));

    let mut outer = Query::select();
    portfolio_item::Model::select(&mut outer);
    Face::select(&mut outer);
    outer.expr(Expr::cust(key));
    let list = SimpleExpr::from(sql::keys(backend, items));
    if postgres {
        let name = Alias::new("portfolio_item");
        outer.from_function(Func::cust("unnest").arg(list), "k").join_lateral(
            JoinType::InnerJoin,
            inner,
            name,
            Expr::cust("TRUE"),
        );
    } else {
        let these = Expr::col((portfolio_item::Entity, Column::Id)).in_subquery(inner);
        outer.from_function(Func::cust("json_each").arg(list), "k").join(
            JoinType::InnerJoin,
            portfolio_item::Entity,
            these,
        );
    }
    let owner = Expr::col((profile::Entity, profile::Column::Id))
        .equals((portfolio_item::Entity, Column::OwnerId));
    outer
        .join(JoinType::InnerJoin, profile::Entity, owner)
        .order_by_expr(shared, Order::Desc)
        .order_by((portfolio_item::Entity, Column::Publication), Order::Desc);
    outer
}
