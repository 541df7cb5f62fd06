//! Skills and languages of a document.

use std::collections::HashSet;

use super::{
    Action, Current, Row,
    plan::{Plan, cut},
};
use crate::{
    Result,
    entity::spoken_language,
    members::service::{MOST_SKILLS, Skill},
    resumes::service::{
        MOST_LANGUAGES,
        json::{Map, Residue, Told, Wrong, skill},
        languages, skills,
    },
    tags::service::{Name, name},
};

/// A text of an item.
fn text<'a>(item: &'a Map, key: &str) -> &'a str {
    item.get(key).and_then(serde_json::Value::as_str).unwrap_or_default()
}

/// Plans the skills: those of the document first, in its order, then the others.
pub(super) fn skills(plan: &mut Plan, wrong: &mut Wrong, current: &Current, items: Vec<Map>) {
    let mut list: Vec<(Name, Skill)> = Vec::new();
    let mut order = Vec::new();
    let mut changed = false;
    plan.details.loose_skills.clear();
    // What is told of skills that are no more is of no use.
    let claimed: HashSet<&str> = current.skills.iter().map(|(_, tag)| tag.name.as_str()).collect();
    plan.details.skills.retain(|tag, _| claimed.contains(tag.as_str()));
    for (at, item) in items.into_iter().enumerate() {
        let path = format!("skills.{at}");
        let written = text(&item, "name");
        let title = Some(cut(written));
        let named = name(written);
        let reason = match &named {
            None => Some("no name for a skill here: kept for your JSON Resume, and not shown"),
            Some(named) if list.iter().any(|(other, _)| other.name == named.name) => {
                Some("named twice: kept for your JSON Resume, and shown once")
            }
            Some(_) => None,
        };
        let (Some(named), None) = (named, reason) else {
            plan.skip(path, None, title, reason.unwrap_or_default());
            plan.details.loose_skills.push((at, item));
            continue;
        };
        let place = current.skills.iter().position(|(_, tag)| tag.name == named.name);
        let here = place.and_then(|place| current.skills.get(place));
        let row = here.map(|(row, _)| row);
        let before = row.and_then(|row| row.level);
        let level = skills::level(text(&item, "level")).or(before);
        let action = match here {
            None => Action::Add,
            Some((row, tag)) if level == before && skill(&current.details, row, tag) == item => {
                Action::Keep
            }
            Some(_) => Action::Change,
        };
        // How the tag is labelled is the community's, so the name is kept as it was written.
        let mut plain = skills::plain("", level);
        plain.remove("name");
        let residue = Residue::between(&plain, &item);
        let told = Told { level: level.map(|level| skills::word(level).to_owned()), residue };
        plan.details.skills.insert(named.name.clone(), told);
        changed |= row.is_none() || level != before;
        plan.rows.push(Row { path, kind: None, title, action, message: None });
        order.extend(place);
        let years = row.and_then(|row| row.years);
        let claimed = Skill { name: named.label.clone(), level, years };
        list.push((named, claimed));
    }
    for (place, (row, tag)) in current.skills.iter().enumerate() {
        if list.iter().all(|(name, _)| name.name != tag.name) {
            order.push(place);
            let name = Name { name: tag.name.clone(), label: tag.label.clone() };
            let claimed = Skill { name: tag.label.clone(), level: row.level, years: row.years };
            list.push((name, claimed));
        }
    }
    changed |= reordered(plan, "skills", &order);
    if list.len() > MOST_SKILLS {
        wrong.too_long(&["skills"], MOST_SKILLS, list.len(), "skills are kept");
    }
    plan.skills = changed.then_some(list);
}

/// Plans the languages, likewise.
pub(super) fn languages(
    plan: &mut Plan,
    wrong: &mut Wrong,
    current: &Current,
    items: Vec<Map>,
) -> Result<()> {
    let mut list: Vec<spoken_language::Model> = Vec::new();
    let mut order = Vec::new();
    let mut changed = false;
    plan.details.loose_languages.clear();
    for (at, item) in items.into_iter().enumerate() {
        let path = format!("languages.{at}");
        let written = text(&item, "language");
        let title = Some(cut(written));
        let tag = languages::named(written);
        let place = current.languages.iter().position(|row| Some(&row.language) == tag.as_ref());
        let row = place.and_then(|place| current.languages.get(place));
        let level = languages::level(text(&item, "fluency")).or(row.map(|row| row.level));
        let reason = match (&tag, level) {
            (None, _) => {
                Some("no language that is known: kept for your JSON Resume, and not shown")
            }
            (Some(tag), _) if list.iter().any(|other| other.language == *tag) => {
                Some("named twice: kept for your JSON Resume, and shown once")
            }
            (_, None) => Some(
                "how well is not said in usual words: kept for your JSON Resume, and not shown",
            ),
            _ => None,
        };
        let (Some(language), Some(level), None) = (tag, level, reason) else {
            plan.skip(path, None, title, reason.unwrap_or_default());
            plan.details.loose_languages.push((at, item));
            continue;
        };
        let residue = Residue::between(&languages::plain(&language, level), &item);
        let action = match row {
            None => Action::Add,
            Some(row) if row.level != level || Residue::parse(&row.details)? != residue => {
                Action::Change
            }
            Some(_) => Action::Keep,
        };
        changed |= action != Action::Keep;
        plan.rows.push(Row { path, kind: None, title, action, message: None });
        order.extend(place);
        let details = residue.text()?;
        list.push(spoken_language::Model {
            language,
            level,
            details,
            ..blank(current, list.len())
        });
    }
    for (place, row) in current.languages.iter().enumerate() {
        if list.iter().all(|other| other.language != row.language) {
            order.push(place);
            list.push(spoken_language::Model { position: position(list.len()), ..row.clone() });
        }
    }
    changed |= reordered(plan, "languages", &order);
    if list.len() > MOST_LANGUAGES {
        wrong.too_long(&["languages"], MOST_LANGUAGES, list.len(), "languages are kept");
    }
    plan.languages = changed.then_some(list);
    Ok(())
}

fn blank(current: &Current, place: usize) -> spoken_language::Model {
    spoken_language::Model {
        profile_id: current.owner,
        language: String::new(),
        position: position(place),
        level: spoken_language::Level::Elementary,
        details: String::new(),
    }
}

fn position(place: usize) -> i32 {
    i32::try_from(place).unwrap_or(i32::MAX)
}

/// Whether what is there already comes to stand in another order, which is told.
fn reordered(plan: &mut Plan, path: &str, order: &[usize]) -> bool {
    let moved = !order.is_sorted();
    if moved {
        let message = Some("they stand in the order of the document".to_owned());
        let (path, action) = (path.to_owned(), Action::Change);
        plan.rows.push(Row { path, kind: None, title: None, action, message });
    }
    moved
}
