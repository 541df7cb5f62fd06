//! Marking the words that were found in plain text, as HTML in which nothing of anybody is read as HTML.

use crate::markdown::{escape, is_of_word};

/// Words of a fragment.
const LONGEST: usize = 36;
/// Words before the first that is marked.
const BEFORE: usize = 8;

/// The part of a text in which most of the asked words stand, with those marked; of the title when the body has none.
pub(super) fn marked(title: &str, body: &str, asked: &str) -> String {
    let asked: Vec<String> = words(asked).map(|(_, word)| word.to_lowercase()).collect();
    fragment(body, &asked).or_else(|| fragment(title, &asked)).unwrap_or_else(|| escape(title))
}

/// The words of a text, and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_within = |c: char| is_of_word(c) && c != '_';
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..)?;
        let begins = from + rest.find(is_within)?;
        let rest = text.get(begins..)?;
        let length = rest.find(|c| !is_within(c)).unwrap_or(rest.len());
        from = begins + length;
        Some((begins, rest.get(..length)?))
    })
}

/// Whether a word of the text is the asked one, begins with it where that may go on, or has its stem.
fn is_alike(word: &str, asked: &str, may_go_on: bool) -> bool {
    if word == asked || (may_go_on && word.starts_with(asked)) {
        return true;
    }
    let shared = word.chars().zip(asked.chars()).take_while(|(a, b)| a == b).count();
    let rest = |text: &str| text.chars().count() - shared;
    shared >= 4 && rest(word) <= 3 && rest(asked) <= 3
}

fn fragment(text: &str, asked: &[String]) -> Option<String> {
    let all: Vec<(usize, &str)> = words(text).collect();
    let last = asked.len().saturating_sub(1);
    let hit = |word: &str| {
        let word = word.to_lowercase();
        asked.iter().enumerate().position(|(at, asked)| is_alike(&word, asked, at == last))
    };
    let hits: Vec<(usize, usize)> =
        all.iter().enumerate().filter_map(|(at, (_, word))| Some((at, hit(word)?))).collect();
    // The first place from which most different words are near.
    let near = |first: usize| {
        let mut found: Vec<usize> = hits
            .iter()
            .filter(|(at, _)| (first..first + LONGEST - BEFORE).contains(at))
            .map(|(_, which)| *which)
            .collect();
        found.sort_unstable();
        found.dedup();
        found.len()
    };
    let best =
        hits.iter().map(|(at, _)| (near(*at), *at)).reduce(|a, b| if b.0 > a.0 { b } else { a });
    let (_, best) = best?;
    let first = if all.len() <= LONGEST { 0 } else { best.saturating_sub(BEFORE) };
    let end = (first + LONGEST).min(all.len());
    let at = |n: usize| all.get(n).map(|(at, _)| *at);
    let mut from = if first == 0 { 0 } else { at(first)? };
    let until = at(end).unwrap_or(text.len());
    let mut html = String::new();
    if first > 0 {
        html.push('…');
    }
    for (n, _) in hits.iter().filter(|(n, _)| (first..end).contains(n)) {
        let (begins, word) = all.get(*n)?;
        html.push_str(&escape(text.get(from..*begins)?));
        html.push_str("<mark>");
        html.push_str(&escape(word));
        html.push_str("</mark>");
        from = begins + word.len();
    }
    html.push_str(escape(text.get(from..until)?).trim_end());
    if until < text.len() {
        html.push('…');
    }
    Some(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_and_all_else_is_escaped() {
        let html = marked("T", "A <b>loom</b> & \"Looms\" <script>", "loom");
        assert_eq!(
            html,
            "A &lt;b&gt;<mark>loom</mark>&lt;/b&gt; &amp; &quot;<mark>Looms</mark>&quot; &lt;script&gt;"
        );
        assert_eq!(marked("<i>Weaver", "nothing", "weav"), "&lt;i&gt;<mark>Weaver</mark>");
        assert_eq!(marked("<i>", "nothing", "weav"), "&lt;i&gt;");
        assert_eq!(marked("T", "developing", "developer x"), "<mark>developing</mark>");
        assert_eq!(marked("T", "cat cats", "cat x"), "<mark>cat</mark> cats");
    }

    #[test]
    fn a_long_text_is_cut_where_most_words_stand() {
        let body = format!(
            "{}loom {}loom and thread {}",
            "a ".repeat(50),
            "b ".repeat(50),
            "c ".repeat(99)
        );
        let html = marked("T", &body, "loom thread");
        assert!(html.starts_with("…b b"), "{html}");
        assert!(html.contains("b <mark>loom</mark> and <mark>thread</mark> c"), "{html}");
        assert!(html.ends_with("c…"), "{html}");
        assert_eq!(html.matches("<mark>").count(), 2);
    }
}
