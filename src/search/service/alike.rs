//! What is called alike, for names with a letter wrong or left out, and parts of words.

use std::collections::HashSet;

use sea_orm::{
    ConnectionTrait as _, DbBackend, JoinType, Order,
    sea_query::{Alias, Expr, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::find::{Filter, Hit, narrow};
use crate::{Cx, Error, Result, index::Kind, page::Ask, sql};

/// Kinds that have names, which may be misspelt.
const NAMED: [Kind; 4] = [Kind::Profile, Kind::Tag, Kind::Organization, Kind::Job];
/// Names of each kind that are compared.
const COMPARED: u64 = 200;
/// How alike a name must be, or a part of it: 0 to 1.
const ALIKE: f64 = 0.3;
/// The same of a part of the name.
const PART: f64 = 0.6;

/// The things whose names are most like a text, of those that the actor may see.
pub(super) async fn find(
    cx: Cx<'_>,
    text: &str,
    kinds: &[Kind],
    filter: &Filter,
    ask: &Ask,
) -> Result<Vec<Hit>> {
    let text = plain(text);
    let parts = parts_of(&text);
    let kinds: Vec<Kind> = kinds.iter().copied().filter(|kind| NAMED.contains(kind)).collect();
    if parts.is_empty() || kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut all: Option<SelectStatement> = None;
    for kind in kinds {
        let branch = candidates(cx, &text, &parts, kind, filter);
        let mut wrapped = Query::select();
        wrapped.columns(["subject", "kind", "title"]).from_subquery(branch, "part");
        match &mut all {
            None => all = Some(wrapped),
            Some(all) => {
                all.union(UnionType::All, wrapped);
            }
        }
    }
    let Some(all) = all else { return Ok(Vec::new()) };
    let rows = Box::pin(cx.db.query_all(&all)).await?;
    let mut hits = Vec::with_capacity(rows.len());
    for row in rows {
        let (subject, kind, title): (Uuid, String, String) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let kind = Kind::named(&kind).ok_or_else(|| Error::bug("a document of no kind"))?;
        hits.extend(score(&parts, &title).map(|score| Hit { kind, subject, score }));
    }
    hits.sort_unstable_by_key(|hit| std::cmp::Reverse((hit.score, hit.subject)));
    hits.truncate(usize::from(ask.first));
    Ok(hits)
}

/// Names that share parts with a text.
fn candidates(
    cx: Cx<'_>,
    text: &str,
    parts: &HashSet<String>,
    kind: Kind,
    filter: &Filter,
) -> SelectStatement {
    let backend = cx.backend();
    let mut rows = Query::select();
    for column in ["subject", "kind", "title"] {
        rows.expr_as(Expr::cust(format!("d.{column}")), Alias::new(column));
    }
    if backend == DbBackend::Postgres {
        let custom = |words: &str| sql::custom(backend, words, &[text.into()]);
        rows.from_as("search_document", "d")
            // As the index says it.
            .and_where(Expr::cust("d.kind IN ('profile', 'tag', 'organization', 'job')"))
            .and_where(custom(
                "(lower(d.title) % CAST($1 AS text) OR CAST($1 AS text) <% lower(d.title))",
            ))
            .order_by_expr(
                custom("word_similarity(CAST($1 AS text), lower(d.title))"),
                Order::Desc,
            );
    } else {
        let whole = parts.iter().filter(|part| !part.contains(' '));
        let any: Vec<String> = whole.map(|part| format!("\"{part}\"")).collect();
        // Without a whole part there is nothing to look up, and this finds nothing.
        let any = if any.is_empty() {
            "\"\u{f8f2}\u{f8f2}\u{f8f2}\"".to_owned()
        } else {
            any.join(" OR ")
        };
        let same = Expr::cust("d.id = search_parts.rowid");
        rows.from("search_parts")
            .join_as(JoinType::CrossJoin, "search_document", "d", same.clone())
            .and_where(same)
            .and_where(sql::custom(backend, "search_parts MATCH $1", &[any.into()]))
            .order_by_expr(Expr::cust("bm25(search_parts)"), Order::Asc);
    }
    rows.order_by_expr(Expr::cust("d.subject"), Order::Desc);
    narrow(cx, &mut rows, kind, filter);
    rows.limit(COMPARED);
    rows
}

/// Letters and digits of a text in lower case, apart by single spaces.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The parts of a text's words, three letters each, where a word begins with two spaces and ends with one.
fn parts_of(text: &str) -> HashSet<String> {
    let mut parts = HashSet::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let letters: Vec<char> = "  ".chars().chain(word.chars()).chain([' ']).collect();
        parts.extend(letters.windows(3).map(|part| part.iter().collect::<String>()));
    }
    parts
}

/// How alike a name is, in millionths; nothing when it is not: by all its parts, or by those of its likest words.
fn score(parts: &HashSet<String>, title: &str) -> Option<i32> {
    let title = plain(title);
    let share = |shared: usize, all: usize| -> f64 {
        let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        if all == 0 { 0.0 } else { number(shared) / number(all) }
    };
    let whole = parts_of(&title);
    let shared = parts.intersection(&whole).count();
    let alike = share(shared, parts.len() + whole.len() - shared);
    let words = title.split(' ').map(|word| {
        let word = parts_of(word);
        let shared = parts.intersection(&word).count();
        share(shared, parts.len() + word.len() - shared)
    });
    let of_word = words.fold(0.0, f64::max);
    let within = share(shared, parts.len());
    let best = alike.max(of_word).max(if within >= PART { within / 2.0 } else { 0.0 });
    if best < ALIKE {
        return None;
    }
    #[expect(clippy::as_conversions, reason = "a number from 0 to 1,000,000")]
    let score = (best * 1_000_000.0) as i32;
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(text: &str, title: &str) -> bool {
        score(&parts_of(&plain(text)), title).is_some()
    }

    #[test]
    fn names_with_a_letter_wrong_and_parts_of_words_are_alike() {
        for (text, title) in [
            ("marai", "Maria @mary"),
            ("lovelase", "Ada Lovelace @ada"),
            ("script", "TypeScript"),
            ("Kubernets", "kubernetes"),
        ] {
            assert!(alike(text, title), "{text} {title}");
        }
        for (text, title) in [("rust", "Go"), ("ada", "Bob @bob"), ("", "Ada"), ("?!", "Ada")] {
            assert!(!alike(text, title), "{text} {title}");
        }
    }
}
