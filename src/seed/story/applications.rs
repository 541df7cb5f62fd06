//! Applications, and what the teams made of them.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use chrono::TimeDelta;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::Deserialize;
use uuid::Uuid;

use super::past::{Past, Story};
use crate::{
    applications::service::{self, NewApplication, Verdict},
    entity::{hiring_stage, portfolio_item},
    fields::Given,
    files::service::Sent,
    members::service::Link,
};

/// The steps that lead to others.
const WAY: [&str; 3] = ["In review", "Interview", "Offer"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileApplication {
    /// What the file calls it.
    job: String,
    /// A handle.
    by: String,
    /// How many days ago.
    ago: i64,
    letter: String,
    /// The key of a question, and a text, or the options that were chosen.
    #[serde(default)]
    answers: Vec<Vec<String>>,
    #[serde(default)]
    links: Vec<(String, String)>,
    /// Portfolio items, by slug.
    #[serde(default)]
    shows: Vec<String>,
    /// Where the team has it; the first step if that is not said.
    stage: Option<String>,
    /// What the team wrote when it came there.
    message: Option<String>,
    rating: Option<i32>,
    /// Handles.
    #[serde(default)]
    looked_after_by: Vec<String>,
    /// A handle, and what they noted.
    #[serde(default)]
    notes: Vec<(String, String)>,
    #[serde(default)]
    withdrawn: bool,
}

impl FileApplication {
    /// The steps that it came to, in order.
    fn steps(&self) -> Vec<&str> {
        let Some(last) = &self.stage else { return Vec::new() };
        let before = match last.as_str() {
            "Rejected" => 1,
            other => WAY.iter().position(|step| *step == other).unwrap_or(WAY.len()),
        };
        WAY.into_iter().take(before).chain([last.as_str()]).collect()
    }
}

/// What happens to an application.
pub(super) enum Act<'a> {
    Submit(&'a FileApplication),
    Advance(&'a FileApplication, &'a str),
    Rate(&'a FileApplication),
    Note(&'a FileApplication, &'a str, &'a str),
    Withdraw(&'a FileApplication),
}

/// Notes what happens to an application, and when.
pub(super) fn plan<'a, T>(
    story: &mut Story<T>,
    application: &'a FileApplication,
    act: fn(Act<'a>) -> T,
) {
    let at = story.day(application.ago);
    story.note(at, act(Act::Submit(application)));
    let later = at + TimeDelta::hours(20);
    for (days, step) in (0..).zip(application.steps()) {
        story.note(later + TimeDelta::days(days * 3), act(Act::Advance(application, step)));
    }
    if application.rating.is_some() || !application.looked_after_by.is_empty() {
        story.note(later + TimeDelta::hours(1), act(Act::Rate(application)));
    }
    for (hours, (who, text)) in (2..).zip(&application.notes) {
        story.note(later + TimeDelta::hours(hours), act(Act::Note(application, who, text)));
    }
    if application.withdrawn {
        story.note(later + TimeDelta::days(1), act(Act::Withdraw(application)));
    }
}

/// The applications that are there already, by job and applicant.
#[derive(Default)]
pub(super) struct Filed<'a>(HashMap<(&'a str, &'a str), Uuid>);

impl<'a> Filed<'a> {
    /// Lets one thing happen.
    pub(super) async fn act<'b: 'a>(
        &mut self,
        past: &Past<'_>,
        jobs: &HashMap<&str, Uuid>,
        act: Act<'b>,
    ) -> Result<()> {
        let (Act::Submit(file)
        | Act::Advance(file, _)
        | Act::Rate(file)
        | Act::Note(file, ..)
        | Act::Withdraw(file)) = act;
        let place = (&*file.job, &*file.by);
        let id = self.0.get(&place).copied();
        let job = jobs.get(&*file.job).copied();
        let job = job.with_context(|| format!("there is no job {}", file.job))?;
        match act {
            Act::Submit(_) => {
                let actor = past.actor(&file.by)?;
                let new = new(past, file, job).await?;
                let row = service::submit(past.cx(&actor), new).await?;
                self.0.insert(place, row.id);
            }
            Act::Advance(_, step) => {
                let actor = past.hires(job).await?;
                let stage = hiring_stage::Entity::find()
                    .filter(hiring_stage::Column::JobId.eq(job))
                    .filter(hiring_stage::Column::Name.eq(step))
                    .one(past.app.db.fresh())
                    .await?;
                let is_last = file.stage.as_deref() == Some(step);
                let message = file.message.as_deref().filter(|_| is_last);
                let stage = stage.map(|stage| stage.id);
                service::advance(past.cx(&actor), vec![id], stage, message).await?;
            }
            Act::Rate(_) => {
                let actor = past.hires(job).await?;
                let assignees: Result<Vec<_>> =
                    file.looked_after_by.iter().map(|who| past.id(who).map(Some)).collect();
                let verdict = Verdict { rating: Some(file.rating), assignees: Some(assignees?) };
                service::rate(past.cx(&actor), id, verdict).await?;
            }
            Act::Note(_, who, text) => {
                let actor = past.actor(who)?;
                service::add_note(past.cx(&actor), id, text).await?;
            }
            Act::Withdraw(_) => {
                let actor = past.actor(&file.by)?;
                service::withdraw(past.cx(&actor), id).await?;
            }
        }
        Ok(())
    }
}

async fn new(past: &Past<'_>, file: &FileApplication, job: Uuid) -> Result<NewApplication> {
    let mut items = Vec::new();
    for slug in &file.shows {
        let item = portfolio_item::Entity::find()
            .filter(portfolio_item::Column::Slug.eq(slug.as_str()))
            .filter(portfolio_item::Column::OwnerId.eq(past.id(&file.by)?))
            .one(past.app.db.fresh())
            .await?;
        items.push(item.map(|item| item.id));
    }
    let answer = |parts: &Vec<String>| {
        let (field, rest) = parts.split_first().context("an answer to nothing")?;
        let options: Vec<String> = rest.to_vec();
        // Options are single words; texts are not.
        let text = options.first().filter(|text| text.contains(' ')).cloned();
        let values = text.is_none().then_some(options);
        let given = Given { field: field.clone(), text, values, ..Given::default() };
        anyhow::Ok(Sent { given, ..Sent::default() })
    };
    let answers: Result<Vec<_>> = file.answers.iter().map(answer).collect();
    let link = |(label, url): &(String, String)| Link { label: label.clone(), url: url.clone() };
    Ok(NewApplication {
        job: Some(job),
        cover_letter: Some(file.letter.clone()),
        items,
        links: file.links.iter().map(link).collect(),
        answers: answers?,
        consent: true,
        ..NewApplication::default()
    })
}
