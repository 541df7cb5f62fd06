//! Names in addresses: made from what things are called, or chosen.

use uuid::Uuid;

use crate::{check::Check, error::ErrorCode};

/// A name of at most `most` characters made from a title: a to z, digits, and - between them. `fallback` stands for a
/// title of which nothing can be written so.
pub fn made(title: &str, most: usize, fallback: &str) -> String {
    let mut slug = String::new();
    for c in title.to_lowercase().chars() {
        match plain(c) {
            Some(letters) => slug.push_str(letters),
            None if c.is_ascii_alphanumeric() => slug.push(c),
            None if slug.is_empty() || slug.ends_with('-') => {}
            None => slug.push('-'),
        }
    }
    // What is left is ASCII.
    slug.truncate(most);
    match slug.trim_end_matches('-') {
        // A title in another script.
        "" => fallback.to_owned(),
        slug => slug.to_owned(),
    }
}

/// The names to try for a thing of this key, the best first: the last of them is nobody else's.
pub fn candidates(title: &str, most: usize, fallback: &str, key: Uuid) -> Vec<String> {
    const TAIL: usize = 13;
    let slug = made(title, most.saturating_sub(TAIL), fallback);
    let numbered = (2..10).map(|number: u32| format!("{slug}-{number}"));
    let digits: String = key.simple().to_string().chars().skip(20).collect();
    std::iter::once(slug.clone()).chain(numbered).chain([format!("{slug}-{digits}")]).collect()
}

/// A name that somebody chose, of 1 to `most` characters.
pub fn chosen(check: &mut Check, path: &[&str], text: &str, most: usize) -> String {
    let slug = check.line(path, text, 1..=most).to_lowercase();
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if !slug.is_empty() && !slug.split('-').all(plain) {
        check.problem(ErrorCode::Invalid, path, "use a to z, digits, and - between them");
    }
    slug
}

/// How letters that stand for others are written in addresses.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ł' | 'ļ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        '\'' | '’' => "",
        _ => return None,
    })
}
