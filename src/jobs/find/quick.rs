//! The short rows in which PostgreSQL finds postings by their words, and counts them.

use sea_orm::{
    DbBackend, EntityTrait as _, QueryFilter as _, QuerySelect, Select,
    sea_query::{Expr, SimpleExpr},
};

use super::filter::Asked;
use crate::{entity::job, index::Look, sql};

/// The table; named as that of postings in statements, so that the same conditions fit both.
const TABLE: &str = "job_find";

/// Whether the database has such rows.
pub(super) fn is_on(backend: DbBackend) -> bool {
    backend == DbBackend::Postgres
}

/// What the words ask in all languages, without that of one which finds no more than that of another: each that begins
/// with fewer letters finds the others' words too. `$number` stands for [`Look::value`].
///
/// Being a value of its own and not written into the condition, it leaves the planner no choice but the index.
pub(super) fn asked(look: &Look, number: usize) -> String {
    // No array: the builder of statements takes what stands in its brackets for a name.
    let each = format!(
        "(SELECT DISTINCT CAST(v.q AS text) AS t FROM (VALUES ({})) AS v (q) WHERE numnode(v.q) > 0)",
        look.queries(number).join("), (")
    );
    format!(
        "(SELECT CAST(string_agg(a.t, ' | ') AS tsquery) FROM {each} AS a WHERE NOT EXISTS \
         (SELECT 1 FROM {each} AS b WHERE b.t <> a.t AND starts_with(a.t, \
         CASE WHEN right(b.t, 2) = ':*' THEN left(b.t, -3) ELSE b.t || ' & ' END)))"
    )
}

/// The rows that fit all of a filter, written as rows of the table of postings.
pub(super) fn rows(asked: &Asked) -> Select<job::Entity> {
    let mut rows = job::Entity::find().filter(asked.chosen_and(asked.base.clone()));
    if let Some(look) = &asked.look {
        rows = rows.filter(found(look));
    }
    from(&mut rows);
    rows
}

/// Reads short rows in place of postings.
pub(super) fn from(rows: &mut Select<job::Entity>) {
    QuerySelect::query(rows).from_clear().from_as(TABLE, "job");
}

fn found(look: &Look) -> SimpleExpr {
    let text = format!("\"job\".\"words\" @@ {}", asked(look, 1));
    sql::custom(DbBackend::Postgres, &text, &[look.value()])
}

/// The same, where `asked` is a part of the statement that has [`asked`] as `q`.
pub(super) fn found_by_part() -> SimpleExpr {
    Expr::cust("\"job\".\"words\" @@ (SELECT q FROM asked)")
}

/// Whether a posting has the words, for statements that read the table of postings.
pub(super) fn among_found(look: &Look) -> SimpleExpr {
    let text = format!(
        "\"job\".\"id\" IN (SELECT f.id FROM {TABLE} AS f WHERE f.words @@ {})",
        asked(look, 1)
    );
    sql::custom(DbBackend::Postgres, &text, &[look.value()])
}
