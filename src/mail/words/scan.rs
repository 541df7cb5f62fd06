//! What the tags of a template may hold.

use super::fill::Fault;

/// Tags.
const TAGS: &[&str] = &["if", "elif", "else", "endif", "for", "endfor"];
/// What may be done with a value: nothing here makes it larger.
pub(super) const FILTERS: &[&str] =
    &["upper", "lower", "title", "capitalize", "trim", "default", "length", "first", "last"];
/// What may be asked of a value.
const TESTS: &[&str] = &["defined", "none"];
/// Words before which a bracket only groups.
const JOINING: &[&str] = &["if", "elif", "in", "and", "or", "not"];

#[derive(Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Sign(char),
    Text,
}

/// Looks through the tags of a template for what they may not hold. Lists, sums and repetitions of values are left
/// out of the language: with them a line can ask for more memory than there is.
pub(super) fn scan(text: &str) -> Result<(), Fault> {
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('{')) {
        let begin = at + found;
        let inside = text.get(begin + 2..).unwrap_or_default();
        let fault = |message: String| {
            let before = text.get(..begin).unwrap_or_default();
            Fault { line: Some(before.matches('\n').count() + 1), message }
        };
        let length = match text.get(begin..).unwrap_or_default().as_bytes() {
            [b'{', b'{', ..] => tag(inside, "}}", false).map_err(fault)?,
            [b'{', b'%', ..] => tag(inside, "%}", true).map_err(fault)?,
            [b'{', b'#', ..] => inside.find("#}").map_or(inside.len(), |end| end + 2),
            _ => {
                at = begin + 1;
                continue;
            }
        };
        at = begin + 2 + length;
    }
    Ok(())
}

/// Checks what stands in a tag; answers where it ends.
fn tag(inside: &str, close: &str, is_statement: bool) -> Result<usize, String> {
    let (tokens, length) = tokens(inside, close)?;
    let mut tokens = tokens.as_slice();
    if let [Token::Sign('-'), rest @ ..] = tokens {
        tokens = rest;
    }
    if is_statement {
        match tokens {
            [Token::Word(word), ..] if TAGS.contains(word) => {}
            [Token::Word(word), ..] => return Err(format!("the tag `{word}` is not known here")),
            _ => return Err("a tag begins with its name".to_owned()),
        }
    }
    for pair in tokens.windows(2) {
        match pair {
            [Token::Sign('|'), Token::Word(name)] if !FILTERS.contains(name) => {
                return Err(format!("the filter `{name}` is not known here"));
            }
            [Token::Word("is"), Token::Word(name)] if *name != "not" && !TESTS.contains(name) => {
                return Err(format!("the test `{name}` is not known here"));
            }
            [Token::Word("not"), Token::Word(_)] => {}
            [Token::Word(name), Token::Sign('(')]
                if !JOINING.contains(name) && *name != "default" && *name != "trim" =>
            {
                return Err(format!("the function `{name}` is not known here"));
            }
            _ => {}
        }
    }
    Ok(length)
}

fn tokens<'t>(inside: &'t str, close: &str) -> Result<(Vec<Token<'t>>, usize), String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = inside.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(close) {
            return Ok((found, at + close.len()));
        }
        let Some(c) = rest.chars().next() else { break };
        at += match c {
            '"' | '\'' => {
                found.push(Token::Text);
                text(rest, c)
            }
            c if is_word(c) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                found.push(Token::Word(rest.get(..end).unwrap_or_default()));
                end
            }
            c if c.is_whitespace() => c.len_utf8(),
            '|' | '(' | ')' | '.' | '=' | '!' | '<' | '>' | '-' => {
                found.push(Token::Sign(c));
                1
            }
            c => return Err(format!("`{c}` is not known in a tag")),
        };
    }
    // Not closed: who reads the template says so.
    Ok((found, inside.len()))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How long the text in quotes is that begins here.
fn text(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}
