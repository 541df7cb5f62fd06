use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait as _, DbBackend, ExprTrait as _, JoinType, Order,
    sea_query::{Alias, Expr, Query, SelectStatement, SimpleExpr, UnionType},
};
use uuid::Uuid;

use super::{alike, rule};
use crate::{
    Cx, Error, Result,
    index::{Kind, Look},
    page::{Ask, Page, Place},
    sql,
};

/// The newest documents of each kind that are ranked: of a word that more have, older ones are not found.
const RANKED: u64 = 500;

/// What narrows a search.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these kinds; none for all.
    pub kinds: Vec<Kind>,
    /// Only what this member made; `Some(None)` is an id that names nobody.
    pub author: Option<Option<Uuid>>,
    /// Not before this.
    pub from: Option<DateTime<Utc>>,
    /// Before this.
    pub to: Option<DateTime<Utc>>,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its key.
    pub subject: Uuid,
    /// How well it fits, in millionths: greater is better.
    pub score: i32,
}

/// What was found, and by which words, if by words.
#[derive(Debug)]
pub struct Found {
    /// A page of it, the best first, of those that fit alike the newest.
    pub page: Page<Hit>,
    /// What to mark in it.
    pub look: Option<Look>,
}

/// A page of what the actor may see and has all words of a text of at most 200 characters, the last of which may go on.
/// When nothing has them, what is called alike: one page of it.
pub async fn find(cx: Cx<'_>, text: &str, filter: &Filter, ask: &Ask) -> Result<Found> {
    let backend = cx.backend();
    let languages = languages(cx).await?;
    let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
    let kinds = rule::kinds(cx, &filter.kinds);
    let place = match &ask.after {
        None => None,
        Some(place) => Some((place.position()?, place.id)),
    };
    let nothing = || Found { page: Page::empty(), look: None };
    let Some(look) = Look::of(backend, text, &languages)? else { return Ok(nothing()) };
    if kinds.is_empty() {
        return Ok(nothing());
    }
    let branch = |kind| by_words(cx, &look, kind, filter);
    let found = rows(cx, kinds.iter().map(|kind| branch(*kind)).collect(), place, ask).await?;
    if found.is_empty() && place.is_none() {
        let hits = alike::find(cx, text, &kinds, filter, ask).await?;
        let items = hits.into_iter().map(|hit| (at(&hit), hit)).collect();
        return Ok(Found { page: Page { items, more: false, began_after: false }, look: None });
    }
    Ok(Found { page: Page::new(found, ask, at), look: Some(look) })
}

fn at(hit: &Hit) -> Place {
    Place::at(hit.score, hit.subject)
}

/// The languages that documents are in, where the database stems by them: each found by a step over an index.
async fn languages(cx: Cx<'_>) -> Result<Vec<String>> {
    if cx.backend() != DbBackend::Postgres {
        return Ok(Vec::new());
    }
    let text = "WITH RECURSIVE known (language) AS (\
                SELECT min(language) FROM search_document UNION ALL \
                SELECT (SELECT min(d.language) FROM search_document d WHERE d.language > known.language) \
                FROM known WHERE known.language IS NOT NULL) \
                SELECT language FROM known WHERE language IS NOT NULL";
    let rows = cx.db.query_all_raw(sql::statement(cx.backend(), text, [])).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

/// The documents of a kind that have the words, ranked: the newest of those that the actor may see the things of.
fn by_words(cx: Cx<'_>, look: &Look, kind: Kind, filter: &Filter) -> SelectStatement {
    let backend = cx.backend();
    let custom = |text: String| sql::custom(backend, &text, &[look.value()]);
    // Whole numbers can be compared with what a cursor says.
    let score = || custom(format!("CAST({} * 1000000 AS integer)", look.score(1)));
    let column = |name: &str| Expr::cust(format!("d.{name}"));
    let mut rows = Query::select();
    for name in ["subject", "kind"] {
        rows.expr_as(column(name), Alias::new(name));
    }
    rows.and_where(custom(look.matches(1)));
    narrow(cx, &mut rows, kind, filter);
    rows.limit(RANKED);
    // Wrapped, as SQLite takes no order within a part of a union.
    let mut ranked = Query::select();
    for name in ["subject", "kind"] {
        ranked.expr_as(column(name), Alias::new(name));
    }
    if backend == DbBackend::Postgres {
        // Only those that are left are ranked: that reads all words of each.
        rows.expr_as(column("words"), Alias::new("words"))
            .from_as("search_document", "d")
            .order_by_expr(column("subject"), Order::Desc);
        ranked.expr_as(score(), Alias::new("score"));
    } else {
        // Where they are looked up alone it is known how well they fit.
        let same = Expr::cust("d.id = search_words.rowid");
        rows.expr_as(score(), Alias::new("score"))
            .from("search_words")
            // A cross join is done from left to right, and takes no condition.
            .join_as(JoinType::CrossJoin, "search_document", "d", same.clone())
            .and_where(same)
            .order_by_expr(Expr::cust("search_words.rowid"), Order::Desc);
        ranked.expr_as(column("score"), Alias::new("score"));
    }
    ranked.from_subquery(rows, "d");
    ranked
}

/// Keeps the documents `d` of a kind that fit the filter and whose things the actor may see.
pub(super) fn narrow(cx: Cx<'_>, rows: &mut SelectStatement, kind: Kind, filter: &Filter) {
    let column = Expr::cust;
    rows.and_where(column("d.kind").eq(kind.name()));
    if let Some(author) = filter.author {
        rows.and_where(column("d.author").eq(author.unwrap_or_default()));
    }
    if let Some(from) = filter.from {
        rows.and_where(column("d.made_at").gte(from));
    }
    if let Some(to) = filter.to {
        rows.and_where(column("d.made_at").lt(to));
    }
    rows.and_where(rule::sees(cx, kind));
}

/// The page of what the branches find.
async fn rows(
    cx: Cx<'_>,
    branches: Vec<SelectStatement>,
    place: Option<(i32, Uuid)>,
    ask: &Ask,
) -> Result<Vec<Hit>> {
    let mut found: Option<SelectStatement> = None;
    for branch in branches {
        match &mut found {
            None => found = Some(branch),
            Some(all) => {
                all.union(UnionType::All, branch);
            }
        }
    }
    let Some(found) = found else { return Ok(Vec::new()) };
    let (score, subject) = (|| Expr::cust("c.score"), || Expr::cust("c.subject"));
    let mut page = Query::select();
    page.expr(subject()).expr(Expr::cust("c.kind")).expr(score()).from_subquery(found, "c");
    if let Some((rank, id)) = place {
        let after: SimpleExpr =
            Expr::tuple([score(), subject()]).lt(Expr::tuple([Expr::value(rank), Expr::value(id)]));
        page.and_where(after);
    }
    page.order_by_expr(score(), Order::Desc).order_by_expr(subject(), Order::Desc);
    page.limit(ask.limit());
    read(cx, &page).await
}

/// Reads hits: key, kind, score.
pub(super) async fn read(cx: Cx<'_>, page: &SelectStatement) -> Result<Vec<Hit>> {
    let rows = Box::pin(cx.db.query_all(page)).await?;
    let hit = |row: &sea_orm::QueryResult| {
        let kind: String = row.try_get_by_index(1)?;
        let kind = Kind::named(&kind).ok_or_else(|| Error::bug("a document of no kind"))?;
        let (subject, score) = (row.try_get_by_index(0)?, row.try_get_by_index(2)?);
        Ok(Hit { kind, subject, score })
    };
    rows.iter().map(hit).collect()
}
