//! Languages by their tags (BCP 47), by their names, and how well they are spoken, in words.

mod names;

use names::NAMES;

use super::json::Map;
use crate::{check, entity::spoken_language::Level};

/// The tag as it is kept: a well-formed one of BCP 47, in the usual case (`zh-Hant-TW`), whose language is two letters
/// of ISO 639-1, or three.
pub(crate) fn tag(text: &str) -> Option<String> {
    let tag = check::language(text)?;
    let language = tag.split('-').next()?;
    let is_known = language.len() > 2 || NAMES.iter().any(|(code, ..)| *code == language);
    is_known.then_some(tag)
}

/// Scripts that are told apart from words of four letters.
const SCRIPTS: &[&str] = &["arab", "cyrl", "deva", "guru", "hans", "hant", "latn", "mong"];

/// Whether what narrows a language down is a script, a region or a year, and no word: `BR`, not `Brazil`.
fn is_narrowing(rest: &str) -> bool {
    rest.to_ascii_lowercase().split('-').all(|part| {
        let has_digit = part.bytes().any(|b| b.is_ascii_digit());
        part.len() == 2 || has_digit || SCRIPTS.contains(&part)
    })
}

/// What a tag is called in English: `Portuguese (BR)`; the tag itself where there is no such name.
pub(crate) fn name(tag: &str) -> String {
    let (language, rest) = tag.split_once('-').unwrap_or((tag, ""));
    match NAMES.iter().find(|(code, ..)| *code == language) {
        Some((_, name, _)) if rest.is_empty() => (*name).to_owned(),
        Some((_, name, _)) if is_narrowing(rest) => format!("{name} ({rest})"),
        _ => tag.to_owned(),
    }
}

/// The tag of a language that somebody named, in English, in the language itself, or by its tag.
pub(crate) fn named(text: &str) -> Option<String> {
    let text = text.trim();
    let (language, rest) = match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        Some((language, rest)) => (language.trim(), Some(rest.trim())),
        None => (text, None),
    };
    let wanted = language.to_lowercase();
    let called = |(_, english, own): &&(&str, &str, &str)| {
        [english, own].iter().any(|name| !name.is_empty() && name.to_lowercase() == wanted)
    };
    if let Some((code, ..)) = NAMES.iter().find(called) {
        let rest = rest.filter(|rest| is_narrowing(rest));
        let narrower = rest.and_then(|rest| tag(&format!("{code}-{rest}")));
        return Some(narrower.unwrap_or_else(|| (*code).to_owned()));
    }
    // A word of three letters is a tag only if it is written as one.
    let is_written = |part: &str| part.len() == 2 || part.bytes().all(|b| b.is_ascii_lowercase());
    let is_tag = text.split('-').next().is_some_and(is_written);
    tag(text).filter(|_| is_tag && rest.is_none())
}

/// How a level is written.
pub(crate) fn fluency(level: Level) -> &'static str {
    match level {
        Level::Elementary => "Elementary",
        Level::Limited => "Limited working",
        Level::Professional => "Professional working",
        Level::FullProfessional => "Full professional",
        Level::Native => "Native speaker",
    }
}

/// What the columns alone write of a language.
pub(crate) fn plain(tag: &str, level: Level) -> Map {
    let properties = [("language", name(tag)), ("fluency", fluency(level).to_owned())];
    properties.into_iter().map(|(key, text)| (key.to_owned(), text.into())).collect()
}

