use chrono::DateTime;
use sea_orm::{
    DbBackend, QueryFilter as _, QuerySelect, QueryTrait as _, Select,
    sea_query::{
        Asterisk, Expr, ExprTrait as _, JoinType, Order as Direction, Query, SelectStatement,
        SimpleExpr, UnionType,
    },
};

use crate::{
    Error, Result,
    entity::job::{self, Column},
    index::{Kind, Look},
    page::{Place, Rank},
    sql,
};

/// What postings are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// How well they fit the words.
    Relevance,
    /// When they were first open.
    Published,
    /// When they close.
    Closes,
    /// What they pay.
    Salary,
}

/// How postings are ordered; those without the value come last in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// By what.
    pub field: Field,
    /// Whether the least comes first.
    pub ascending: bool,
}

/// An order of rows, with the words that it may hang on.
#[derive(Clone, Debug)]
pub(super) struct Sorting {
    pub order: Order,
    pub look: Option<Look>,
    pub backend: DbBackend,
}

pub(super) fn another_order() -> Error {
    Error::BadRequest("`after` is a cursor of another order".into())
}

impl Sorting {
    /// The order of `order`, or else of what is natural: by the words where there are some, or the newest first.
    pub(super) fn new(order: Option<Order>, look: Option<Look>, backend: DbBackend) -> Self {
        let natural = Order { field: Field::Relevance, ascending: false };
        let mut order = order.unwrap_or(natural);
        if look.is_none() && order.field == Field::Relevance {
            order.field = Field::Published;
        }
        Self { order, look, backend }
    }

    pub(super) fn direction(&self) -> Direction {
        if self.order.ascending { Direction::Asc } else { Direction::Desc }
    }

    /// The words by whose fit is ordered.
    pub(super) fn scored_by(&self) -> Option<&Look> {
        self.look.as_ref().filter(|_| self.order.field == Field::Relevance)
    }

    fn rank(&self) -> SimpleExpr {
        match self.order.field {
            Field::Relevance => Expr::col(("f", "score")),
            Field::Published => Expr::col((job::Entity, Column::PublishedAt)),
            Field::Closes => Expr::col((job::Entity, Column::ClosesAt)),
            Field::Salary => Expr::col((job::Entity, Column::SalaryYearly)),
        }
    }

    /// The place of a row.
    pub(super) fn place(&self, row: &job::Model, score: f64) -> Place {
        let rank = match self.order.field {
            Field::Relevance => Some(Rank::Text(format!("r{score:?}"))),
            Field::Published => row.published_at.map(|at| Rank::Moment(at.timestamp_millis())),
            Field::Closes => row.closes_at.map(|at| Rank::Moment(at.timestamp_millis())),
            // Too long for a number of a place.
            Field::Salary => row.salary_yearly.map(|paid| Rank::Text(format!("s{paid}"))),
        };
        Place { rank, id: row.id }
    }

    /// The value at a place; `None` among those that have none.
    fn there(&self, place: &Place) -> Result<Option<SimpleExpr>> {
        let text = |letter: char| match &place.rank {
            Some(Rank::Text(text)) => text.strip_prefix(letter).ok_or_else(another_order),
            _ => Err(another_order()),
        };
        Ok(Some(match (self.order.field, &place.rank) {
            (Field::Relevance, _) => {
                let score: f64 = text('r')?.parse().map_err(|_| another_order())?;
                self.score_now(place, score)
            }
            (_, None) => return Ok(None),
            (Field::Salary, _) => {
                let paid: i64 = text('s')?.parse().map_err(|_| another_order())?;
                Expr::value(paid)
            }
            (Field::Published | Field::Closes, Some(Rank::Moment(at))) => {
                Expr::value(DateTime::from_timestamp_millis(*at).ok_or_else(another_order)?)
            }
            _ => return Err(another_order()),
        }))
    }

    /// How well the posting at a place fits. On SQLite that hangs on all others there are, so it is worked out anew
    /// while the posting is still found.
    fn score_now(&self, place: &Place, score: f64) -> SimpleExpr {
        match &self.look {
            Some(look) if self.backend != DbBackend::Postgres => {
                let text = format!(
                    "COALESCE((SELECT {} FROM {} WHERE {} AND d.subject = $2), $3)",
                    look.score(1),
                    look.from(),
                    look.matches(1)
                );
                sql::custom(self.backend, &text, &[look.value(), place.id.into(), score.into()])
            }
            _ => Expr::value(score),
        }
    }

