//! Looking for words by the indexes that both databases keep of texts.

use sea_orm::DbBackend;

use crate::{Error, Result, markdown::is_of_word};

/// The longest text to look for, in characters.
const LONGEST: usize = 200;
/// Words of it that are looked for.
const MOST_WORDS: usize = 10;

/// What a text of at most 200 characters asks of an index: its first 10 words, all of them, the last of which may go
/// on; `None` when it has none. Only letters, digits and marks get there, in quotes, so nothing that anybody types is
/// read as an operator.
pub fn asked(backend: DbBackend, text: &str) -> Result<Option<String>> {
    if text.chars().count() > LONGEST {
        let message = format!("look for at most {LONGEST} characters");
        return Err(Error::BadRequest(message.into()));
    }
    let words: Vec<&str> = text
        .split(|c: char| !is_of_word(c) || c == '_')
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MOST_WORDS)
        .collect();
    let Some((last, others)) = words.split_last() else { return Ok(None) };
    Ok(Some(match backend {
        DbBackend::Postgres => {
            let others: String = others.iter().map(|word| format!("'{word}' & ")).collect();
            format!("{others}'{last}':*")
        }
        _ => {
            let others: String = others.iter().map(|word| format!("\"{word}\" AND ")).collect();
            format!("{others}\"{last}\" *")
        }
    }))
}
