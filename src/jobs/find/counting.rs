use std::fmt::Write as _;

use sea_orm::{
    Condition, DbBackend, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    Statement, Value,
    sea_query::{Expr, PostgresQueryBuilder, Query, SelectStatement},
};

use super::{
    facets::{MOST, miss},
    filter::Asked,
    quick,
};
use crate::{
    entity::job::{self, Column},
    sql,
};

/// Choices that are those of a kind; those behind them are a posting's own.
const OF_KIND: usize = 4;

/// The statement that counts, on PostgreSQL: facet, name, label and count. Employment, seniority, workplace and
/// countries together are a posting's kind; postings are counted by kind, and those counts are added up for each facet.
pub(super) fn statement(asked: &Asked) -> Statement {
    let mut text = String::from("WITH ");
    let mut values = Vec::new();
    if let Some(look) = &asked.look {
        values.push(look.value());
        let _ = write!(text, "asked AS MATERIALIZED (SELECT {} AS q), ", quick::asked(look, 1));
    }
    // What was found by words is not looked for twice.
    let once = if asked.look.is_some() { "MATERIALIZED" } else { "NOT MATERIALIZED" };
    let (kind, hit) = (add(kind(asked), &mut values), add(hit(asked), &mut values));
    let bit = |at: usize| asked.chosen.get(at).and_then(Option::as_ref).map(|_| 1 << at);
    let bits: Vec<String> = (0..OF_KIND).filter_map(bit).map(|bit: i32| bit.to_string()).collect();
    // Nobody knows beforehand how many have the words: so kinds are looked up, by no join that may be the wrong one.
    let counted = match asked.look.is_some() && bits.len() > 1 {
        true => format!(
            " WHERE (h.kind IN (SELECT k.id FROM kind AS k WHERE k.miss IN (0, {}))) IS TRUE",
            bits.join(", ")
        ),
        false => String::new(),
    };
    // Those that miss nothing, or what the facet at a place has chosen.
    let but = |of: &str, at: usize| match bit(at) {
        Some(bit) => format!("{of}.miss IN (0, {bit})"),
        None => format!("{of}.miss = 0"),
    };
    let [employment, seniority, workplace, country, skill, organization] =
        std::array::from_fn(|at| but(if at < OF_KIND { "k" } else { "h" }, at));
    let of_kinds = match (bits.is_empty(), &asked.look) {
        (true, _) => "",
        (false, None) => " AND h.kind IN (SELECT k.id FROM kind AS k WHERE k.miss = 0)",
        (false, Some(_)) => {
            " AND (h.kind IN (SELECT k.id FROM kind AS k WHERE k.miss = 0)) IS TRUE"
        }
    };
    let _ = write!(
        text,
        "kind AS MATERIALIZED ({kind}), hit AS {once} (SELECT * FROM ({hit}) AS h{counted}), \
         known AS MATERIALIZED (SELECT k.*, c.n FROM \
         (SELECT h.kind, count(*) AS n FROM hit AS h WHERE h.miss = 0 GROUP BY h.kind) AS c \
         JOIN kind AS k ON k.id = c.kind) \
         SELECT 0 AS facet, CAST(k.employment AS text) AS name, '' AS label, CAST(sum(k.n) AS bigint) AS n \
         FROM known AS k WHERE {employment} GROUP BY k.employment \
         UNION ALL SELECT 1, k.seniority, '', CAST(sum(k.n) AS bigint) \
         FROM known AS k WHERE {seniority} AND k.seniority IS NOT NULL GROUP BY k.seniority \
         UNION ALL SELECT 2, k.workplace, '', CAST(sum(k.n) AS bigint) \
         FROM known AS k WHERE {workplace} GROUP BY k.workplace \
         UNION ALL SELECT 3, k.country, '', CAST(sum(k.n) AS bigint) \
         FROM (SELECT unnest(k.countries) AS country, k.n FROM known AS k WHERE {country}) AS k GROUP BY k.country \
         UNION ALL SELECT 4, t.name, t.label, s.n FROM (SELECT x.skill, count(*) AS n \
         FROM (SELECT unnest(h.skills) AS skill FROM hit AS h WHERE {skill}{of_kinds}) AS x \
         GROUP BY x.skill ORDER BY 2 DESC, 1 LIMIT {MOST}) AS s JOIN tag AS t ON t.id = s.skill \
         UNION ALL SELECT 5, CAST(o.id AS text), o.name, s.n FROM (SELECT h.organization_id, count(*) AS n \
         FROM hit AS h WHERE {organization}{of_kinds} \
         GROUP BY h.organization_id ORDER BY 2 DESC, 1 LIMIT {MOST}) AS s \
         JOIN organization AS o ON o.id = s.organization_id"
    );
    sql::statement(DbBackend::Postgres, text, values)
}

/// Whatever can count.
fn hit(asked: &Asked) -> SelectStatement {
    let mut fits = asked.base.clone();
    if asked.look.is_some() {
        fits = fits.add(quick::found_by_part());
    }
    let mut rows = job::Entity::find().select_only().column(Column::OrganizationId).filter(fits);
    quick::from(&mut rows);
    let mut rows = rows.into_query();
    for name in ["kind", "skills"] {
        rows.expr_as(Expr::col((job::Entity, name)), name);
    }
    let chosen = asked.chosen.iter().enumerate().skip(OF_KIND);
    let chosen = chosen.filter_map(|(at, chosen)| Some((at, chosen.as_ref()?)));
    rows.expr_as(miss(chosen), "miss");
    rows
}

/// All kinds. They are named as postings are, so that the same conditions fit.
fn kind(asked: &Asked) -> SelectStatement {
    let mut rows = Query::select();
    for name in ["id", "employment", "seniority", "workplace", "countries"] {
        rows.expr_as(Expr::col((job::Entity, name)), name);
    }
    let there = Value::from(asked.countries.clone());
    let text = "\"job\".\"countries\" && CAST($1 AS text[])";
    let there = Condition::all().add(sql::custom(DbBackend::Postgres, text, &[there]));
    let chosen = asked.chosen.iter().enumerate().take(OF_KIND).filter_map(|(at, chosen)| {
        let chosen = chosen.as_ref()?;
        // Not by the keys of postings.
        Some((at, if at == COUNTRY { &there } else { chosen }))
    });
    rows.expr_as(miss(chosen), "miss").from_as("job_kind", "job");
    rows
}

/// Which choice is that of countries.
const COUNTRY: usize = 3;

/// The text of a part whose values stand behind those that are there.
fn add(part: SelectStatement, values: &mut Vec<Value>) -> String {
    let (text, more) = part.build(PostgresQueryBuilder);
    let mut parts = text.split('$');
    let mut moved = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().unwrap_or_default() + values.len();
        let _ = write!(moved, "${number}{rest}");
    }
    values.extend(more.0);
    moved
}
