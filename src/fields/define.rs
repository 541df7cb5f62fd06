use std::collections::HashSet;

use super::{
    Choice, Field,
    FieldType::{
        Checkbox, Date, Email, File, Hidden, LongText, MultiChoice, Number, Phone, Rating,
        SingleChoice, Text, Url,
    },
    LONGEST_ANSWER, MOST_FIELDS, MOST_FILES, MOST_OPTIONS, pattern,
};
use crate::{check::Check, error::ErrorCode};

/// The questions as they are kept. Everything that is wrong with them is noted in `check`, below `path`.
pub fn define(check: &mut Check, path: &[&str], fields: Vec<Field>) -> Vec<Field> {
    check.list(path, &fields, MOST_FIELDS);
    let mut keys = HashSet::new();
    let mut kept = Vec::with_capacity(fields.len().min(MOST_FIELDS));
    for (at, field) in fields.into_iter().enumerate().take(MOST_FIELDS) {
        let at = at.to_string();
        let mut here = Here { check, path: [path, &[&at]].concat() };
        let field = here.field(field);
        if !field.key.is_empty() && !keys.insert(field.key.clone()) {
            here.problem(ErrorCode::Duplicate, &["key"], "another field has this key");
        }
        kept.push(field);
    }
    kept
}

struct Here<'a> {
    check: &'a mut Check,
    path: Vec<&'a str>,
}

