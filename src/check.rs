//! Input checks: every text has a length, and what is wrong is said for all fields at once.

use std::{borrow::Cow, ops::RangeInclusive};

use url::Url;

use crate::{
    Error, Result,
    error::{Detail, ErrorCode, Problem},
    markdown::{self, Rendered},
};

/// Gathers what is wrong with an `input` argument, so that a person hears of it all at once.
#[derive(Debug, Default)]
pub struct Check {
    problems: Vec<Problem>,
}

impl Check {
    /// A check with nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a problem with the field at `path` below `input`.
    pub fn problem(&mut self, code: ErrorCode, path: &[&str], message: impl Into<String>) {
        self.push(Problem::at(code, at(path), message));
    }

    /// Notes a problem.
    pub fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Text of `limits` characters (Unicode scalar values) after its outer white space is cut.
    /// Control characters but line breaks and tabs are refused: PostgreSQL can't hold NUL.
    pub fn text(&mut self, path: &[&str], text: &str, limits: RangeInclusive<usize>) -> String {
        let text = text.trim();
        let length = text.chars().count();
        if is_blank(text) && *limits.start() > 0 {
            self.problem(ErrorCode::Required, path, "write something here");
        } else if !limits.contains(&length) {
            let (min, max) = (*limits.start(), *limits.end());
            let (code, message) = if length < min {
                (ErrorCode::TooShort, format!("write at least {min} characters"))
            } else {
                (ErrorCode::TooLong, format!("write at most {max} characters"))
            };
            self.push(Problem::at(code, at(path), message).with(limit(&limits, length)));
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.problem(ErrorCode::Invalid, path, "control characters can't be kept");
        }
        text.to_owned()
    }

    /// Markdown of 1 to `max` characters, rendered. What would show nothing is refused.
    pub fn markdown(&mut self, path: &[&str], source: &str, max: usize) -> (String, Rendered) {
        let source = self.text(path, source, 1..=max);
        let rendered = markdown::render(&source);
        if !is_blank(&source) && is_blank(&markdown::plain_text(&rendered.html, None)) {
            self.problem(ErrorCode::Required, path, "write something that can be seen");
        }
        (source, rendered)
    }

    /// Text of one line, as [`Check::text`].
    pub fn line(&mut self, path: &[&str], text: &str, limits: RangeInclusive<usize>) -> String {
        if text.trim().contains(['\n', '\r']) {
            self.problem(ErrorCode::Invalid, path, "write this in one line");
        }
        self.text(path, text, limits)
    }

    /// An optional line: blank is none.
    pub fn optional_line(&mut self, path: &[&str], text: &str, max: usize) -> Option<String> {
        Some(self.line(path, text, 0..=max)).filter(|line| !is_blank(line))
    }

    /// An absolute `http` or `https` URL of at most 2,000 characters.
    pub fn url(&mut self, path: &[&str], text: &str) -> String {
        let line = self.line(path, text, 1..=2_000);
        // Parsers read more than this as an address, each something else.
        let rest = line.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        let plain = !rest.starts_with(['/', '\\']) && !rest.is_empty();
        let good = Url::parse(&line)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            && plain
            && !line.contains(char::is_whitespace);
        if !good && !line.is_empty() {
            self.problem(ErrorCode::Invalid, path, "write a whole address: https://example.org");
        }
        line
    }

    /// An e-mail address of at most 254 characters. Whether it is somebody's, only mail can tell.
    pub fn email(&mut self, path: &[&str], text: &str) -> String {
        let line = self.line(path, text, 1..=254);
        if !line.is_empty() && !is_email(&line) {
            self.problem(ErrorCode::Invalid, path, "write a whole address: ada@example.org");
        }
        line
    }

    /// A handle, as [`handle`].
    pub fn handle(&mut self, path: &[&str], text: &str) -> String {
        handle(text).unwrap_or_else(|(code, message)| {
            self.problem(code, path, message);
            String::new()
        })
    }

    /// A list of at most `max`.
    pub fn list<T>(&mut self, path: &[&str], list: &[T], max: usize) {
        if list.len() > max {
            let problem =
                Problem::at(ErrorCode::TooLong, at(path), format!("at most {max} are allowed"));
            self.push(problem.with(limit(&(0..=max), list.len())));
        }
    }

    /// Ends the check: what was found, if anything was.
    pub fn done(self) -> Result<()> {
        if self.problems.is_empty() { Ok(()) } else { Err(Error::Refused(self.problems)) }
    }
}