/// Words by which people say how well they speak, the more particular first.
const WORDS: &[(&str, Level)] = &[
    ("native", Level::Native),
    ("mother tongue", Level::Native),
    ("first language", Level::Native),
    ("bilingual", Level::Native),
    ("full professional", Level::FullProfessional),
    ("fluent", Level::FullProfessional),
    ("advanced", Level::FullProfessional),
    ("proficient", Level::FullProfessional),
    ("c2", Level::FullProfessional),
    ("c1", Level::FullProfessional),
    ("limited", Level::Limited),
    ("upper", Level::Professional),
    ("professional", Level::Professional),
    ("good", Level::Professional),
    ("b2", Level::Professional),
    ("intermediate", Level::Limited),
    ("conversational", Level::Limited),
    ("b1", Level::Limited),
    ("elementary", Level::Elementary),
    ("beginner", Level::Elementary),
    ("basic", Level::Elementary),
    ("novice", Level::Elementary),
    ("a2", Level::Elementary),
    ("a1", Level::Elementary),
];

/// The level that somebody wrote in words, if the words are known.
pub(crate) fn level(text: &str) -> Option<Level> {
    let text = text.to_lowercase();
    // "Not fluent" and "non-native" say no level.
    let denied =
        text.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "not" | "non"));
    let found = WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, level)| *level);
    found.filter(|_| !denied)
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable as _;

    use super::*;

    #[test]
    fn tags_are_kept_in_their_usual_case_and_others_refused() {
        for (text, kept) in [
            ("de", "de"),
            (" EN ", "en"),
            ("pt-br", "pt-BR"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("gsw", "gsw"),
            ("de-CH-1996", "de-CH-1996"),
            ("sl-rozaj-biske", "sl-rozaj-biske"),
            ("en-u-ca-buddhist", "en-u-ca-buddhist"),
            ("de-x-a", "de-x-a"),
        ] {
            assert_eq!(tag(text).as_deref(), Some(kept), "{text}");
        }
        for wrong in [
            "",
            "e",
            "xx",
            "deutsch",
            "de-",
            "-de",
            "de--CH",
            "de_CH",
            "de-CH-DE",
            "de-x",
            "12",
            "en-u",
            "ça",
            "de\u{0}",
            "de-aaaaaaaaa",
            "en-a-bb-cc-dd-ee-ff-gg-hh-ii-jj-kk-ll",
        ] {
            assert_eq!(tag(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn languages_are_known_by_their_names_and_tags() {
        for (text, expected) in [
            ("English", Some("en")),
            ("english", Some("en")),
            ("Français", Some("fr")),
            ("Portuguese (BR)", Some("pt-BR")),
            ("Portuguese (Brazil)", Some("pt")),
            ("Spanish (Peru)", Some("es")),
            ("Chinese (Hant-TW)", Some("zh-Hant-TW")),
            ("German (1996)", Some("de-1996")),
            ("pt-BR", Some("pt-BR")),
            ("gsw", Some("gsw")),
            ("ASL", None),
            ("Elvish", None),
            ("", None),
            ("(", None),
            ("()", None),
        ] {
            assert_eq!(named(text).as_deref(), expected, "{text}");
        }
        for (code, ..) in NAMES {
            assert_eq!(named(&name(code)).as_deref(), Some(*code));
            assert_eq!(named(&name(&format!("{code}-XK"))), Some(format!("{code}-XK")));
        }
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0), "each once");
        for tag in ["gsw-CH", "sl-rozaj", "de-x-a", "es-Peru"] {
            assert_eq!((name(tag).as_str(), named(tag).as_deref()), (tag, Some(tag)));
        }
    }

    #[test]
    fn levels_are_known_by_usual_words() {
        for level_of in Level::iter() {
            assert_eq!(level(fluency(level_of)), Some(level_of));
        }
        for (text, expected) in [
            ("Native speaker", Some(Level::Native)),
            ("Fluent", Some(Level::FullProfessional)),
            ("C1", Some(Level::FullProfessional)),
            ("Limited working proficiency", Some(Level::Limited)),
            ("Upper intermediate (B2)", Some(Level::Professional)),
            ("intermediate", Some(Level::Limited)),
            ("Beginner", Some(Level::Elementary)),
            ("not fluent", None),
            ("non-native", None),
            ("so-so", None),
            ("", None),
        ] {
            assert_eq!(level(text), expected, "{text}");
        }
    }
}
