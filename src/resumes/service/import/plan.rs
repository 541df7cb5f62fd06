use std::collections::{HashMap, VecDeque};

use uuid::Uuid;

use super::{Action, Current, Row, lists};
use crate::{
    Result,
    entity::{resume_entry, spoken_language},
    error::ErrorCode,
    members::service::Skill,
    resumes::service::{
        Fields, MOST_ENTRIES,
        fields::{Field, SUMMARY},
        json::{Details, Document, Map, Residue, SECTIONS, Section, Wrong, clean, read},
    },
    tags::service::Name,
};

/// What an import is to do.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The summary, if it is another.
    pub(super) summary: Option<String>,
    pub(super) details: Details,
    /// The entries that are new, changed, or at another place.
    pub(super) entries: Vec<Entry>,
    /// All languages, if they are others.
    pub(super) languages: Option<Vec<spoken_language::Model>>,
    /// All skills, if they are others.
    pub(super) skills: Option<Vec<(Name, Skill)>>,
    pub(super) rows: Vec<Row>,
}

/// An entry to write.
#[derive(Debug)]
pub(super) struct Entry {
    /// The row that is there.
    pub(super) id: Option<Uuid>,
    pub(super) section: &'static Section,
    pub(super) position: i32,
    /// What it says, unless it says that already.
    pub(super) content: Option<(Fields, Residue)>,
}

/// Names of properties that a message tells.
const TOLD: usize = 10;
/// Rows that tell of the properties of one object that are not shown.
const MOST_OTHERS: usize = 50;

impl Plan {
    /// Works out what reading a document does; what is too long is told at once.
    pub(super) fn of(current: &Current, document: Document) -> Result<Self> {
        let mut wrong = Wrong::default();
        let Document { basics, mut sections, skills, languages, extra } = document;
        let mut plan = Self { details: current.details.clone(), ..Self::default() };
        plan.details.imported = true;
        if let Some(basics) = basics {
            plan.basics(&mut wrong, current, basics);
        }
        let mut new = 0;
        for section in &SECTIONS {
            let of_section = sections.iter_mut().find(|(found, _)| found.name == section.name);
            if let Some((_, items)) = of_section {
                plan.note_empty(section.name, items.is_empty());
                new += plan.section(&mut wrong, current, section, items)?;
            }
        }
        if current.entries.len() + new > MOST_ENTRIES {
            let message = format!("a resume has at most {MOST_ENTRIES} entries");
            wrong.at(ErrorCode::QuotaExceeded, &[], message);
        }
        if let Some(skills) = skills {
            plan.note_empty("skills", skills.is_empty());
            lists::skills(&mut plan, &mut wrong, current, skills);
        }
        if let Some(languages) = languages {
            plan.note_empty("languages", languages.is_empty());
            lists::languages(&mut plan, &mut wrong, current, languages)?;
        }
        for name in extra.keys().take(MOST_OTHERS) {
            plan.skip(cut(name), None, None, KEPT);
        }
        plan.details.extra.extend(extra);
        wrong.done()?;
        Ok(plan)
    }

    fn note_empty(&mut self, section: &str, is_empty: bool) {
        if is_empty {
            self.details.empty.insert(section.to_owned());
        } else {
            self.details.empty.remove(section);
        }
    }

    fn basics(&mut self, wrong: &mut Wrong, current: &Current, basics: Map) {
        let kept = self.details.basics.get_or_insert_default();
        let mut others = 0;
        for (key, value) in basics {
            if key != "summary" {
                let message = match key.as_str() {
                    "email" | "phone" => "kept for your JSON Resume, where you alone see it",
                    "location" => {
                        "kept for your JSON Resume, where you alone see the street and the postal code; your \
                         profile stays as it is"
                    }
                    _ => "kept for your JSON Resume; your profile stays as it is",
                };
                others += 1;
                if others <= MOST_OTHERS {
                    let path = format!("basics.{}", cut(&key));
                    let (action, message) = (Action::Skip, Some(message.to_owned()));
                    self.rows.push(Row { path, kind: None, title: None, action, message });
                }
                kept.insert(key, value);
                continue;
            }
            let written = value.as_str().unwrap_or_default();
            let summary = clean(written);
            let length = summary.chars().count();
            if length > SUMMARY {
                wrong.too_long(&["basics", "summary"], SUMMARY, length, "characters");
            }
            let before = current.resume.as_ref().map_or("", |row| &row.summary_source);
            let action = match (before.is_empty(), summary.is_empty()) {
                (true, false) => Some(Action::Add),
                (false, _) if before != summary => Some(Action::Change),
                (false, _) => Some(Action::Keep),
                (true, true) => None,
            };
            // What the column says it need not be kept twice; an empty one says nothing.
            if summary == written && !summary.is_empty() {
                kept.remove("summary");
            } else {
                kept.insert(key, value);
            }
            if let Some(action) = action {
                let (path, message) = ("basics.summary".to_owned(), None);
                self.rows.push(Row { path, kind: None, title: None, action, message });
                self.summary = Some(summary).filter(|_| action != Action::Keep);
            }
        }
    }

