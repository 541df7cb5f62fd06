//! Fills the blanks of a template, in a sandbox: a handful of tags and filters, a bounded number of steps and bytes, no
//! other file, and nothing by which a small template could grow a large value.

use std::{
    collections::BTreeSet,
    io::{Error as IoError, Result as IoResult, Write},
};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, filters, tests,
    value::{Serde, ValueKind},
};
use serde_json::Value;

use super::scan::scan;

/// The most bytes that a filled template has.
pub const MOST: usize = 256 * 1024;
/// The most steps that filling takes.
const STEPS: u64 = 20_000;

/// What is wrong with a template, or with what is to fill it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In which line, counted from 1.
    pub line: Option<usize>,
    /// What.
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let message = match (error.kind(), error.detail()) {
            (ErrorKind::OutOfFuel, _) => "this takes too many steps".to_owned(),
            (ErrorKind::WriteFailure, _) => too_long(),
            (ErrorKind::UndefinedError, None) => "a blank is not filled".to_owned(),
            (_, Some(detail)) => detail.to_owned(),
            (kind, None) => kind.to_string(),
        };
        Self { line: error.line(), message }
    }
}

fn too_long() -> String {
    format!("this becomes longer than {} kB", MOST / 1024)
}

/// What a filled text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line of plain text.
    Line,
    /// Markdown, in which what was filled in is words and nothing else.
    Markdown,
}

/// The names of the blanks of a text; or why it is no template.
pub fn blanks(text: &str) -> Result<BTreeSet<String>, Fault> {
    scan(text)?;
    let env = environment(Form::Line);
    let template = env.template_from_str(text)?;
    Ok(template.undeclared_variables(false).into_iter().collect())
}

/// Fills the blanks of a text. One that is not filled, more than 20,000 steps and more than 256 kB are faults.
pub fn fill(text: &str, variables: &Value, form: Form) -> Result<String, Fault> {
    scan(text)?;
    let env = environment(form);
    let mut out = Bounded(Vec::new());
    env.template_from_str(text)?.render_captured_to(Serde(variables), &mut out)?;
    let filled = String::from_utf8(out.0);
    let filled = filled.map_err(|_| Fault { line: None, message: "this is no text".to_owned() })?;
    Ok(if form == Form::Line { one_line(&filled) } else { filled })
}

/// A text as a line that can stand in a header: without line breaks, control characters and what turns the direction
/// of writing round; at most 250 characters.
pub fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    line.chars().filter(|c| !turns(*c)).take(250).collect()
}

fn environment(form: Form) -> Environment<'static> {
    let mut env = Environment::empty();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_fuel(Some(STEPS));
    env.set_recursion_limit(20);
    env.add_filter("upper", filters::upper);
    env.add_filter("lower", filters::lower);
    env.add_filter("title", filters::title);
    env.add_filter("capitalize", filters::capitalize);
    env.add_filter("trim", filters::trim);
    env.add_filter("default", filters::default);
    env.add_filter("length", filters::length);
    env.add_filter("first", filters::first);
    env.add_filter("last", filters::last);
    env.add_test("defined", tests::is_defined);
    env.add_test("none", tests::is_none);
    env.set_formatter(move |out, _, value| {
        let text = match value.kind() {
            ValueKind::None => return Ok(()),
            ValueKind::String | ValueKind::Number | ValueKind::Bool => value.to_string(),
            ValueKind::Undefined => return Err(ErrorKind::UndefinedError.into()),
            _ => {
                let message = "a list can't be written: go through it with `for`";
                return Err(Error::new(ErrorKind::InvalidOperation, message));
            }
        };
        match form {
            Form::Line => out.write_str(&text)?,
            Form::Markdown => out.write_str(&as_words(&text))?,
        }
        Ok(())
    });
    env
}

/// Markdown that shows a text as it is. Lines stay lines of one paragraph, so that nothing that was filled in leaves
/// the quote or the list that the template put it into.
pub fn as_words(text: &str) -> String {
    let mut marked = String::with_capacity(text.len() + text.len() / 4);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !marked.is_empty() {
            marked.push_str("\\\n");
        }
        for c in line.chars().filter(|c| !c.is_control()) {
            if c.is_ascii_punctuation() {
                marked.push('\\');
            }
            marked.push(c);
        }
    }
    marked
}

/// Takes so many bytes and no more.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        if self.0.len() + bytes.len() > MOST {
            return Err(IoError::other(too_long()));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}
