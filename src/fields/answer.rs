use std::collections::HashSet;

use chrono::NaiveDate;

use super::{
    Answer, Field,
    FieldType::{
        self, Checkbox, Date, Email, File, Hidden, LongText, MultiChoice, Number, Phone, Rating,
        SingleChoice, Text, Url,
    },
    LONGEST_ANSWER, MOST_FILES, pattern,
};
use crate::{
    check::{Check, is_blank, limit},
    error::{Detail, ErrorCode, Problem},
};

/// What somebody answers a field.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The key of the field.
    pub field: String,
    /// A text.
    pub text: Option<String>,
    /// A number.
    pub number: Option<f64>,
    /// Values of options.
    pub values: Option<Vec<String>>,
    /// A day.
    pub date: Option<NaiveDate>,
    /// How many files come with it, by id.
    pub files: Option<usize>,
    /// How many files come with it, within the request.
    pub uploads: Option<usize>,
}

/// Who sent answers, as the answers say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// What stands in the field `name`.
    pub name: Option<String>,
    /// What stands in the first field for an e-mail address.
    pub email: Option<String>,
}

/// Checks answers against the questions; what is wrong is noted in `check`, below `path`. The answers come in the
/// order of the questions, without those that are empty; the keys of files are still to be filled in.
pub fn answers(check: &mut Check, path: &[&str], fields: &[Field], given: &[Given]) -> Vec<Answer> {
    let known: HashSet<&str> = fields.iter().map(|field| field.key.as_str()).collect();
    let mut seen = HashSet::new();
    for (at, given) in given.iter().enumerate() {
        let at = at.to_string();
        let path = [path, &[&at, "field"]].concat();
        if !known.contains(given.field.as_str()) {
            check.problem(ErrorCode::NotFound, &path, "the form has no such field");
        } else if !seen.insert(given.field.as_str()) {
            check.problem(ErrorCode::Duplicate, &path, "this field is answered twice");
        }
    }
    let all: usize = given.iter().map(|given| count(given.files) + count(given.uploads)).sum();
    if all > MOST_FILES {
        check.push(
            Problem::at(
                ErrorCode::TooLong,
                std::iter::once("input").chain(path.iter().copied()).map(str::to_owned),
                format!("send at most {MOST_FILES} files in all"),
            )
            .with(limit(&(0..=MOST_FILES), all)),
        );
    }
    let mut kept = Vec::new();
    for field in fields {
        let found = given.iter().enumerate().find(|(_, given)| given.field == field.key);
        match found {
            None if field.required => {
                let message = format!("answer this: {}", field.label);
                check.problem(ErrorCode::Required, path, message);
            }
            None => {}
            Some((at, given)) => {
                let at = at.to_string();
                let mut here = Here { check, path: [path, &[&at]].concat(), field };
                kept.extend(here.answer(given));
            }
        }
    }
    kept
}

fn count(files: Option<usize>) -> usize {
    files.unwrap_or_default()
}

/// Who sent these answers.
pub fn sender(answers: &[Answer]) -> Sender {
    let text = |fits: &dyn Fn(&Answer) -> bool| {
        answers.iter().find(|answer| fits(answer)).and_then(|answer| answer.text.clone())
    };
    Sender {
        name: text(&|answer| answer.kind == Text && answer.field == "name")
            .map(|name| name.chars().take(200).collect()),
        email: text(&|answer| answer.kind == Email),
    }
}

/// All words of the answers, to be found by.
pub fn words(answers: &[Answer]) -> String {
    let shown: Vec<String> = answers.iter().map(Answer::shown).filter(|a| !a.is_empty()).collect();
    shown.join("\n")
}

struct Here<'a> {
    check: &'a mut Check,
    path: Vec<&'a str>,
    field: &'a Field,
}

