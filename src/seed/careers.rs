//! Resumes of the demo community, and who vouches for whose skills: `careers.toml`.

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveEnum as _, DbErr, Value};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Community,
    dice::Dice,
    sheet::{Kind as Column, Sheet, Target},
};
use crate::{
    entity::{resume_entry::Kind, spoken_language::Level},
    markdown,
};

const CAREERS: &str = include_str!("careers.toml");

const RESUME: Sheet = Sheet {
    table: "resume",
    columns: &[
        ("profile_id", Column::Uuid),
        ("summary_source", Column::Text),
        ("summary_html", Column::Text),
        ("updated_at", Column::Time),
    ],
};

const ENTRY: Sheet = Sheet {
    table: "resume_entry",
    columns: &[
        ("id", Column::Uuid),
        ("profile_id", Column::Uuid),
        ("kind", Column::Text),
        ("position", Column::Int),
        ("title", Column::Text),
        ("organization", Column::MaybeText),
        ("location", Column::MaybeText),
        ("url", Column::MaybeText),
        ("starts_on", Column::MaybeText),
        ("ends_on", Column::MaybeText),
        ("summary_source", Column::Text),
        ("summary_html", Column::Text),
        ("highlights", Column::Text),
        ("grade", Column::MaybeText),
        ("credential", Column::MaybeText),
    ],
};

const LANGUAGE: Sheet = Sheet {
    table: "spoken_language",
    columns: &[
        ("profile_id", Column::Uuid),
        ("language", Column::Text),
        ("position", Column::Int),
        ("level", Column::Text),
    ],
};

const ENDORSEMENT: Sheet = Sheet {
    table: "skill_endorsement",
    columns: &[
        ("id", Column::Uuid),
        ("profile_id", Column::Uuid),
        ("tag_id", Column::Uuid),
        ("endorser_id", Column::Uuid),
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    resume: Vec<FileResume>,
    endorsement: Vec<FileEndorsement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileResume {
    /// A handle.
    of: String,
    summary: String,
    /// Tag, level.
    languages: Vec<(String, String)>,
    entry: Vec<FileEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    kind: String,
    title: String,
    organization: Option<String>,
    location: Option<String>,
    url: Option<String>,
    starts_on: Option<String>,
    ends_on: Option<String>,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    highlights: Vec<String>,
    grade: Option<String>,
    credential: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEndorsement {
    /// A handle.
    of: String,
    /// A label of one of their skills.
    skill: String,
    /// Handles.
    by: Vec<String>,
}

/// Rows to write; a community that has none has no careers.
#[derive(Debug, Default)]
pub(super) struct Careers {
    resumes: Vec<Vec<Value>>,
    entries: Vec<Vec<Value>>,
    languages: Vec<Vec<Value>>,
    endorsements: Vec<Endorsement>,
}

/// Somebody vouches for a skill; people and tags by their keys.
#[derive(Debug)]
struct Endorsement {
    id: Uuid,
    member: Uuid,
    tag: Uuid,
    endorser: Uuid,
}

/// The careers of the members of the demo community.
pub(super) fn build(of: &Community, now: DateTime<Utc>) -> Result<Careers> {
    let file: File = toml::from_str(CAREERS).context("careers.toml")?;
    // Of their own, so that the rest of the community stays as it is when these change.
    let mut dice = Dice::new(2);
    let mut careers = Careers::default();
    let member = |handle: &str| {
        let place = of.member(handle).and_then(|place| of.members.get(place));
        place.with_context(|| format!("careers.toml: nobody is called {handle}"))
    };
    for resume in &file.resume {
        let owner = member(&resume.of)?;
        let summary = resume.summary.trim();
        careers.resumes.push(vec![
            owner.id.into(),
            summary.to_owned().into(),
            markdown::render(summary).html.into(),
            now.into(),
        ]);
        for (position, (tag, level)) in (0i32..).zip(&resume.languages) {
            let level = Level::try_from_value(level)?.to_value();
            let row = vec![owner.id.into(), tag.clone().into(), position.into(), level.into()];
            careers.languages.push(row);
        }
        let mut before: Vec<Kind> = Vec::new();
        for entry in &resume.entry {
            let id = dice.key(owner.joined);
            careers.entries.push(entry_row(id, owner.id, entry, &mut before)?);
        }
    }
    for endorsement in &file.endorsement {
        let owner = member(&endorsement.of)?;
        let name = endorsement.skill.to_lowercase();
        let mut tags = owner.skills.iter().filter_map(|skill| of.tags.get(skill.tag));
        let tag = tags.find(|tag| tag.name == name);
        let tag = tag.with_context(|| format!("{} claims no {name}", endorsement.of))?;
        for handle in &endorsement.by {
            let endorser = member(handle)?;
            ensure!(endorser.id != owner.id, "{handle} vouches for themselves");
            let from = owner.joined.max(endorser.joined);
            let at = dice.time(from, now.timestamp_millis(), false);
            let (id, member, tag, endorser) = (dice.key(at), owner.id, tag.id, endorser.id);
            careers.endorsements.push(Endorsement { id, member, tag, endorser });
        }
    }
    Ok(careers)
}

fn entry_row(
    id: Uuid,
    owner: Uuid,
    entry: &FileEntry,
    before: &mut Vec<Kind>,
) -> Result<Vec<Value>> {
    let kind = Kind::try_from_value(&entry.kind)?;
    let position = before.iter().filter(|other| **other == kind).count();
    before.push(kind);
    Ok(vec![
        id.into(),
        owner.into(),
        kind.to_value().into(),
        i32::try_from(position)?.into(),
        entry.title.clone().into(),
        entry.organization.clone().into(),
        entry.location.clone().into(),
        entry.url.clone().into(),
        entry.starts_on.clone().into(),
        entry.ends_on.clone().into(),
        entry.summary.clone().into(),
        markdown::render(&entry.summary).html.into(),
        serde_json::to_string(&entry.highlights)?.into(),
        entry.grade.clone().into(),
        entry.credential.clone().into(),
    ])
}

impl Careers {
    /// How many vouch for a skill of a member.
    pub(super) fn endorsements(&self, member: Uuid, tag: Uuid) -> i32 {
        let these = self.endorsements.iter().filter(|it| it.member == member && it.tag == tag);
        i32::try_from(these.count()).unwrap_or(i32::MAX)
    }

    /// Rows of all tables together.
    pub(super) fn rows(&self) -> usize {
        self.resumes.len() + self.entries.len() + self.languages.len() + self.endorsements.len()
    }

    /// Writes them; members and tags are there.
    pub(super) async fn fill(
        &self,
        target: &Target<'_>,
        on_rows: &(dyn Fn(usize) + Sync),
    ) -> Result<(), DbErr> {
        RESUME.fill(target, self.resumes.iter().cloned(), on_rows).await?;
        ENTRY.fill(target, self.entries.iter().cloned(), on_rows).await?;
        LANGUAGE.fill(target, self.languages.iter().cloned(), on_rows).await?;
        let endorsements = self
            .endorsements
            .iter()
            .map(|it| vec![it.id.into(), it.member.into(), it.tag.into(), it.endorser.into()]);
        ENDORSEMENT.fill(target, endorsements, on_rows).await
    }
}
