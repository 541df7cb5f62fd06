use async_graphql::{Context, Object, SimpleObject};

use crate::{
    entity::file_use::Place,
    fields::{Answer, Choice, Field, FieldType},
    files::{File, service::On},
    graph::{Date, Result},
};

/// A question: enough to draw it and to check it before sending.
#[derive(Clone, Debug, SimpleObject)]
pub struct FormField {
    /// What an answer calls it.
    key: String,
    /// What people read.
    label: String,
    /// What stands beside it.
    help: Option<String>,
    /// What stands in it before anything is typed.
    placeholder: Option<String>,
    /// What an answer looks like.
    #[graphql(name = "type")]
    kind: FieldType,
    /// Whether it has to be answered.
    required: bool,
    /// What can be chosen; empty when it is no choice.
    options: Vec<FieldOption>,
    /// The least characters of a text, or options to choose.
    min_length: Option<i32>,
    /// The most characters of a text, or options to choose.
    max_length: Option<i32>,
    /// The least number.
    min: Option<f64>,
    /// The greatest number.
    max: Option<f64>,
    /// A regular expression that the whole text has to match, as the Rust crate `regex` reads it.
    pattern: Option<String>,
    /// The most files.
    max_files: Option<i32>,
    /// The media types that files may have: `image/*`, `application/pdf`. Null or empty means any that the server takes.
    file_types: Option<Vec<String>>,
}

impl From<Field> for FormField {
    fn from(field: Field) -> Self {
        let is_file = field.kind == FieldType::File;
        Self {
            key: field.key,
            label: field.label,
            help: field.help,
            placeholder: field.placeholder,
            kind: field.kind,
            required: field.required,
            options: field.options.into_iter().map(Into::into).collect(),
            min_length: field.min_length,
            max_length: field.max_length,
            min: field.min,
            max: field.max,
            pattern: field.pattern,
            max_files: field.max_files,
            file_types: is_file.then_some(field.file_types),
        }
    }
}

/// One choice.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldOption {
    /// What an answer calls it.
    value: String,
    /// What people read.
    label: String,
    /// A colour to draw it in: `#2f6f4e`.
    color: Option<String>,
}

impl From<Choice> for FieldOption {
    fn from(Choice { value, label, color }: Choice) -> Self {
        Self { value, label, color }
    }
}

/// An answer, typed by its field.
#[derive(Clone, Debug)]
pub struct FieldValue {
    /// The answer.
    pub answer: Answer,
    /// On what its files hang.
    pub on: On,
}

/// An answer, typed by its field.
#[Object]
impl FieldValue {
    /// The key of the field.
    async fn field(&self) -> &str {
        &self.answer.field
    }

    /// The label that the field had when it was answered.
    async fn label(&self) -> &str {
        &self.answer.label
    }

    /// A text; `true` or `false` for a box.
    async fn text(&self) -> Option<&str> {
        self.answer.text.as_deref()
    }

    /// A number.
    async fn number(&self) -> Option<f64> {
        self.answer.number
    }

    /// The values of what was chosen.
    async fn values(&self) -> Option<&[String]> {
        self.answer.values.as_deref()
    }

    /// A day.
    async fn date(&self) -> Option<Date> {
        self.answer.date.map(Date)
    }

    /// Files; those that stand.
    async fn files(&self, ctx: &Context<'_>) -> Option<Result<Vec<File>>> {
        if self.answer.kind != FieldType::File {
            return None;
        }
        let files = File::hung(ctx, self.on, Place::Answer).await;
        let own = |file: &File| self.answer.files.contains(&file.0.id);
        Some(files.map(|files| files.into_iter().filter(own).collect()))
    }
}
