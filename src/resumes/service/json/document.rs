use serde_json::Value;

use super::{Map, SECTIONS, Section};
use crate::{
    Error, Result, check,
    error::{ErrorCode, Problem},
    resumes::service::{MOST_ENTRIES, dates, fields::WRITE_A_DATE},
};

/// Bytes of a document, written without white space.
const SIZE: usize = 256 * 1024;
/// Levels that a document may nest.
const DEPTH: usize = 64;
/// Items of a list that becomes no entries.
const MOST_ITEMS: usize = 500;
/// Problems that are told at once.
const TOLD: usize = 100;

/// What is wrong with a document, told with the path to it.
#[derive(Debug, Default)]
pub(crate) struct Wrong(Vec<Problem>);

impl Wrong {
    /// Notes a problem with what stands at `path` in the document.
    pub(crate) fn at(&mut self, code: ErrorCode, path: &[&str], message: impl Into<String>) {
        self.push(problem(code, path, message));
    }

    /// Notes what is longer than it may be.
    pub(crate) fn too_long(&mut self, path: &[&str], most: usize, actual: usize, what: &str) {
        let problem = problem(ErrorCode::TooLong, path, format!("at most {most} {what}"));
        self.push(problem.with(check::limit(&(0..=most), actual)));
    }

    fn push(&mut self, problem: Problem) {
        if self.0.len() < TOLD {
            self.0.push(problem);
        }
    }

    /// Ends reading: what was found, if anything was.
    pub(crate) fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Refused(self.0)) }
    }
}

fn problem(code: ErrorCode, path: &[&str], message: impl Into<String>) -> Problem {
    let path = std::iter::once("jsonResume").chain(path.iter().copied()).map(str::to_owned);
    Problem::at(code, path, message)
}

/// A document whose known properties have the types of the standard.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) basics: Option<Map>,
    pub(crate) sections: Vec<(&'static Section, Vec<Map>)>,
    pub(crate) skills: Option<Vec<Map>>,
    pub(crate) languages: Option<Vec<Map>>,
    /// Everything else.
    pub(crate) extra: Map,
}

/// The properties that the standard has, by their types.
struct Known<'a> {
    texts: &'a [&'a str],
    lists: &'a [&'a str],
    dates: &'a [&'a str],
}

const BASICS: Known<'_> = texts(&["name", "label", "image", "email", "phone", "url", "summary"]);
const LOCATION: Known<'_> = texts(&["address", "postalCode", "city", "countryCode", "region"]);
const PROFILE: Known<'_> = texts(&["network", "username", "url"]);
const META: Known<'_> = texts(&["canonical", "version", "lastModified"]);
const LANGUAGE: Known<'_> = texts(&["language", "fluency"]);
const SKILL: Known<'_> = Known { texts: &["name", "level"], lists: &["keywords"], dates: &[] };

const fn texts<'a>(texts: &'a [&'a str]) -> Known<'a> {
    Known { texts, lists: &[], dates: &[] }
}

impl Document {
    /// Reads a document; whatever has a wrong type is told at once.
    pub(crate) fn read(value: Value) -> Result<Self> {
        let mut wrong = Wrong::default();
        let object = match value {
            Value::Object(object) if is_flat(&object, DEPTH) => object,
            Value::Object(_) => {
                wrong.at(ErrorCode::Invalid, &[], format!("it nests deeper than {DEPTH} levels"));
                Map::new()
            }
            _ => {
                wrong.at(ErrorCode::Invalid, &[], "write a JSON object");
                Map::new()
            }
        };
        let size = serde_json::to_string(&object).map_err(Error::internal)?.len();
        if size > SIZE {
            wrong.too_long(&[], SIZE, size, "bytes");
        }
        // Who sends what can't be read at all hears of nothing else.
        if !wrong.0.is_empty() {
            return Err(Error::Refused(wrong.0));
        }
        let mut document = Self::default();
        let mut entries = 0;
        for (name, value) in object {
            if let Some(section) = SECTIONS.iter().find(|section| section.name == name) {
                let mut aside = Wrong::default();
                let found = if section.is_standard { &mut wrong } else { &mut aside };
                let items = items(found, &name, &value, &section.known());
                match items.filter(|_| aside.0.is_empty()) {
                    Some(items) => {
                        entries += items.len();
                        document.sections.push((section, items));
                    }
                    None => drop(document.extra.insert(name, value)),
                }
                continue;
            }
            match name.as_str() {
                "basics" => document.basics = basics(&mut wrong, &value),
                "skills" => document.skills = items(&mut wrong, &name, &value, &SKILL),
                "languages" => document.languages = items(&mut wrong, &name, &value, &LANGUAGE),
                _ => {
                    other(&mut wrong, &name, &value);
                    document.extra.insert(name, value);
                }
            }
        }
        if entries > MOST_ENTRIES {
            wrong.too_long(&[], MOST_ENTRIES, entries, "entries are kept");
        }
        for (name, items) in [("skills", &document.skills), ("languages", &document.languages)] {
            let length = items.as_ref().map_or(0, Vec::len);
            if length > MOST_ITEMS {
                wrong.too_long(&[name], MOST_ITEMS, length, "are read");
            }
        }
        wrong.done()?;
        Ok(document)
    }
}

impl Section {
    fn known(&self) -> Known<'static> {
        Known { texts: self.texts, lists: self.lists, dates: self.dates }
    }
}

