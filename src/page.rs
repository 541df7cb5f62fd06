//! Pages of rows: keyset on a unique order, never an offset, never a count.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use sea_orm::{
    ConnectionTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Order, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use crate::{Error, Result};

/// The most rows that a page has.
pub const MAX: i32 = 100;

/// Which page is asked for: `first` rows after a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ask {
    /// How many rows; 1 to 100.
    pub first: u16,
    /// The place after which it begins; `None` is the top.
    pub after: Option<Place>,
}

impl Ask {
    /// Reads the arguments of a connection. What is out of range, or no cursor, is refused.
    pub fn new(first: i32, after: Option<&str>) -> Result<Self> {
        let first = u16::try_from(first)
            .ok()
            .filter(|first| (1..=MAX).contains(&i32::from(*first)))
            .ok_or_else(|| Error::BadRequest(format!("`first` must be 1 to {MAX}").into()))?;
        Ok(Self { first, after: after.map(Place::decode).transpose()? })
    }

    /// Rows to fetch: one more than the page has, to know whether there are more.
    pub fn limit(&self) -> u64 {
        u64::from(self.first) + 1
    }

    /// The key after which the page begins, in an order by key alone with the newest first.
    pub fn before(&self) -> Result<Uuid> {
        match &self.after {
            None => Ok(Uuid::max()),
            Some(Place { rank: None, id }) => Ok(*id),
            Some(_) => Err(another_order()),
        }
    }
}

impl Ask {
    /// The position before which the page begins, in an order by position with the newest first.
    pub fn below(&self) -> Result<i32> {
        self.after.as_ref().map_or(Ok(i32::MAX), Place::position)
    }
}

fn another_order() -> Error {
    Error::BadRequest("`after` is a cursor of another order".into())
}

/// A place in an order: the key of the row there, and what it is ordered by before the key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The value ordered by, when the order is not by key alone.
    pub rank: Option<Rank>,
    /// The key.
    pub id: Uuid,
}

/// A value that rows are ordered by before their key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Rank {
    /// A count.
    Number(i32),
    /// A text, in byte order.
    Text(String),
    /// A moment, in milliseconds since 1970.
    Moment(i64),
}

impl Place {
    /// The place of a row that is ordered by its key alone.
    pub fn key(id: Uuid) -> Self {
        Self { rank: None, id }
    }

    /// The place of a row that is ordered by a number of its own, dense or not.
    pub fn at(position: i32, id: Uuid) -> Self {
        Self { rank: Some(Rank::Number(position)), id }
    }

    /// The number of a place that [`Place::at`] made.
    pub fn position(&self) -> Result<i32> {
        match self.rank {
            Some(Rank::Number(position)) => Ok(position),
            _ => Err(another_order()),
        }
    }

