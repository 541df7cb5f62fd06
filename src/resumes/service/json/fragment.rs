use serde_json::Value;

use super::{Map, Section, Wrong};
use crate::{
    check::{self, Check},
    entity::resume_entry::Kind,
    error::ErrorCode,
    resumes::service::{
        dates,
        fields::{ENDED_EARLIER, Field, Fields, HIGHLIGHT, HIGHLIGHTS, LINE, MARK, SUMMARY},
    },
};

/// What an entry is called that says nothing of itself.
const UNTITLED: &str = "Untitled";

/// Reads what the columns take of an item of a section, at its place in the document. What they can't take is left to
/// the [`Residue`](super::Residue); what is too long is told, so that nothing is cut in silence.
pub(crate) fn read(wrong: &mut Wrong, section: &Section, at: usize, item: &Map) -> Fields {
    let mut reader = Reader { wrong, section, at: at.to_string(), item };
    let mut fields = Fields {
        title: String::new(),
        organization: reader.line(Field::Organization, LINE),
        location: reader.line(Field::Location, LINE),
        url: reader.url(),
        starts_on: reader.date(Field::StartsOn),
        ends_on: reader.date(Field::EndsOn),
        summary: reader.text(section.key(Field::Summary), SUMMARY, text).unwrap_or_default(),
        highlights: reader.highlights(),
        grade: reader.line(Field::Grade, MARK),
        credential: reader.line(Field::Credential, MARK),
    };
    let title = match section.kind {
        Kind::Education => reader.degree(),
        _ => reader.line(Field::Title, LINE),
    };
    let title = title.or_else(|| fields.organization.clone());
    fields.title = title.unwrap_or_else(|| UNTITLED.to_owned());
    if dates::is_reversed(fields.starts_on.as_deref(), fields.ends_on.as_deref()) {
        let key = section.key(Field::EndsOn);
        // Where the standard has no end, it is not ours to judge.
        if section.knows(key) {
            let path = [section.name, &reader.at, key];
            reader.wrong.at(ErrorCode::OutOfRange, &path, ENDED_EARLIER);
        }
        fields.ends_on = None;
    }
    fields
}

struct Reader<'a> {
    wrong: &'a mut Wrong,
    section: &'a Section,
    at: String,
    item: &'a Map,
}

impl Reader<'_> {
    /// The text of a property of `most` characters; blank is none. A property that the standard does not have is taken
    /// if it fits, and left alone if not.
    fn text(&mut self, key: &str, most: usize, clean: fn(&str) -> String) -> Option<String> {
        let text = clean(self.item.get(key)?.as_str()?);
        let length = text.chars().count();
        if length > most {
            if self.section.knows(key) {
                let path = [self.section.name, &self.at, key];
                self.wrong.too_long(&path, most, length, "characters");
            }
            return None;
        }
        Some(text).filter(|text| !check::is_blank(text))
    }

    fn line(&mut self, field: Field, most: usize) -> Option<String> {
        self.text(self.section.key(field), most, line)
    }

    /// What was studied, and to which degree.
    fn degree(&mut self) -> Option<String> {
        let keys = self.section.keys(Field::Title);
        let parts: Vec<_> = keys.iter().filter_map(|key| self.text(key, LINE, line)).collect();
        let whole = parts.join(", ");
        match parts.into_iter().next() {
            Some(degree) if whole.chars().count() > LINE => Some(degree),
            degree => degree.map(|_| whole),
        }
    }

    fn url(&mut self) -> Option<String> {
        let text = self.item.get(self.section.key(Field::Url))?.as_str()?;
        let mut check = Check::new();
        let url = check.url(&[], text);
        check.done().ok().map(|()| url)
    }

    fn date(&mut self, field: Field) -> Option<String> {
        let text = self.item.get(self.section.key(field))?.as_str()?;
        dates::days(text).map(|_| text.to_owned())
    }

    fn highlights(&mut self) -> Vec<String> {
        let key = self.section.key(Field::Highlights);
        let Some(Value::Array(list)) = self.item.get(key) else { return Vec::new() };
        let told = self.section.knows(key);
        if list.len() > HIGHLIGHTS {
            if told {
                let path = [self.section.name, &self.at, key];
                self.wrong.too_long(&path, HIGHLIGHTS, list.len(), "are kept");
            }
            return Vec::new();
        }
        let mut highlights = Vec::with_capacity(list.len());
        for (place, item) in list.iter().enumerate() {
            let text = item.as_str().map(text).unwrap_or_default();
            let length = text.chars().count();
            if length > HIGHLIGHT {
                if told {
                    let path = [self.section.name, &self.at, key, &place.to_string()];
                    self.wrong.too_long(&path, HIGHLIGHT, length, "characters");
                }
            } else if !check::is_blank(&text) {
                highlights.push(text);
            }
        }
        highlights
    }
}

/// A text of one line: runs of white space and of what can't be kept become one space.
fn line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text without what can't be kept, and without white space around it.
pub(crate) fn text(text: &str) -> String {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.trim().chars().filter(kept).collect::<String>().trim().to_owned()
}
