//! How much a submission looks like spam: plain signs, added up.

use chrono::TimeDelta;

use crate::fields::{Answer, FieldType};

/// From this score on it is put aside.
pub(super) const SPAM: i32 = 80;

/// What is known beside the answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs {
    /// How long it took from asking for a challenge to sending, if one was asked for.
    pub(super) took: Option<TimeDelta>,
    /// How often the same words came lately, this time left out.
    pub(super) repeats: u32,
}

/// The score, 0 to 100, and why.
pub(super) fn score(answers: &[Answer], signs: Signs) -> (i32, Vec<String>) {
    let mut reasons = Vec::new();
    let mut score = 0;
    let mut add = |points: i32, reason: String| {
        score += points;
        reasons.push(reason);
    };
    let texts = || {
        let written = answers.iter().filter(|answer| {
            !matches!(answer.kind, FieldType::Hidden | FieldType::Checkbox | FieldType::Url)
        });
        written.filter_map(|answer| answer.text.as_deref())
    };
    let links = |text: &str| {
        let text = text.to_lowercase();
        text.matches("http://").count()
            + text.matches("https://").count()
            + text.matches("[url").count()
    };
    let count: usize = texts().map(links).sum();
    if count > 2 {
        let points = i32::try_from(count).unwrap_or(100).saturating_mul(10).min(80);
        add(points, format!("{count} links"));
    }
    let named = answers.iter().filter(|answer| answer.kind == FieldType::Text);
    if named.filter_map(|answer| answer.text.as_deref()).any(|text| links(text) > 0) {
        add(30, "a link where a few words are asked for".to_owned());
    }
    let mut seen = std::collections::HashSet::new();
    let long = texts().map(|text| text.trim().to_lowercase()).filter(|text| text.len() >= 8);
    if long.into_iter().any(|text| !seen.insert(text)) {
        add(30, "the same text in several fields".to_owned());
    }
    if signs.repeats > 0 {
        add(50, format!("the same words came {} times lately", signs.repeats));
    }
    if signs.took.is_some_and(|took| took < TimeDelta::seconds(2)) {
        add(30, "filled in within two seconds".to_owned());
    }
    (score.min(100), reasons)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(kind: FieldType, text: &str) -> Answer {
        Answer {
            field: "f".to_owned(),
            label: "F".to_owned(),
            kind,
            text: Some(text.to_owned()),
            number: None,
            values: None,
            chosen: Vec::new(),
            date: None,
            files: Vec::new(),
        }
    }

    #[test]
    fn plain_words_are_no_spam_and_many_links_are() {
        let none = Signs { took: None, repeats: 0 };
        let plain = [answer(FieldType::LongText, "Hello, see https://example.org for more")];
        assert_eq!(score(&plain, none), (0, vec![]));
        let links = "https://a.example ".repeat(8);
        assert_eq!(score(&[answer(FieldType::LongText, &links)], none).0, 80);
    }

    #[test]
    fn what_is_sent_again_at_once_is_spam() {
        let signs = Signs { took: Some(TimeDelta::milliseconds(500)), repeats: 2 };
        let (score, reasons) = score(&[answer(FieldType::Text, "Hello")], signs);
        assert_eq!((score, reasons.len()), (80, 2));
    }
}