    /// The keys (`id`), and fits (`score`), of the first `limit` of `rows` after a place.
    pub(super) fn cut(
        &self,
        rows: Select<job::Entity>,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<SelectStatement> {
        let there = after.map(|place| Ok::<_, Error>((place, self.there(place)?))).transpose()?;
        let id = Expr::col((job::Entity, Column::Id));
        let mut rows = rows.select_only().column(Column::Id);
        let score = match self.scored_by() {
            Some(look) => {
                let found = Query::select().expr(found(self.backend, look)).to_owned();
                let same = Expr::col(("f", "subject")).equals((job::Entity, Column::Id));
                // What is found comes first: SQLite would look each posting up among the words.
                let rows = QuerySelect::query(&mut rows).from_clear().from_subquery(found, "f");
                rows.join(JoinType::CrossJoin, job::Entity, same.clone()).and_where(same);
                Expr::col(("f", "score"))
            }
            None => Expr::cust("CAST(0 AS double precision)"),
        };
        QuerySelect::query(&mut rows).expr_as(score, "score");
        let beyond = |mine: SimpleExpr, there: SimpleExpr| match self.order.ascending {
            true => mine.gt(there),
            false => mine.lt(there),
        };
        let with = |rows: Select<job::Entity>| -> SelectStatement {
            let mut rows = match &there {
                Some((place, Some(value))) => {
                    let mine = Expr::tuple([self.rank(), id.clone()]);
                    let there = Expr::tuple([value.clone(), Expr::value(place.id)]);
                    rows.filter(beyond(mine, there))
                }
                _ => rows,
            }
            .into_query();
            rows.order_by_expr(self.rank(), self.direction());
            rows.order_by_expr(id.clone(), self.direction()).limit(limit);
            rows
        };
        if self.order.field == Field::Relevance {
            return Ok(with(rows));
        }
        let mut without = rows.clone().filter(self.rank().is_null());
        if let Some((place, None)) = &there {
            without = without.filter(beyond(id.clone(), Expr::value(place.id)));
        }
        let mut without = without.into_query();
        without.order_by_expr(id.clone(), self.direction()).limit(limit);
        if matches!(there, Some((_, None))) {
            return Ok(without);
        }
        // Each part is read in the order of an index; one statement over both would sort all rows.
        let part = |rows: SelectStatement, name: &'static str| {
            Query::select().column(Asterisk).from_subquery(rows, name).to_owned()
        };
        let with = with(rows.filter(self.rank().is_not_null()));
        let mut both = part(with, "a");
        both.union(UnionType::All, part(without, "b"));
        Ok(both)
    }

    /// The keys of the first of what [`Sorting::cut`] gave, whose parts may have more together.
    pub(super) fn first(&self, keys: SelectStatement, limit: u64) -> SelectStatement {
        let mut rows = Query::select();
        rows.column((job::Entity, Column::Id)).from_subquery(keys, "h");
        let same = Expr::col((job::Entity, Column::Id)).equals(("h", "id"));
        rows.join(JoinType::InnerJoin, job::Entity, same);
        self.order(&mut rows);
        rows.limit(limit);
        rows
    }

    /// Orders rows of the table that stand beside what [`Sorting::cut`] gave, called `h`.
    pub(super) fn order(&self, rows: &mut SelectStatement) {
        let rank = match self.order.field {
            Field::Relevance => Expr::col(("h", "score")),
            _ => {
                rows.order_by_expr(self.rank().is_null(), Direction::Asc);
                self.rank()
            }
        };
        rows.order_by_expr(rank, self.direction());
        rows.order_by_expr(Expr::col((job::Entity, Column::Id)), self.direction());
    }
}

/// What is selected of the documents that have the words: whose they are, and how well they fit.
fn found(backend: DbBackend, look: &Look) -> SimpleExpr {
    let text = format!(
        "d.subject AS subject, {} AS score FROM {} WHERE {} AND d.kind = '{}'",
        look.score(1),
        look.from(),
        look.matches(1),
        Kind::Job.name()
    );
    sql::custom(backend, &text, &[look.value()])
}
