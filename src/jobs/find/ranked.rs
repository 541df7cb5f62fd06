use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    Value,
    sea_query::{Expr, ExprTrait as _, JoinType, Order as Direction, PostgresQueryBuilder, Query},
};

use super::{
    filter::Asked,
    list::Whole,
    order::{Sorting, another_order},
    quick,
};
use crate::{
    Cx, Result,
    entity::job::{self, Column},
    index::Look,
    page::{Ask, Page, Place, Rank},
    shape::Shape as _,
    sql,
};

/// Of those that fit, so many of the newest are ranked by their words, which reads all words of each. The others come
/// after them, the newest first.
const RANKED: u16 = 1_000;

/// A place in the order: how well the posting there fits, and what is ranked: what was published after a moment, so that
/// all pages rank the same, whatever is published meanwhile; `None` for all.
struct At {
    score: f64,
    since: Option<DateTime<Utc>>,
}

impl At {
    fn read(place: &Place) -> Result<Self> {
        let Some(Rank::Text(text)) = &place.rank else { return Err(another_order()) };
        let text = text.strip_prefix('r').ok_or_else(another_order)?;
        let (score, since) = match text.split_once('@') {
            Some((score, since)) => (score, Some(since)),
            None => (text, None),
        };
        let moment = |text: &str| DateTime::from_timestamp_millis(text.parse().ok()?);
        let since = since.map(|since| moment(since).ok_or_else(another_order)).transpose()?;
        Ok(Self { score: score.parse().map_err(|_| another_order())?, since })
    }

    fn write(&self, row: &job::Model) -> Place {
        let text = match self.since {
            Some(since) => format!("r{:?}@{}", self.score, since.timestamp_millis()),
            None => format!("r{:?}", self.score),
        };
        Place { rank: Some(Rank::Text(text)), id: row.id }
    }
}

/// A page of what fits, by how well it does, on PostgreSQL.
pub(super) async fn page(
    cx: Cx<'_>,
    asked: &Asked,
    look: &Look,
    sorting: &Sorting,
    ask: &Ask,
) -> Result<Page<Arc<job::Model>>> {
    let fits = asked.chosen_and(asked.base.clone()).add(quick::found_by_part());
    let mut fits =
        job::Entity::find().select_only().columns([Column::Id, Column::PublishedAt]).filter(fits);
    quick::from(&mut fits);
    let mut fits = fits.into_query();
    fits.expr_as(Expr::cust("\"job\".\"words\""), "words");
    let (fits, values) = fits.build(PostgresQueryBuilder);
    let mut values = values.0;
    let mut bind = |value: Value| {
        values.push(value);
        values.len()
    };
    let words = quick::asked(look, bind(look.value()));
    let (mut since, mut beyond) = (
        format!(
            "(SELECT published_at FROM fits WHERE published_at IS NOT NULL \
             ORDER BY published_at DESC OFFSET {RANKED} LIMIT 1)"
        ),
        String::new(),
    );
    let descends = sorting.direction() == Direction::Desc;
    if let Some(place) = &ask.after {
        let at = At::read(place)?;
        since = format!("CAST(${} AS timestamptz)", bind(at.since.into()));
        let sign = if descends { '<' } else { '>' };
        let (score, id) = (bind(at.score.into()), bind(place.id.into()));
        beyond = format!(" WHERE (score, id) {sign} (${score}, ${id})");
    }
    let turn = if descends { "DESC" } else { "ASC" };
    let limit = bind(ask.limit().into());
    // What is not ranked stands below all that is, as no score is below zero.
    let text = format!(
        "WITH asked AS MATERIALIZED (SELECT {words} AS q), fits AS MATERIALIZED ({fits}), \
         edge AS MATERIALIZED (SELECT {since} AS since), \
         scored AS (SELECT id, since, CASE WHEN since IS NULL OR published_at > since \
         THEN CAST(ts_rank(words, (SELECT q FROM asked), 1) AS double precision) \
         ELSE CAST(extract(epoch FROM COALESCE(published_at, 'epoch')) AS double precision) / 1e12 - 1 \
         END AS score FROM fits CROSS JOIN edge), \
         h AS (SELECT id, since, score FROM scored{beyond} ORDER BY score {turn}, id {turn} LIMIT ${limit}) {}",
        outer(sorting)
    );
    let rows = cx.db.query_all_raw(sql::statement(cx.backend(), text, values)).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let at = At { score: row.try_get("", "score")?, since: row.try_get("", "since")? };
        found.push((Arc::new(Whole::read(&row, 0)?.0), at));
    }
    Ok(Page::new(found, ask, |(row, at)| at.write(row)).map(|(row, _)| row))
}

/// Reads the postings whose keys are in `h`.
fn outer(sorting: &Sorting) -> String {
    let mut rows = Query::select();
    Whole::select(&mut rows);
    for name in ["score", "since"] {
        rows.expr_as(Expr::col(("h", name)), name);
    }
    let same = Expr::col((job::Entity, Column::Id)).equals(("h", "id"));
    rows.from("h").join(JoinType::InnerJoin, job::Entity, same);
    sorting.order(&mut rows);
    rows.to_string(PostgresQueryBuilder)
}
