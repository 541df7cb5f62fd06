//! Organizations, what they look for, and what members keep looking for.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use async_graphql::Value;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveEnum as _;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    applications::{self, FileApplication, Filed},
    named,
    past::{Past, Story},
    read,
};
use crate::{
    app::App,
    entity::{
        job::{SalaryPeriod, Seniority, State, Workplace},
        organization::Size,
        organization_member::Role,
        saved_search::Alert,
    },
    fields::Field,
    jobs::{
        saved,
        service::{self, Location, Salary},
    },
    organizations::service as organizations,
    seed::Community,
};

const FILE: &str = include_str!("jobs.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    organization: Vec<FileOrganization>,
    application: Vec<FileApplication>,
    search: Vec<FileSearch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOrganization {
    slug: String,
    name: String,
    /// Handles.
    owner: String,
    #[serde(default)]
    hires: Vec<String>,
    /// How many days ago it came.
    ago: i64,
    #[serde(default)]
    verified: bool,
    about: String,
    website: String,
    location: String,
    country: String,
    size: String,
    industry: String,
    founded: i32,
    job: Vec<FileJob>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileJob {
    /// What this file calls it.
    name: String,
    title: String,
    by: String,
    ago: i64,
    /// In how many days it closes.
    closes: Option<i64>,
    /// What it came to, and how many days ago; it is open otherwise.
    ends: Option<(String, i64)>,
    description: String,
    responsibilities: Option<String>,
    requirements: Option<String>,
    #[serde(default)]
    benefits: Vec<String>,
    skills: Vec<String>,
    employment: Vec<String>,
    seniority: Option<String>,
    workplace: String,
    /// City, country.
    #[serde(default)]
    places: Vec<(String, String)>,
    #[serde(default)]
    remote_from: Vec<String>,
    time_zones: Option<String>,
    /// From, to, currency, per.
    salary: Option<(i64, i64, String, String)>,
    visa: Option<bool>,
    language: Option<String>,
    openings: Option<i32>,
    /// Days.
    retention: Option<u64>,
    consent: Option<String>,
    #[serde(default)]
    question: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSearch {
    by: String,
    name: String,
    ago: i64,
    alert: String,
    /// A `JobFilter`, as JSON.
    filter: String,
}

/// What happens.
enum Act<'a> {
    Found(&'a FileOrganization),
    Join(&'a FileOrganization, &'a str),
    Verify(&'a FileOrganization),
    Write(&'a FileOrganization, &'a FileJob),
    Turn(&'a FileJob, State),
    Expire,
    Application(applications::Act<'a>),
    Search(&'a FileSearch),
}

/// Tells it all.
pub(super) async fn tell(app: &App, community: &Community) -> Result<()> {
    let file: File = toml::from_str(FILE)?;
    let mut story = Story::new(app.clock.now(), 3);
    for organization in &file.organization {
        let at = story.day(organization.ago);
        story.note(at, Act::Found(organization));
        for (minutes, handle) in (5..).zip(&organization.hires) {
            story.note(at + TimeDelta::minutes(minutes), Act::Join(organization, handle));
        }
        if organization.verified {
            story.note(at + TimeDelta::days(2), Act::Verify(organization));
        }
        for job in &organization.job {
            plan(&mut story, organization, job)?;
        }
    }
    for application in &file.application {
        applications::plan(&mut story, application, Act::Application);
    }
    for search in &file.search {
        let at = story.day(search.ago);
        story.note(at, Act::Search(search));
    }
    let first = file.organization.iter().map(|organization| organization.ago).max();
    let mut hiring = Hiring {
        past: Past::begin(app, community, first.unwrap_or_default())?,
        today: app.clock.now(),
        organizations: HashMap::new(),
        jobs: HashMap::new(),
        filed: Filed::default(),
    };
    for (at, act) in story.told() {
        hiring.past.until(at);
        hiring.act(act).await?;
    }
    Ok(())
}

fn plan<'a>(
    story: &mut Story<Act<'a>>,
    organization: &'a FileOrganization,
    job: &'a FileJob,
) -> Result<()> {
    let at = story.day(job.ago);
    story.note(at, Act::Write(organization, job));
    let (end, ago) = match &job.ends {
        Some((state, ago)) => (State::try_from_value(state)?, *ago),
        None => (State::Open, 0),
    };
    if end != State::Draft {
        story.note(at + TimeDelta::minutes(40), Act::Turn(job, State::Open));
    }
    if !matches!(end, State::Draft | State::Open) {
        let ended = story.day(ago);
        story.note(ended, Act::Turn(job, end));
    }
    if let Some(days) = job.closes.filter(|days| *days < 0) {
        // As the timer does, soon after it.
        let ended = story.day(-days) + TimeDelta::hours(6);
        story.note(ended, Act::Expire);
    }
    Ok(())
}

/// What is there already, by what the file calls it.
struct Hiring<'a> {
    past: Past<'a>,
    today: DateTime<Utc>,
    organizations: HashMap<&'a str, Uuid>,
    jobs: HashMap<&'a str, Uuid>,
    filed: Filed<'a>,
}

impl<'a> Hiring<'a> {
    async fn act<'b: 'a>(&mut self, act: Act<'b>) -> Result<()> {
        let past = &self.past;
        match act {
            Act::Found(organization) => {
                let actor = past.actor(&organization.owner)?;
                let new = new_organization(organization)?;
                let row = organizations::save(past.cx(&actor), None, new, None).await?;
                self.organizations.insert(&organization.slug, row.id);
            }
            Act::Join(organization, handle) => {
                let actor = past.actor(&organization.owner)?;
                let id = self.organizations.get(&*organization.slug).copied();
                let who = Some(past.id(handle)?);
                let role = Some(Role::Moderator);
                organizations::set_member(past.cx(&actor), id, who, role).await?;
            }
            Act::Verify(organization) => {
                let staff = past.staff()?;
                let id = self.organizations.get(&*organization.slug).copied();
                organizations::verify(past.cx(&staff), id, true).await?;
            }
            Act::Write(organization, job) => {
                let actor = past.actor(&job.by)?;
                let id = self.organizations.get(&*organization.slug).copied();
                let new = self.new_job(job, id)?;
                let row = service::create(past.cx(&actor), new, None).await?;
                self.jobs.insert(&job.name, row.id);
            }
            Act::Turn(job, state) => {
                let actor = past.actor(&job.by)?;
                let id = self.jobs.get(&*job.name).copied();
                service::set_state(past.cx(&actor), id, state).await?;
            }
            Act::Expire => service::expire(&past.app).await?,
            Act::Application(act) => self.filed.act(past, &self.jobs, act).await?,
            Act::Search(search) => {
                let actor = past.actor(&search.by)?;
                let filter = Value::from_json(serde_json::from_str(&search.filter)?)?;
                let new = saved::NewSearch {
                    name: search.name.clone(),
                    filter: read(filter)?,
                    alert: Alert::try_from_value(&search.alert)?,
                };
                saved::save(past.cx(&actor), None, new).await?;
            }
        }
        Ok(())
    }

    fn new_job(&self, job: &FileJob, organization: Option<Uuid>) -> Result<service::Changes> {
        ensure!(organization.is_some(), "{} is of no organization", job.title);
        let employment: Result<Vec<_>> = job.employment.iter().map(|name| named(name)).collect();
        let seniority = job.seniority.as_ref().map(Seniority::try_from_value).transpose()?;
        let salary = job.salary.as_ref().map(|(min, max, currency, period)| {
            anyhow::Ok(Salary {
                min: Some(min * 100),
                max: Some(max * 100),
                currency: currency.clone(),
                period: SalaryPeriod::try_from_value(period)?,
                note: None,
            })
        });
        let place = |(city, country): &(String, String)| Location {
            label: city.clone(),
            country: Some(country.clone()),
            region: None,
            city: Some(city.clone()),
        };
        let language = job.language.clone().unwrap_or_else(|| "en".to_owned());
        Ok(service::Changes {
            organization: Some(organization),
            title: Some(job.title.clone()),
            description: Some(job.description.trim().to_owned()),
            responsibilities: Some(job.responsibilities.clone()),
            requirements: Some(job.requirements.clone()),
            benefits: Some(job.benefits.clone()),
            skills: Some(job.skills.clone()),
            employment: Some(employment?),
            seniority: Some(seniority),
            workplace: Some(Workplace::try_from_value(&job.workplace)?),
            locations: Some(job.places.iter().map(place).collect()),
            remote_from: Some(job.remote_from.clone()),
            time_zones: Some(job.time_zones.clone()),
            salary: Some(salary.transpose()?),
            visa_sponsorship: Some(job.visa),
            language: Some(Some(language)),
            closes_at: Some(job.closes.map(|days| self.today + TimeDelta::days(days))),
            openings: job.openings,
            questions: Some(job.question.clone()),
            consent_text: Some(job.consent.clone()),
            retention: Some(job.retention.map(|days| days * 86_400)),
            ..service::Changes::default()
        })
    }
}

fn new_organization(file: &FileOrganization) -> Result<organizations::Changes> {
    Ok(organizations::Changes {
        name: Some(file.name.clone()),
        slug: Some(Some(file.slug.clone())),
        about: Some(Some(file.about.trim().to_owned())),
        website: Some(Some(file.website.clone())),
        location: Some(Some(file.location.clone())),
        country: Some(Some(file.country.clone())),
        size: Some(Some(Size::try_from_value(&file.size).context(file.slug.clone())?)),
        industry: Some(Some(file.industry.clone())),
        founded_year: Some(Some(file.founded)),
        ..organizations::Changes::default()
    })
}