fn at(path: &[&str]) -> Vec<Cow<'static, str>> {
    std::iter::once(Cow::Borrowed("input"))
        .chain(path.iter().map(|part| Cow::Owned((*part).to_owned())))
        .collect()
}

/// What the limits are, and what was sent.
pub fn limit(limits: &RangeInclusive<usize>, actual: usize) -> Detail {
    let number = |n: usize| u32::try_from(n).ok().map(f64::from);
    Detail::Limit {
        min: number(*limits.start()),
        max: number(*limits.end()),
        actual: number(actual),
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"@".contains(c);
    let dotted = domain.contains('.') && domain.split('.').all(|part| !part.is_empty());
    let host = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && domain.chars().all(host)
        && (dotted || domain.eq_ignore_ascii_case("localhost"))
}

/// Whether nothing is seen of a text: it is white space, and what joins, parts or fills.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || matches!(
                c,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
                    | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
                    | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
                    | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
                    | '\u{e0000}'..='\u{e0fff}'
            )
    })
}

/// The ISO 3166-1 alpha-2 code that somebody wrote, in any case, if it is one.
pub fn country(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    rust_iso3166::from_alpha2(&code).map(|_| code)
}

/// Characters of a language tag.
const LONGEST_TAG: usize = 35;

/// The language tag that somebody wrote, if it is a well-formed one of BCP 47, in the usual case: `zh-Hant-TW`.
pub fn language(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > LONGEST_TAG || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let mut parts = lower.split('-').peekable();
    let language = parts.next()?;
    let is_letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    match language.len() {
        2 | 3 if is_letters(language) => {}
        _ => return None,
    }
    let mut tag = language.to_owned();
    let mut add = |part: &str| {
        tag.push('-');
        tag.push_str(part);
    };
    if let Some(script) = parts.next_if(|part| part.len() == 4 && is_letters(part)) {
        let (first, rest) = script.split_at(1);
        add(&format!("{}{rest}", first.to_ascii_uppercase()));
    }
    let is_region =
        |part: &&str| (part.len() == 2 && is_letters(part)) || (part.len() == 3 && is_digits(part));
    if let Some(region) = parts.next_if(is_region) {
        add(&region.to_ascii_uppercase());
    }
    let is_variant = |part: &&str| match part.len() {
        4 => part.starts_with(|c: char| c.is_ascii_digit()),
        length => (5..=8).contains(&length),
    };
    while let Some(variant) = parts.next_if(is_variant) {
        add(variant);
    }
    // Extensions, and what is for private use: a single character, and what it opens.
    while let Some(single) = parts.next_if(|part| part.len() == 1) {
        add(single);
        let shortest = if single == "x" { 1 } else { 2 };
        let is_opened = |part: &&str| (shortest..=8).contains(&part.len());
        add(parts.next_if(is_opened)?);
        while let Some(part) = parts.next_if(is_opened) {
            add(part);
        }
    }
    parts.next().is_none().then_some(tag)
}

/// The values of a list, each once, in the order of their first.
pub fn each_once<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    let mut once = Vec::new();
    for value in list {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    once
}

/// Handles that would be mistaken for the server's own, or for paths of a site.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "admin",
    "administrator",
    "all",
    "api",
    "everyone",
    "graphql",
    "guest",
    "guildhall",
    "healthz",
    "help",
    "here",
    "login",
    "logout",
    "me",
    "metrics",
    "mod",
    "moderator",
    "new",
    "null",
    "readyz",
    "register",
    "root",
    "search",
    "security",
    "server",
    "settings",
    "staff",
    "support",
    "system",
    "undefined",
    "viewer",
    "well_known",
    "www",
];

/// The handle as it is kept, in lower case: 2 to 30 of `a` to `z`, `0` to `9` and `_`; or what is wrong.
pub fn handle(text: &str) -> std::result::Result<String, (ErrorCode, &'static str)> {
    let handle = text.trim().trim_start_matches('@').to_ascii_lowercase();
    let length = handle.chars().count();
    let plain = handle.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match () {
        () if length < 2 => Err((ErrorCode::TooShort, "write at least 2 characters")),
        () if length > 30 => Err((ErrorCode::TooLong, "write at most 30 characters")),
        () if !plain => Err((ErrorCode::Invalid, "use the letters a to z, digits and _ only")),
        () if !handle.chars().any(|c| c.is_ascii_lowercase()) => {
            Err((ErrorCode::Invalid, "use at least one letter"))
        }
        () if RESERVED.contains(&handle.as_str()) => {
            Err((ErrorCode::Taken, "this handle is kept for the server"))
        }
        () => Ok(handle),
    }
}
