use std::fmt::Write as _;

use sea_orm::{
    Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{CaseStatement, Expr, ExprTrait as _, SimpleExpr},
};

use super::{Filter, counting, filter::Asked, kept, quick};
use crate::{
    Cx, Result,
    entity::job::{self, Column, Employment},
    sql,
};

/// Values of the long facets that are told, the most frequent first.
pub(super) const MOST: u8 = 20;

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
/// choices, and those that miss a single one, which count for the facet that they miss. What all open postings have,
/// which is the same for everybody, is up to ten seconds old.
pub async fn facets(cx: Cx<'_>, filter: &Filter) -> Result<Counts> {
    if *filter != Filter::default() {
        return anew(cx, filter).await;
    }
    if let Some(counts) = kept::of_all(cx) {
        return Ok(counts);
    }
    let counts = anew(cx, filter).await?;
    kept::keep(cx, &counts);
    Ok(counts)
}

async fn anew(cx: Cx<'_>, filter: &Filter) -> Result<Counts> {
    let mut counts = Counts::default();
    let Some(asked) = filter.asked(cx)? else { return Ok(counts) };
    let backend = cx.backend();
    let rows = match backend {
        backend if quick::is_on(backend) => counting::statement(&asked),
        _ => {
            let inner = read(&asked).build(sea_orm::sea_query::SqliteQueryBuilder);
            sql::statement(backend, count(&asked, &inner.0), inner.1)
        }
    };
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

/// A bit, by its place, for each choice that a row misses.
pub(super) fn miss<'a>(chosen: impl IntoIterator<Item = (usize, &'a Condition)>) -> SimpleExpr {
    let mut miss: Option<SimpleExpr> = None;
    for (at, chosen) in chosen {
        let case = CaseStatement::new().case(chosen.clone(), Expr::cust("0"));
        let case: SimpleExpr = case.finally(Expr::cust((1 << at).to_string())).into();
        miss = Some(match miss {
            None => case,
            Some(other) => other.add(case),
        });
    }
    miss.unwrap_or_else(|| Expr::cust("0"))
}

/// Those of rows with `miss` that count for any facet: a condition with `WHERE`, if there is one.
fn counted(asked: &Asked) -> String {
    let bits: Vec<i32> = (0..asked.chosen.len()).filter_map(|at| bit(asked, at)).collect();
    if bits.len() < 2 {
        return String::new();
    }
    let list: String = bits.iter().map(|bit| format!(", {bit}")).collect();
    format!(" WHERE miss IN (0{list})")
}

/// Those that count for one facet.
fn misses(asked: &Asked, at: usize) -> String {
    match bit(asked, at) {
        Some(bit) => format!("miss IN (0, {bit})"),
        None => "miss = 0".to_owned(),
    }
}

fn bit(asked: &Asked, at: usize) -> Option<i32> {
    asked.chosen.get(at).and_then(Option::as_ref).map(|_| 1 << at)
}

/// Rows with their misses.
fn read(asked: &Asked) -> sea_orm::sea_query::SelectStatement {
    let columns = [Column::Id, Column::Employment, Column::OrganizationId];
    let rows = job::Entity::find().select_only().columns(columns).filter(asked.unchosen());
    let mut rows = rows.into_query();
    // As they are kept: their types would be cast.
    for column in [Column::Seniority, Column::Workplace] {
        rows.column((job::Entity, column));
    }
    let chosen = asked.chosen.iter().enumerate();
    rows.expr_as(miss(chosen.filter_map(|(at, chosen)| Some((at, chosen.as_ref()?)))), "miss");
    rows
}

/// The statement that counts what `inner` reads, on SQLite.
fn count(asked: &Asked, inner: &str) -> String {
    let counted = counted(asked);
    let mut text = format!("WITH hit AS MATERIALIZED (SELECT * FROM ({inner}) AS x{counted})");
    let misses = |at: usize| misses(asked, at);
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
    let _ = write!(
        text,
        " UNION ALL SELECT 5, lower(hex(o.id)), o.name, s.n FROM (SELECT organization_id, count(*) AS n FROM hit \
         WHERE {} GROUP BY organization_id ORDER BY 2 DESC, 1 LIMIT {MOST}) AS s \
         JOIN organization o ON o.id = s.organization_id",
        misses(5)
    );
    text
}