    /// Plans the entries of a section, and answers how many are new.
    fn section(
        &mut self,
        wrong: &mut Wrong,
        current: &Current,
        section: &'static Section,
        items: &[Map],
    ) -> Result<usize> {
        let rows: Vec<&resume_entry::Model> =
            current.entries.iter().filter(|row| row.kind == section.kind).collect();
        let mut same: HashMap<Same, VecDeque<usize>> = HashMap::new();
        for (place, row) in rows.iter().enumerate() {
            same.entry(Same::row(row)).or_default().push_back(place);
        }
        let mut order: Vec<Option<usize>> = Vec::with_capacity(items.len());
        let mut contents = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let fields = read(wrong, section, at, item);
            let residue = Residue::between(&section.plain(&fields), item);
            let place = same.get_mut(&Same::fields(&fields)).and_then(VecDeque::pop_front);
            let row = place.and_then(|place| rows.get(place));
            let (action, message) = match row {
                None => (Action::Add, left_out(section, &residue)),
                Some(row) => compared(section, row, &fields, &residue)?,
            };
            let path = format!("{}.{at}", section.name);
            let title = Some(fields.title.clone());
            self.rows.push(Row { path, kind: Some(section.kind), title, action, message });
            self.odd_address(section, at, item, &fields);
            order.push(place);
            contents.push((action != Action::Keep).then_some((fields, residue)));
        }
        let new = order.iter().filter(|place| place.is_none()).count();
        let mut left: Vec<usize> = same.into_values().flatten().collect();
        left.sort_unstable();
        order.extend(left.into_iter().map(Some));
        if !order.iter().flatten().is_sorted() {
            let message = Some("its entries stand in the order of the document".to_owned());
            let (path, action) = (section.name.to_owned(), Action::Change);
            self.rows.push(Row { path, kind: Some(section.kind), title: None, action, message });
        }
        // Places with gaps are as good as others: they are written anew only where something comes between.
        let moves = new > 0 || !order.iter().flatten().is_sorted();
        let contents = contents.into_iter().chain(std::iter::repeat_with(|| None));
        for ((place_now, place), content) in (0..).zip(order).zip(contents) {
            let row = place.and_then(|place| rows.get(place));
            let position = row.filter(|_| !moves).map_or(place_now, |row| row.position);
            if content.is_some() || row.is_none_or(|row| row.position != position) {
                let id = row.map(|row| row.id);
                self.entries.push(Entry { id, section, position, content });
            }
        }
        Ok(new)
    }

    /// Tells of an address that no column takes.
    fn odd_address(&mut self, section: &Section, at: usize, item: &Map, fields: &Fields) {
        let key = section.key(Field::Url);
        let written = item.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        if fields.url.is_none() && !written.trim().is_empty() {
            let path = format!("{}.{at}.{key}", section.name);
            let message = "this is no http(s) address: kept for your JSON Resume, and not shown";
            self.skip(path, Some(section), Some(fields.title.clone()), message);
        }
    }

    /// Tells of what has no place here.
    pub(super) fn skip(
        &mut self,
        path: String,
        section: Option<&Section>,
        title: Option<String>,
        message: &str,
    ) {
        let (kind, action) = (section.map(|section| section.kind), Action::Skip);
        self.rows.push(Row { path, kind, title, action, message: Some(message.to_owned()) });
    }
}

/// What is said of what has no place here.
pub(super) const KEPT: &str = "kept for your JSON Resume, and not shown";

/// What makes two entries of a section the same.
#[derive(PartialEq, Eq, Hash)]
struct Same(String, Option<String>, Option<String>);

impl Same {
    fn row(row: &resume_entry::Model) -> Self {
        Self(row.title.clone(), row.organization.clone(), row.starts_on.clone())
    }

    fn fields(fields: &Fields) -> Self {
        Self(fields.title.clone(), fields.organization.clone(), fields.starts_on.clone())
    }
}

/// What becomes of an entry that is there, and of what in it.
fn compared(
    section: &Section,
    row: &resume_entry::Model,
    fields: &Fields,
    residue: &Residue,
) -> Result<(Action, Option<String>)> {
    let differing = Fields::of(row)?.differing(fields);
    if !differing.is_empty() {
        let names: Vec<_> = differing.into_iter().map(Field::name).collect();
        return Ok((Action::Change, Some(format!("changed: {}", names.join(", ")))));
    }
    if Residue::parse(&row.details)? != *residue {
        let message = left_out(section, residue);
        return Ok((Action::Change, message.or_else(|| Some("written otherwise".to_owned()))));
    }
    Ok((Action::Keep, None))
}

/// The properties of an item that are not shown, in words.
fn left_out(section: &Section, residue: &Residue) -> Option<String> {
    let names = residue.set.keys().filter(|key| !section.reads(key));
    let names: Vec<String> = names.take(TOLD).map(|name| cut(name)).collect();
    (!names.is_empty()).then(|| format!("{KEPT}: {}", names.join(", ")))
}

/// The beginning of a text of somebody's, to name something by.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}