impl Here<'_> {
    fn problem(&mut self, code: ErrorCode, below: &[&str], message: &str) {
        let path = [self.path.as_slice(), below].concat();
        self.check.problem(code, &path, message);
    }

    fn line(&mut self, below: &[&str], text: &str, max: usize) -> String {
        let path = [self.path.as_slice(), below].concat();
        self.check.line(&path, text, 1..=max)
    }

    fn optional(&mut self, below: &str, text: Option<&str>, max: usize) -> Option<String> {
        let path = [self.path.as_slice(), &[below]].concat();
        text.and_then(|text| self.check.optional_line(&path, text, max))
    }

    fn field(&mut self, field: Field) -> Field {
        let key = field.key.trim().to_owned();
        if !is_key(&key) {
            let message = "use a to z, digits and _, a letter first, 40 at most";
            self.problem(ErrorCode::Invalid, &["key"], message);
        }
        let label = self.line(&["label"], &field.label, 200);
        let help = self.optional("help", field.help.as_deref(), 500);
        let placeholder = self.optional("placeholder", field.placeholder.as_deref(), 200);
        let options = self.options(&field);
        self.lengths(&field);
        self.numbers(&field);
        let (max_files, file_types) = self.files(&field);
        Field {
            pattern: self.pattern(&field),
            key,
            label,
            help,
            placeholder,
            options,
            max_files,
            file_types,
            ..field
        }
    }

    fn options(&mut self, field: &Field) -> Vec<Choice> {
        let path = [self.path.as_slice(), &["options"]].concat();
        let is_choice = matches!(field.kind, SingleChoice | MultiChoice);
        if !is_choice {
            if !field.options.is_empty() {
                self.problem(ErrorCode::Invalid, &["options"], "only choices have options");
            }
            return Vec::new();
        }
        if field.options.is_empty() {
            self.problem(ErrorCode::Required, &["options"], "offer at least one option");
        }
        self.check.list(&path, &field.options, MOST_OPTIONS);
        let mut values = HashSet::new();
        let mut kept = Vec::new();
        for (at, option) in field.options.iter().enumerate().take(MOST_OPTIONS) {
            let at = at.to_string();
            let value = self.line(&["options", &at, "value"], &option.value, 100);
            let label = self.line(&["options", &at, "label"], &option.label, 200);
            if !value.is_empty() && !values.insert(value.clone()) {
                let path = ["options", &at, "value"];
                self.problem(ErrorCode::Duplicate, &path, "another option has this value");
            }
            if option.color.as_deref().is_some_and(|color| !is_color(color)) {
                let path = ["options", &at, "color"];
                self.problem(ErrorCode::Invalid, &path, "write a colour as #2f6f4e");
            }
            kept.push(Choice { value, label, color: option.color.clone() });
        }
        kept
    }

    fn lengths(&mut self, field: &Field) {
        let most = match field.kind {
            Text | LongText | Email | Phone | Url | Hidden => LONGEST_ANSWER,
            MultiChoice => MOST_OPTIONS,
            _ => 0,
        };
        for (name, length) in [("minLength", field.min_length), ("maxLength", field.max_length)] {
            let Some(length) = length else { continue };
            if most == 0 {
                self.problem(ErrorCode::Invalid, &[name], "only texts and choices have a length");
            } else if usize::try_from(length).map_or(true, |length| length > most)
                || (length == 0 && name == "maxLength")
            {
                let message = format!("a length here is at most {most}");
                self.problem(ErrorCode::OutOfRange, &[name], &message);
            }
        }
        if field.min_length.zip(field.max_length).is_some_and(|(min, max)| min > max) {
            self.problem(ErrorCode::OutOfRange, &["maxLength"], "this is less than the least");
        }
    }

    fn numbers(&mut self, field: &Field) {
        for (name, number) in [("min", field.min), ("max", field.max)] {
            let Some(number) = number else { continue };
            match field.kind {
                Number if number.is_finite() && number.abs() <= 1e15 => {}
                Rating
                    if name == "max" && number.fract() == 0.0 && (2.0..=10.0).contains(&number) => {
                }
                Rating if name == "max" => {
                    self.problem(ErrorCode::OutOfRange, &[name], "a rating goes up to 2 to 10");
                }
                Number => self.problem(ErrorCode::OutOfRange, &[name], "this is too large"),
                _ => {
                    let message = "this kind of field has no such limit";
                    self.problem(ErrorCode::Invalid, &[name], message);
                }
            }
        }
        if field.min.zip(field.max).is_some_and(|(min, max)| min > max) {
            self.problem(ErrorCode::OutOfRange, &["max"], "this is less than the least");
        }
    }

    fn pattern(&mut self, field: &Field) -> Option<String> {
        let text = self.optional("pattern", field.pattern.as_deref(), 200)?;
        match field.kind {
            Text | LongText | Email | Phone | Url | Hidden => {
                if let Err(why) = pattern::compile(&text) {
                    self.problem(ErrorCode::Invalid, &["pattern"], &why);
                }
            }
            Number | Date | SingleChoice | MultiChoice | Checkbox | Rating | File => {
                self.problem(ErrorCode::Invalid, &["pattern"], "only texts have a pattern");
            }
        }
        Some(text)
    }

    fn files(&mut self, field: &Field) -> (Option<i32>, Vec<String>) {
        if field.kind != File {
            if field.max_files.is_some() {
                self.problem(ErrorCode::Invalid, &["maxFiles"], "this field takes no files");
            }
            if !field.file_types.is_empty() {
                self.problem(ErrorCode::Invalid, &["fileTypes"], "this field takes no files");
            }
            return (None, Vec::new());
        }
        let most = i32::try_from(MOST_FILES).unwrap_or(i32::MAX);
        if field.max_files.is_some_and(|count| !(1..=most).contains(&count)) {
            let message = format!("a field takes 1 to {most} files");
            self.problem(ErrorCode::OutOfRange, &["maxFiles"], &message);
        }
        let path = [self.path.as_slice(), &["fileTypes"]].concat();
        self.check.list(&path, &field.file_types, 20);
        let mut types = Vec::new();
        for (at, kind) in field.file_types.iter().enumerate().take(20) {
            let kind = kind.trim().to_ascii_lowercase();
            if !is_media_type(&kind) {
                let path = ["fileTypes", &at.to_string()];
                let message = "write a media type: application/pdf, image/*";
                self.problem(ErrorCode::Invalid, &path, message);
            }
            types.push(kind);
        }
        (Some(field.max_files.unwrap_or(1)), types)
    }
}

fn is_key(key: &str) -> bool {
    key.len() <= 40
        && key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}

fn is_color(color: &str) -> bool {
    let digits = color.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|c| c.is_ascii_hexdigit())
}

fn is_media_type(text: &str) -> bool {
    let name = |c: u8| c.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&c);
    let named = |part: &str| !part.is_empty() && part.bytes().all(name);
    let parts = text.split_once('/');
    text.len() <= 100 && parts.is_some_and(|(a, b)| named(a) && (named(b) || b == "*"))
}
