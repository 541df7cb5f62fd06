use std::sync::Arc;

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::{Details, Map, Residue, SECTIONS};
use crate::{
    Error, Result,
    entity::{profile, profile_skill, resume, resume_entry, spoken_language, tag},
    members::service::Link,
    resumes::service::{fields::Fields, languages, skills},
};

/// Where the standard lies that documents of our own follow.
const SCHEMA: &str =
    "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json";

/// All that a resume is written from.
#[derive(Debug)]
pub struct Parts<'a> {
    /// Whose.
    pub profile: &'a profile::Model,
    /// The row, whole.
    pub resume: &'a resume::Model,
    /// Its entries, whole, in their order.
    pub entries: &'a [resume_entry::Model],
    /// The languages, in their order.
    pub languages: &'a [spoken_language::Model],
    /// The member's skills, in their order.
    pub skills: &'a [(profile_skill::Model, Arc<tag::Model>)],
}

/// The whole resume as a JSON Resume. What was read from a document, and not changed since, is as it was there.
pub fn document(parts: &Parts<'_>) -> Result<Value> {
    let details = Details::parse(&parts.resume.details)?;
    let mut document = Map::new();
    if let Some(basics) = basics(parts, &details)? {
        document.insert("basics".to_owned(), basics.into());
    }
    if !details.imported {
        document.insert("$schema".to_owned(), SCHEMA.into());
        let changed = parts.resume.updated_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let changed = changed.trim_end_matches('Z');
        let meta = json!({ "version": "v1.0.0", "lastModified": changed });
        document.insert("meta".to_owned(), meta);
    }
    document.extend(details.extra.clone());
    let mut list = |name: &str, items: Vec<Value>| {
        if !items.is_empty() || details.empty.contains(name) {
            document.insert(name.to_owned(), items.into());
        }
    };
    for section in &SECTIONS {
        let mut items = Vec::new();
        for row in parts.entries.iter().filter(|row| row.kind == section.kind) {
            let plain = section.plain(&Fields::of(row)?);
            items.push(Residue::parse(&row.details)?.over(plain).into());
        }
        list(section.name, items);
    }
    let mut items = Vec::with_capacity(parts.languages.len());
    for row in parts.languages {
        let residue = Residue::parse(&row.details)?;
        items.push(residue.over(languages::plain(&row.language, row.level)));
    }
    list("languages", with_loose(items, &details.loose_languages));
    let items = parts.skills.iter().map(|(row, tag)| skill(&details, row, tag)).collect();
    list("skills", with_loose(items, &details.loose_skills));
    Ok(document.into())
}

/// A skill as it is written.
pub(crate) fn skill(details: &Details, row: &profile_skill::Model, tag: &tag::Model) -> Map {
    let plain = skills::plain(&tag.label, row.level);
    let Some(told) = details.skills.get(&tag.name) else { return plain };
    let mut residue = told.residue.clone();
    if told.level.as_deref() != row.level.map(skills::word) {
        residue.forget("level");
    }
    residue.over(plain)
}

/// The items, with those that are none here put back to their places.
fn with_loose(items: Vec<Map>, loose: &[(usize, Map)]) -> Vec<Value> {
    let mut items: Vec<Value> = items.into_iter().map(Value::Object).collect();
    for (at, item) in loose {
        items.insert((*at).min(items.len()), item.clone().into());
    }
    items
}

/// Who it is about: as a document said it, or else as the profile does.
fn basics(parts: &Parts<'_>, details: &Details) -> Result<Option<Map>> {
    let summary = &parts.resume.summary_source;
    let mut basics = match (&details.basics, details.imported) {
        (Some(basics), _) => basics.clone(),
        (None, true) if summary.is_empty() => return Ok(None),
        (None, true) => Map::new(),
        (None, false) => of_profile(parts.profile)?,
    };
    if !summary.is_empty() && !basics.contains_key("summary") {
        basics.insert("summary".to_owned(), summary.clone().into());
    }
    Ok(Some(basics))
}

fn of_profile(profile: &profile::Model) -> Result<Map> {
    let mut basics = Map::new();
    let mut add = |key: &str, value: Value| basics.insert(key.to_owned(), value);
    add("name", profile.name.clone().into());
    if let Some(headline) = &profile.headline {
        add("label", headline.clone().into());
    }
    if let Some(website) = &profile.website {
        add("url", website.clone().into());
    }
    let mut place = Map::new();
    for (key, value) in [("city", &profile.location), ("countryCode", &profile.country)] {
        if let Some(value) = value {
            place.insert(key.to_owned(), value.clone().into());
        }
    }
    if !place.is_empty() {
        add("location", place.into());
    }
    let links: Vec<Link> = serde_json::from_str(&profile.links).map_err(Error::internal)?;
    if !links.is_empty() {
        let profiles =
            links.into_iter().map(|link| json!({ "network": link.label, "url": link.url }));
        add("profiles", profiles.collect());
    }
    Ok(basics)
}

/// The document without what only its owner reads: how and where to reach them.
pub fn for_everybody(mut document: Value) -> Value {
    if let Some(basics) = document.get_mut("basics").and_then(Value::as_object_mut) {
        for key in ["email", "phone"] {
            basics.remove(key);
        }
        if let Some(location) = basics.get_mut("location").and_then(Value::as_object_mut) {
            for key in ["address", "postalCode"] {
                location.remove(key);
            }
        }
    }
    document
}
