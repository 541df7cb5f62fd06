use serde_json::Value;

use super::dates;
use crate::{
    Error, Result,
    check::Check,
    entity::resume_entry::{self, Kind},
    error::ErrorCode,
};

/// Characters of a title, an organization, a place.
pub(crate) const LINE: usize = 200;
/// Characters of a grade, and of what proves something.
pub(crate) const MARK: usize = 200;
/// Characters of a summary.
pub(crate) const SUMMARY: usize = 10_000;
/// Highlights of an entry.
pub(crate) const HIGHLIGHTS: usize = 100;
/// Characters of a highlight.
pub(crate) const HIGHLIGHT: usize = 1_000;

/// What an entry says: the columns that people fill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// What it was.
    pub title: String,
    /// Where: an employer, a school, who gave it.
    pub organization: Option<String>,
    /// The place on earth.
    pub location: Option<String>,
    /// Where to read on.
    pub url: Option<String>,
    /// When it began.
    pub starts_on: Option<String>,
    /// When it ended.
    pub ends_on: Option<String>,
    /// About it, in Markdown; may be empty.
    pub summary: String,
    /// What stands out.
    pub highlights: Vec<String>,
    /// How well.
    pub grade: Option<String>,
    /// What proves it.
    pub credential: Option<String>,
}

/// One of the columns that people fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Title,
    Organization,
    Location,
    Url,
    StartsOn,
    EndsOn,
    Summary,
    Highlights,
    Grade,
    Credential,
}

impl Field {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 10] = [
        Self::Title,
        Self::Organization,
        Self::Location,
        Self::Url,
        Self::StartsOn,
        Self::EndsOn,
        Self::Summary,
        Self::Highlights,
        Self::Grade,
        Self::Credential,
    ];

    /// Its name in the graph.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Organization => "organization",
            Self::Location => "location",
            Self::Url => "url",
            Self::StartsOn => "startsOn",
            Self::EndsOn => "endsOn",
            Self::Summary => "summary",
            Self::Highlights => "highlights",
            Self::Grade => "grade",
            Self::Credential => "credential",
        }
    }
}

impl Fields {
    /// What a row says.
    pub(crate) fn of(row: &resume_entry::Model) -> Result<Self> {
        Ok(Self {
            title: row.title.clone(),
            organization: row.organization.clone(),
            location: row.location.clone(),
            url: row.url.clone(),
            starts_on: row.starts_on.clone(),
            ends_on: row.ends_on.clone(),
            summary: row.summary_source.clone(),
            highlights: highlights(row)?,
            grade: row.grade.clone(),
            credential: row.credential.clone(),
        })
    }

    /// A field as JSON has it; nothing when it is empty.
    pub(crate) fn value(&self, field: Field) -> Option<Value> {
        let text = |text: &Option<String>| text.clone().map(Value::from);
        match field {
            Field::Title => Some(self.title.clone().into()),
            Field::Organization => text(&self.organization),
            Field::Location => text(&self.location),
            Field::Url => text(&self.url),
            Field::StartsOn => text(&self.starts_on),
            Field::EndsOn => text(&self.ends_on),
            Field::Summary => (!self.summary.is_empty()).then(|| self.summary.clone().into()),
            Field::Highlights => {
                (!self.highlights.is_empty()).then(|| self.highlights.clone().into())
            }
            Field::Grade => text(&self.grade),
            Field::Credential => text(&self.credential),
        }
    }

    /// The fields that differ.
    pub(crate) fn differing(&self, other: &Self) -> Vec<Field> {
        let differs = |field: &Field| self.value(*field) != other.value(*field);
        Field::ALL.into_iter().filter(differs).collect()
    }
}

/// The highlights of a row.
pub fn highlights(row: &resume_entry::Model) -> Result<Vec<String>> {
    serde_json::from_str(&row.highlights).map_err(Error::internal)
}

/// What to change in an entry: `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Which section it stands in.
    pub kind: Option<Kind>,
    /// A new title.
    pub title: Option<String>,
    /// A new organization, or none.
    pub organization: Option<Option<String>>,
    /// A new location, or none.
    pub location: Option<Option<String>>,
    /// A new address to read on, or none.
    pub url: Option<Option<String>>,
    /// When it began, or nothing.
    pub starts_on: Option<Option<String>>,
    /// When it ended, or nothing.
    pub ends_on: Option<Option<String>>,
    /// A new summary, in Markdown, or none.
    pub summary: Option<Option<String>>,
    /// New highlights, or none.
    pub highlights: Option<Option<Vec<String>>>,
    /// A new grade, or none.
    pub grade: Option<Option<String>>,
    /// What proves it now, or nothing.
    pub credential: Option<Option<String>>,
}

impl Changes {
    /// Puts the changes into what an entry says, and checks them.
    pub(crate) fn apply(&self, check: &mut Check, fields: &mut Fields) {
        if let Some(title) = &self.title {
            fields.title = check.line(&["title"], title, 1..=LINE);
        }
        let mut line =
            |path: &str, text: &Option<Option<String>>, into: &mut Option<String>, max| {
                if let Some(text) = text {
                    *into = text.as_ref().and_then(|text| check.optional_line(&[path], text, max));
                }
            };
        line("organization", &self.organization, &mut fields.organization, LINE);
        line("location", &self.location, &mut fields.location, LINE);
        line("grade", &self.grade, &mut fields.grade, MARK);
        line("credential", &self.credential, &mut fields.credential, MARK);
        if let Some(url) = &self.url {
            let url = url.as_ref().filter(|url| !url.trim().is_empty());
            fields.url = url.map(|url| check.url(&["url"], url));
        }
        let mut date = |path: &str, text: &Option<Option<String>>, into: &mut Option<String>| {
            let Some(text) = text else { return };
            *into = text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
            if into.as_deref().is_some_and(|text| dates::days(text).is_none()) {
                check.problem(ErrorCode::Invalid, &[path], WRITE_A_DATE);
            }
        };
        date("startsOn", &self.starts_on, &mut fields.starts_on);
        date("endsOn", &self.ends_on, &mut fields.ends_on);
        if dates::is_reversed(fields.starts_on.as_deref(), fields.ends_on.as_deref()) {
            check.problem(ErrorCode::OutOfRange, &["endsOn"], ENDED_EARLIER);
        }
        if let Some(summary) = &self.summary {
            let summary = summary.as_deref().unwrap_or_default();
            fields.summary = check.text(&["summary"], summary, 0..=SUMMARY);
        }
        if let Some(highlights) = &self.highlights {
            let highlights = highlights.as_deref().unwrap_or_default();
            check.list(&["highlights"], highlights, HIGHLIGHTS);
            let kept = highlights.iter().take(HIGHLIGHTS).enumerate();
            fields.highlights = kept
                .map(|(at, text)| check.text(&["highlights", &at.to_string()], text, 1..=HIGHLIGHT))
                .collect();
        }
    }
}

/// What to write for a date.
pub(crate) const WRITE_A_DATE: &str = "write a date as 2014, 2014-06 or 2014-06-30";
/// What is wrong with such an end.
pub(crate) const ENDED_EARLIER: &str = "it ended before it began";
