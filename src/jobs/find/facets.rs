use std::fmt::Write as _;

use sea_orm::{
    ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{CaseStatement, Expr, ExprTrait as _, SimpleExpr},
};

use super::{Filter, filter::Asked};
use crate::{
    Cx, Result,
    entity::job::{self, Column, Employment},
    sql,
};

/// Values of the long facets that are told, the most frequent first.
const MOST: u8 = 20;

/// How many postings have each value, under a filter without its own choice: name, label, and count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By how one is employed.
    pub employment: Vec<(Employment, i64)>,
    /// By how much experience is asked, as the table says it.
    pub seniority: Vec<(String, i64)>,
    /// By where the work happens, as the table says it.
    pub workplace: Vec<(String, i64)>,
    /// By country.
    pub country: Vec<(String, i64)>,
    /// By skill: name and label; the 20 most frequent.
    pub skill: Vec<(String, String, i64)>,
    /// By organization: key in hexadecimal digits, and name; the 20 most frequent.
    pub organization: Vec<(String, String, i64)>,
}

/// Counts what the filter's facets would find, in one statement that reads the postings once: those that fit all
/// choices, and those that miss a single one, which count for the facet that they miss.
pub async fn facets(cx: Cx<'_>, filter: &Filter) -> Result<Counts> {
    let mut counts = Counts::default();
    let Some(asked) = filter.asked(cx)? else { return Ok(counts) };
    let backend = cx.backend();
    let inner = match backend {
        DbBackend::Postgres => read(&asked).build(sea_orm::sea_query::PostgresQueryBuilder),
        _ => read(&asked).build(sea_orm::sea_query::SqliteQueryBuilder),
    };
    let text = count(backend, &asked, &inner.0);
    let rows = sql::statement(backend, text, inner.1);
    for row in cx.db.query_all_raw(rows).await? {
        let (facet, count): (i32, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(3)?);
        let (key, label): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        match facet {
            0 => counts.add_employment(&key, count),
            1 => counts.seniority.push((key, count)),
            2 => counts.workplace.push((key, count)),
            3 => counts.country.push((key, count)),
            4 => counts.skill.push((key, label, count)),
            _ => counts.organization.push((key, label, count)),
        }
    }
    counts.sort();
    Ok(counts)
}

impl Counts {
    fn add_employment(&mut self, set: &str, count: i64) {
        for kind in Employment::of(set.parse().unwrap_or_default()) {
            match self.employment.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, known)) => *known += count,
                None => self.employment.push((kind, count)),
            }
        }
    }

    /// The most frequent first, then by name.
    fn sort(&mut self) {
        self.employment.sort_by_key(|(kind, count)| (-count, kind.bit()));
        for list in [&mut self.seniority, &mut self.workplace, &mut self.country] {
            list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        }
        for list in [&mut self.skill, &mut self.organization] {
            list.sort_by(|a, b| {
                b.2.cmp(&a.2).then_with(|| a.1.to_lowercase().cmp(&b.1.to_lowercase()))
            });
        }
    }
}

/// Rows with a bit in `miss` for each facet whose choice they miss.
fn read(asked: &Asked) -> sea_orm::sea_query::SelectStatement {
    let mut miss: Option<SimpleExpr> = None;
    for (at, chosen) in asked.chosen.iter().enumerate() {
        let Some(chosen) = chosen else { continue };
        let case = CaseStatement::new().case(chosen.clone(), Expr::cust("0"));
        let case: SimpleExpr = case.finally(Expr::cust((1 << at).to_string())).into();
        miss = Some(match miss {
            None => case,
            Some(other) => other.add(case),
        });
    }
    let columns = [Column::Id, Column::Employment, Column::OrganizationId];
    let rows = job::Entity::find().select_only().columns(columns).filter(asked.unchosen());
    let mut rows = rows.into_query();
    // As they are kept: their types would be cast.
    for column in [Column::Seniority, Column::Workplace] {
        rows.column((job::Entity, column));
    }
    rows.expr_as(miss.unwrap_or_else(|| Expr::cust("0")), "miss");
    rows
}

/// The statement that counts what `inner` reads.
fn count(backend: DbBackend, asked: &Asked, inner: &str) -> String {
    let bit = |at: usize| asked.chosen.get(at).and_then(Option::as_ref).map(|_| 1 << at);
    let bits: Vec<i32> = (0..asked.chosen.len()).filter_map(bit).collect();
    let mut text = format!("WITH hit AS MATERIALIZED (SELECT * FROM ({inner}) AS x");
    if bits.len() > 1 {
        let list: String = bits.iter().map(|bit| format!(", {bit}")).collect();
        let _ = write!(text, " WHERE miss IN (0{list})");
    }
    text.push(')');
    let misses = |at: usize| match bit(at) {
        Some(bit) => format!("miss IN (0, {bit})"),
        None => "miss = 0".to_owned(),
    };
    let columns = ["employment", "seniority", "workplace"];
    for (at, column) in columns.iter().enumerate() {
        let all = if at > 0 { " UNION ALL" } else { "" };
        let _ = write!(
            text,
            "{all} SELECT {at} AS facet, CAST({column} AS TEXT) AS name, '' AS label, count(*) AS n \
             FROM hit WHERE {} AND {column} IS NOT NULL GROUP BY {column}",
            misses(at)
        );
    }
    let _ = write!(
        text,
        " UNION ALL SELECT 3, c.country, '', count(*) FROM hit JOIN job_country c ON c.job_id = hit.id \
         WHERE {} GROUP BY c.country",
        misses(3)
    );
    let _ = write!(
        text,
        " UNION ALL SELECT 4, t.name, t.label, s.n FROM (SELECT u.tag_id, count(*) AS n FROM hit \
         JOIN job_tag u ON u.job_id = hit.id WHERE {} GROUP BY u.tag_id ORDER BY 2 DESC, 1 LIMIT {MOST}) AS s \
         JOIN tag t ON t.id = s.tag_id",
        misses(4)
    );
    let key = match backend {
        DbBackend::Postgres => "CAST(o.id AS TEXT)",
        _ => "lower(hex(o.id))",
    };
    let _ = write!(
        text,
        " UNION ALL SELECT 5, {key}, o.name, s.n FROM (SELECT organization_id, count(*) AS n FROM hit \
         WHERE {} GROUP BY organization_id ORDER BY 2 DESC, 1 LIMIT {MOST}) AS s \
         JOIN organization o ON o.id = s.organization_id",
        misses(5)
    );
    text
}