impl Here<'_> {
    fn path(&self, member: &'static str) -> Vec<&str> {
        let mut path = self.path.clone();
        path.push(member);
        path
    }

    fn problem(&mut self, code: ErrorCode, member: &'static str, message: impl Into<String>) {
        let path: Vec<String> = self.path(member).into_iter().map(str::to_owned).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        self.check.problem(code, &path, message);
    }

    /// The answer, if there is something in it.
    fn answer(&mut self, given: &Given) -> Option<Answer> {
        let member = member(self.field.kind);
        let others = [
            ("text", given.text.is_some()),
            ("number", given.number.is_some()),
            ("values", given.values.is_some()),
            ("date", given.date.is_some()),
            ("files", given.files.is_some()),
            ("uploads", given.uploads.is_some()),
        ];
        let mut wrong = false;
        for (name, is_given) in others {
            let fits = name == member || (member == "files" && name == "uploads");
            if is_given && !fits {
                self.problem(ErrorCode::Invalid, name, format!("this is answered by `{member}`"));
                wrong = true;
            }
        }
        if wrong {
            return None;
        }
        let mut answer = Answer {
            field: self.field.key.clone(),
            label: self.field.label.clone(),
            kind: self.field.kind,
            text: None,
            number: None,
            values: None,
            chosen: Vec::new(),
            date: None,
            files: Vec::new(),
        };
        match self.field.kind {
            Text | LongText | Email | Phone | Url | Hidden => {
                let text = given.text.as_deref().unwrap_or_default();
                answer.text = Some(self.text(text)?);
            }
            Checkbox => answer.text = Some(self.ticked(given.text.as_deref())?),
            Number | Rating => answer.number = Some(self.number(given.number)?),
            Date => {
                if given.date.is_none() {
                    self.missing(member);
                }
                answer.date = Some(given.date?);
            }
            SingleChoice | MultiChoice => {
                let (values, chosen) = self.chosen(given.values.as_deref().unwrap_or_default())?;
                (answer.values, answer.chosen) = (Some(values), chosen);
            }
            File => self.files(count(given.files) + count(given.uploads))?,
        }
        Some(answer)
    }

    /// Nothing was answered.
    fn missing(&mut self, member: &'static str) {
        if self.field.required {
            self.problem(ErrorCode::Required, member, "answer this");
        }
    }

    fn text(&mut self, text: &str) -> Option<String> {
        if is_blank(text) {
            self.missing("text");
            return None;
        }
        let size = |length: Option<i32>| length.and_then(|length| usize::try_from(length).ok());
        let least = size(self.field.min_length).unwrap_or(1).max(1);
        let most = size(self.field.max_length).unwrap_or(match self.field.kind {
            Text => 1_000,
            Email => 254,
            Phone => 50,
            Url | Hidden => 2_000,
            _ => LONGEST_ANSWER,
        });
        let path: Vec<&str> = [self.path.as_slice(), &["text"]].concat();
        let text = match self.field.kind {
            LongText => self.check.text(&path, text, least..=most),
            Email => self.check.email(&path, text),
            Url => self.check.url(&path, text),
            _ => self.check.line(&path, text, least..=most),
        };
        let length = text.chars().count();
        if matches!(self.field.kind, Email | Url) && !(least..=most).contains(&length) {
            // Once more, for the form's own limits.
            let _ = self.check.line(&path, &text, least..=most);
        }
        if self.field.kind == Phone && !is_phone(&text) {
            self.problem(ErrorCode::Invalid, "text", "write a telephone number: +49 30 901820");
        }
        let pattern = self.field.pattern.as_deref().map(pattern::compile);
        // One that can't be read was never saved; without it there is nothing to hold on to.
        if let Some(Ok(pattern)) = pattern
            && !pattern.is_match(&text)
        {
            let help = self.field.help.clone();
            let message = help.unwrap_or_else(|| "this does not look as it should".to_owned());
            self.problem(ErrorCode::PatternMismatch, "text", message);
        }
        Some(text)
    }

    fn ticked(&mut self, text: Option<&str>) -> Option<String> {
        match text {
            Some("true") => Some("true".to_owned()),
            Some("false") | None if self.field.required => {
                self.problem(ErrorCode::Required, "text", "tick this");
                None
            }
            Some("false") => Some("false".to_owned()),
            None => None,
            Some(_) => {
                self.problem(ErrorCode::Invalid, "text", "answer `true` or `false`");
                None
            }
        }
    }

    fn number(&mut self, number: Option<f64>) -> Option<f64> {
        let Some(number) = number else {
            self.missing("number");
            return None;
        };
        let is_rating = self.field.kind == Rating;
        let (min, max) = if is_rating {
            (Some(1.0), Some(self.field.max.unwrap_or(5.0)))
        } else {
            (self.field.min, self.field.max)
        };
        let within = min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max);
        if !number.is_finite() || number.abs() > 1e15 || !within {
            let path: Vec<String> = self.path.iter().map(|part| (*part).to_owned()).collect();
            let path = ["input".to_owned()].into_iter().chain(path).chain(["number".to_owned()]);
            let detail = Detail::Limit { min, max, actual: Some(number) };
            let message = match (min, max) {
                (Some(min), Some(max)) => format!("choose a number from {min} to {max}"),
                (Some(min), None) => format!("choose {min} or more"),
                (None, Some(max)) => format!("choose {max} or less"),
                (None, None) => "this number is too large".to_owned(),
            };
            self.check.push(Problem::at(ErrorCode::OutOfRange, path, message).with(detail));
        } else if is_rating && number.fract() != 0.0 {
            self.problem(ErrorCode::Invalid, "number", "a rating is a whole number");
        }
        Some(number)
    }

    fn chosen(&mut self, values: &[String]) -> Option<(Vec<String>, Vec<String>)> {
        if values.is_empty() {
            self.missing("values");
            return None;
        }
        let single = self.field.kind == SingleChoice;
        if single && values.len() > 1 {
            self.problem(ErrorCode::TooLong, "values", "choose one");
            return None;
        }
        let (mut kept, mut labels) = (Vec::new(), Vec::new());
        for (at, value) in values.iter().enumerate().take(super::MOST_OPTIONS + 1) {
            let at = at.to_string();
            let path: Vec<&str> = [self.path.as_slice(), &["values", &at]].concat();
            match self.field.options.iter().find(|option| option.value == *value) {
                None => {
                    self.check.problem(ErrorCode::Invalid, &path, "this can't be chosen here");
                }
                Some(_) if kept.contains(value) => {
                    self.check.problem(ErrorCode::Duplicate, &path, "this is chosen twice");
                }
                Some(option) => {
                    kept.push(value.clone());
                    labels.push(option.label.clone());
                }
            }
        }
        let size = |length: Option<i32>| length.and_then(|length| usize::try_from(length).ok());
        if !single {
            let (least, most) = (size(self.field.min_length), size(self.field.max_length));
            if least.is_some_and(|least| kept.len() < least) {
                let message = format!("choose at least {}", least.unwrap_or_default());
                self.problem(ErrorCode::TooShort, "values", message);
            }
            if most.is_some_and(|most| kept.len() > most) {
                let message = format!("choose at most {}", most.unwrap_or_default());
                self.problem(ErrorCode::TooLong, "values", message);
            }
        }
        Some((kept, labels))
    }

    fn files(&mut self, sent: usize) -> Option<()> {
        if sent == 0 {
            self.missing("files");
            return None;
        }
        let most = self.field.max_files.and_then(|most| usize::try_from(most).ok()).unwrap_or(1);
        if sent > most {
            self.problem(ErrorCode::TooLong, "files", format!("send at most {most} files"));
        }
        Some(())
    }
}

fn member(kind: FieldType) -> &'static str {
    match kind {
        Text | LongText | Email | Phone | Url | Hidden | Checkbox => "text",
        Number | Rating => "number",
        Date => "date",
        SingleChoice | MultiChoice => "values",
        File => "files",
    }
}

/// Whether this is a telephone number, however it is written.
pub fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = |c: char| c.is_ascii_digit() || " +-()/.#*x".contains(c);
    (3..=20).contains(&digits) && text.chars().all(plain)
}
