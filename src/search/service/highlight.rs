use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DbBackend};
use uuid::Uuid;

use super::Hit;
use crate::{
    Cx, Result,
    index::{END, FOUND, Look},
    markdown::escape,
    sql,
};

/// Where the words stand in what was found and may be seen: HTML with `<mark>` and nothing else, in one statement. What
/// was found by other letters than were asked has none.
pub async fn highlights(cx: Cx<'_>, look: &Look, hits: &[Hit]) -> Result<HashMap<Uuid, String>> {
    if hits.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = cx.backend();
    let keys: Vec<Uuid> = hits.iter().map(|hit| hit.subject).collect();
    let matches = match backend {
        DbBackend::Postgres => String::new(),
        _ => format!(" AND {}", look.matches(1)),
    };
    let text = format!(
        "SELECT d.subject, {}, {} FROM {} WHERE {}{matches}",
        look.shown(1),
        look.shown_title(1),
        look.from(),
        sql::among(backend, "d.subject", 2)
    );
    let values = [look.value(), sql::keys(backend, &keys)];
    let rows = cx.db.query_all_raw(sql::statement(backend, text, values)).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let (body, title): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let shown = if body.contains(FOUND) || title.is_empty() { body } else { title };
        found.insert(row.try_get_by_index(0)?, html(&shown));
    }
    Ok(found)
}

/// A text with its marks as HTML: each that is opened is closed, whatever marks somebody wrote themselves.
fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 40);
    let mut is_open = false;
    for part in escape(text).split_inclusive([FOUND, END]) {
        let last = part.chars().next_back();
        html.push_str(part.trim_end_matches([FOUND, END]));
        if last == Some(FOUND) && !is_open {
            html.push_str("<mark>");
            is_open = true;
        } else if last == Some(END) && is_open {
            html.push_str("</mark>");
            is_open = false;
        }
    }
    if is_open {
        html.push_str("</mark>");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_balanced_and_all_else_is_escaped() {
        let shown = |text: &str| html(&text.replace('[', "\u{f8f0}").replace(']', "\u{f8f1}"));
        for (text, expected) in [
            ("a [word] & <b>", "a <mark>word</mark> &amp; &lt;b&gt;"),
            ("[[a] b]", "<mark>a</mark> b"),
            ("]a [b", "a <mark>b</mark>"),
            ("<mark>", "&lt;mark&gt;"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