    /// The opaque text that stands for the place.
    pub fn encode(&self) -> String {
        let mut bytes = self.id.as_bytes().to_vec();
        match &self.rank {
            None => {}
            Some(Rank::Number(number)) => {
                bytes.push(b'n');
                bytes.extend_from_slice(&number.to_be_bytes());
            }
            Some(Rank::Text(text)) => {
                bytes.push(b't');
                bytes.extend_from_slice(text.as_bytes());
            }
            Some(Rank::Moment(at)) => {
                bytes.push(b'm');
                bytes.extend_from_slice(&at.to_be_bytes());
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Place::encode`] wrote.
    pub fn decode(cursor: &str) -> Result<Self> {
        let place = || {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            let (id, rank) = bytes.split_first_chunk::<16>()?;
            let rank = match rank.split_first() {
                None => None,
                Some((b'n', number)) => {
                    Some(Rank::Number(i32::from_be_bytes(number.try_into().ok()?)))
                }
                Some((b'm', at)) => Some(Rank::Moment(i64::from_be_bytes(at.try_into().ok()?))),
                // No text that is kept holds NUL, and PostgreSQL can't compare with one that does.
                Some((b't', text)) if !text.contains(&0) => {
                    Some(Rank::Text(String::from_utf8(text.to_vec()).ok()?))
                }
                Some(_) => return None,
            };
            Some(Self { rank, id: Uuid::from_bytes(*id) })
        };
        place().ok_or_else(|| Error::BadRequest("`after` is not a cursor of this list".into()))
    }
}

/// What the value is that rows are ordered by before their key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ranked {
    Number,
    Text,
    Moment,
}

/// An order of the rows of a table that ends in their unique key.
#[derive(Clone, Debug)]
pub struct By {
    rank: Option<(SimpleExpr, Ranked)>,
    id: SimpleExpr,
    order: Order,
}

impl By {
    /// Newest first, by a UUIDv7 key.
    pub fn newest(id: impl IntoSimpleExpr) -> Self {
        Self { rank: None, id: id.into_simple_expr(), order: Order::Desc }
    }

    /// Oldest first, by a UUIDv7 key.
    pub fn oldest(id: impl IntoSimpleExpr) -> Self {
        Self { rank: None, id: id.into_simple_expr(), order: Order::Asc }
    }

    /// By a count, ties broken by key in the same direction.
    pub fn ranked(rank: impl IntoSimpleExpr, id: impl IntoSimpleExpr, order: Order) -> Self {
        let rank = Some((rank.into_simple_expr(), Ranked::Number));
        Self { rank, id: id.into_simple_expr(), order }
    }

    /// By a text, ties broken by key in the same direction.
    pub fn lettered(rank: impl IntoSimpleExpr, id: impl IntoSimpleExpr, order: Order) -> Self {
        let rank = Some((rank.into_simple_expr(), Ranked::Text));
        Self { rank, id: id.into_simple_expr(), order }
    }

    /// By a moment, ties broken by key in the same direction.
    pub fn dated(rank: impl IntoSimpleExpr, id: impl IntoSimpleExpr, order: Order) -> Self {
        let rank = Some((rank.into_simple_expr(), Ranked::Moment));
        Self { rank, id: id.into_simple_expr(), order }
    }

    /// Orders `rows`, and keeps those after `place` and at most `limit` of them.
    pub fn cut<Q: QueryFilter + QueryOrder + QuerySelect>(
        &self,
        rows: Q,
        place: Option<&Place>,
        limit: u64,
    ) -> Result<Q> {
        let mut rows = rows;
        if let Some(place) = place {
            rows = rows.filter(self.after(place)?);
        }
        if let Some((rank, _)) = &self.rank {
            rows = rows.order_by(rank.clone(), self.order.clone());
        }
        Ok(rows.order_by(self.id.clone(), self.order.clone()).limit(limit))
    }

    /// Orders the rows of a statement.
    pub fn order(&self, rows: &mut SelectStatement) {
        if let Some((rank, _)) = &self.rank {
            rows.order_by_expr(rank.clone(), self.order.clone());
        }
        rows.order_by_expr(self.id.clone(), self.order.clone());
    }

    fn after(&self, place: &Place) -> Result<SimpleExpr> {
        let id = Expr::value(place.id);
        let (mine, there) = match (&self.rank, &place.rank) {
            (None, None) => (self.id.clone(), id),
            (Some((rank, ranked)), Some(there)) => {
                let there = match (ranked, there) {
                    (Ranked::Number, Rank::Number(number)) => Expr::value(*number),
                    (Ranked::Text, Rank::Text(text)) => Expr::value(text.clone()),
                    (Ranked::Moment, Rank::Moment(at)) => {
                        let at = DateTime::from_timestamp_millis(*at).ok_or_else(another_order)?;
                        Expr::value(at)
                    }
                    _ => return Err(another_order()),
                };
                let mine = Expr::tuple([rank.clone(), self.id.clone()]);
                (mine, Expr::tuple([there, id]))
            }
            _ => return Err(another_order()),
        };
        Ok(match self.order {
            Order::Asc => mine.gt(there),
            _ => mine.lt(there),
        })
    }

    /// The page of `rows` that is asked for.
    pub async fn page<E>(
        &self,
        db: &impl ConnectionTrait,
        rows: Select<E>,
        ask: &Ask,
        place: impl Fn(&E::Model) -> Place,
    ) -> Result<Page<E::Model>>
    where
        E: EntityTrait,
    {
        let rows = self.cut(rows, ask.after.as_ref(), ask.limit())?.all(db).await?;
        Ok(Page::new(rows, ask, place))
    }
}

/// A page: rows, each with its place.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows with their places, in order.
    pub items: Vec<(Place, T)>,
    /// Whether more follow.
    pub more: bool,
    /// Whether it began after a place; for a page that can be read both ways, whether rows stand before it.
    pub began_after: bool,
}

impl<T> Page<T> {
    /// Makes a page of the rows that [`Ask::limit`] fetched.
    pub fn new(rows: Vec<T>, ask: &Ask, place: impl Fn(&T) -> Place) -> Self {
        let more = rows.len() > usize::from(ask.first);
        let items = rows.into_iter().take(ask.first.into());
        Self {
            items: items.map(|row| (place(&row), row)).collect(),
            more,
            began_after: ask.after.is_some(),
        }
    }

    /// Makes the page of each parent, of rows that stand in their order.
    pub fn of_each(
        parents: &[Uuid],
        rows: Vec<T>,
        ask: &Ask,
        parent: impl Fn(&T) -> Uuid,
        place: impl Fn(&T) -> Place,
    ) -> Vec<(Uuid, Self)> {
        let mut found: HashMap<Uuid, Vec<T>> = HashMap::with_capacity(parents.len());
        for row in rows {
            found.entry(parent(&row)).or_default().push(row);
        }
        let mut page = |id: &Uuid| Self::new(found.remove(id).unwrap_or_default(), ask, &place);
        parents.iter().map(|id| (*id, page(id))).collect()
    }

    /// A page without rows.
    pub fn empty() -> Self {
        Self { items: Vec::new(), more: false, began_after: false }
    }

    /// The same page of something else.
    pub fn map<U>(self, wrap: impl Fn(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(|(place, row)| (place, wrap(row))).collect(),
            more: self.more,
            began_after: self.began_after,
        }
    }
}