/// Whether nothing nests deeper than so many levels.
fn is_flat(object: &Map, levels: usize) -> bool {
    fn fits(value: &Value, levels: usize) -> bool {
        match value {
            Value::Array(list) => levels > 0 && list.iter().all(|item| fits(item, levels - 1)),
            Value::Object(object) => is_flat(object, levels),
            _ => true,
        }
    }
    levels > 0 && object.values().all(|value| fits(value, levels - 1))
}

fn basics(wrong: &mut Wrong, value: &Value) -> Option<Map> {
    let basics = object(wrong, &["basics"], value)?;
    known(wrong, &["basics"], basics, &BASICS);
    if let Some(location) = basics.get("location")
        && let Some(location) = object(wrong, &["basics", "location"], location)
    {
        known(wrong, &["basics", "location"], location, &LOCATION);
    }
    let profiles = basics.get("profiles").and_then(|value| {
        let list = value.as_array();
        if list.is_none() {
            wrong.at(ErrorCode::Invalid, &["basics", "profiles"], "write a list");
        }
        list
    });
    for (at, profile) in profiles.into_iter().flatten().enumerate() {
        let path = ["basics", "profiles", &at.to_string()];
        if let Some(profile) = object(wrong, &path, profile) {
            known(wrong, &path, profile, &PROFILE);
        }
    }
    Some(basics.clone())
}

/// What the standard has beside basics and lists.
fn other(wrong: &mut Wrong, name: &str, value: &Value) {
    match name {
        "$schema" if !value.is_string() => wrong.at(ErrorCode::Invalid, &[name], "write a text"),
        "meta" => {
            if let Some(meta) = object(wrong, &[name], value) {
                known(wrong, &[name], meta, &META);
            }
        }
        _ => {}
    }
}

fn items(wrong: &mut Wrong, name: &str, value: &Value, shape: &Known<'_>) -> Option<Vec<Map>> {
    let Value::Array(list) = value else {
        wrong.at(ErrorCode::Invalid, &[name], "write a list");
        return None;
    };
    let mut items = Vec::with_capacity(list.len());
    for (at, item) in list.iter().enumerate() {
        let path = [name, &at.to_string()];
        if let Some(item) = object(wrong, &path, item) {
            known(wrong, &path, item, shape);
            items.push(item.clone());
        }
    }
    Some(items)
}

fn object<'a>(wrong: &mut Wrong, path: &[&str], value: &'a Value) -> Option<&'a Map> {
    let object = value.as_object();
    if object.is_none() {
        wrong.at(ErrorCode::Invalid, path, "write an object");
    }
    object
}

fn known(wrong: &mut Wrong, path: &[&str], object: &Map, shape: &Known<'_>) {
    let mut tell = |key: &str, below: Option<usize>, message: &str| {
        let below = below.map(|at| at.to_string());
        let steps = [key].into_iter().chain(below.as_deref());
        let path: Vec<&str> = path.iter().copied().chain(steps).collect();
        wrong.at(ErrorCode::Invalid, &path, message);
    };
    for key in shape.texts {
        if object.get(*key).is_some_and(|value| !value.is_string()) {
            tell(key, None, "write a text");
        }
    }
    for key in shape.lists {
        match object.get(*key) {
            None => {}
            Some(Value::Array(list)) => {
                for (at, _) in list.iter().enumerate().filter(|(_, item)| !item.is_string()) {
                    tell(key, Some(at), "write a text");
                }
            }
            Some(_) => tell(key, None, "write a list of texts"),
        }
    }
    for key in shape.dates {
        match object.get(*key) {
            None => {}
            Some(Value::String(text)) if text.trim().is_empty() => {}
            Some(Value::String(text)) if dates::days(text).is_some() => {}
            Some(_) => tell(key, None, WRITE_A_DATE),
        }
    }
}
