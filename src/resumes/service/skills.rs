//! How well somebody can something, in words.

use super::json::Map;
use crate::entity::profile_skill::Level;

/// How a level is written.
pub(crate) fn word(level: Level) -> &'static str {
    match level {
        Level::Learning => "Learning",
        Level::Working => "Working",
        Level::Strong => "Strong",
        Level::Expert => "Expert",
    }
}

/// Words by which people say how well they can something.
const WORDS: &[(&str, Level)] = &[
    ("master", Level::Expert),
    ("expert", Level::Expert),
    ("advanced", Level::Strong),
    ("strong", Level::Strong),
    ("senior", Level::Strong),
    ("proficient", Level::Strong),
    ("intermediate", Level::Working),
    ("working", Level::Working),
    ("competent", Level::Working),
    ("beginner", Level::Learning),
    ("learning", Level::Learning),
    ("novice", Level::Learning),
    ("basic", Level::Learning),
];

/// The level that somebody wrote, if it is one of the usual words.
pub(crate) fn level(text: &str) -> Option<Level> {
    let text = text.trim().to_lowercase();
    WORDS.iter().find(|(word, _)| *word == text).map(|(_, level)| *level)
}

/// What the columns alone write of a skill.
pub(crate) fn plain(label: &str, level: Option<Level>) -> Map {
    let mut plain = Map::new();
    plain.insert("name".to_owned(), label.into());
    if let Some(level) = level {
        plain.insert("level".to_owned(), word(level).into());
    }
    plain
}
