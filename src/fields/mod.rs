//! Questions as data, and answers to them: what forms ask. Pure: it knows no table and no member, so that whatever
//! asks something shares it.

mod answer;
mod define;
mod pattern;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use answer::{Given, Sender, answers, is_phone, sender, words};
pub use define::define;
pub use pattern::fits_type;

/// The most questions of one form.
pub const MOST_FIELDS: usize = 50;
/// The most choices of one question.
pub const MOST_OPTIONS: usize = 100;
/// The most files of one answer, and of all answers together.
pub const MOST_FILES: usize = 10;
/// The most characters of an answer.
pub const LONGEST_ANSWER: usize = 10_000;

/// What an answer looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, async_graphql::Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldType {
    /// One line: `text`.
    Text,
    /// Several lines: `text`.
    LongText,
    /// An e-mail address: `text`. The first of a form is where its sender is answered.
    Email,
    /// A telephone number: `text`, kept as it was typed.
    Phone,
    /// An http(s) address: `text`.
    Url,
    /// A number: `number`.
    Number,
    /// A day: `date`.
    Date,
    /// One of the options: its value, alone in `values`.
    SingleChoice,
    /// Any of the options: `values`.
    MultiChoice,
    /// A box to tick: `text`, `true` or `false`. One that is required has to be ticked.
    Checkbox,
    /// A whole number from 1 to `max`, which is 5 when nothing is said: `number`.
    Rating,
    /// Files.
    File,
    /// What the page fills in, unseen: `text`.
    Hidden,
}

/// A question: enough to draw it and to check it before sending.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// What programs call it: `a` to `z`, digits and `_`, at most 40.
    pub key: String,
    /// What people read.
    pub label: String,
    /// What stands beside it.
    pub help: Option<String>,
    /// What stands in it before anything is typed.
    pub placeholder: Option<String>,
    /// What an answer looks like.
    pub kind: FieldType,
    /// Whether it has to be answered.
    pub required: bool,
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// The least characters of a text, or options to choose.
    pub min_length: Option<i32>,
    /// The most characters of a text, or options to choose.
    pub max_length: Option<i32>,
    /// The least number.
    pub min: Option<f64>,
    /// The greatest number.
    pub max: Option<f64>,
    /// A regular expression that the whole text must match.
    pub pattern: Option<String>,
    /// The most files.
    pub max_files: Option<i32>,
    /// Media types of files: `image/*`, `application/pdf`. Empty means any.
    pub file_types: Vec<String>,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What programs call it.
    pub value: String,
    /// What people read.
    pub label: String,
    /// A colour to draw it in: `#2f6f4e`.
    pub color: Option<String>,
}

/// An answer as it is kept, with the question as it was asked then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The key of the field.
    pub field: String,
    /// Its label.
    pub label: String,
    /// What the answer looks like.
    pub kind: FieldType,
    /// A text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<f64>,
    /// Values of options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// The labels of these options, for readers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<String>,
    /// A day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// The keys of files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Uuid>,
}

impl Answer {
    /// The answer as one text for people: choices by their labels, a number as it is written. Empty for files.
    pub fn shown(&self) -> String {
        let date = self.date.map(|date| date.to_string());
        let number = self.number.map(|number| number.to_string());
        let chosen = (!self.chosen.is_empty()).then(|| self.chosen.join(", "));
        self.text.clone().or(chosen).or(number).or(date).unwrap_or_default()
    }
}
