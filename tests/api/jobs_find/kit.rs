//! Organizations and postings, written as rows, with what is found of them.

use chrono::{DateTime, Utc};
use guildhall::{
    Actor,
    cx::Hand,
    entity::{
        job::{self, Employment, SalaryPeriod, Seniority, State, Workplace},
        job_country, job_tag, organization,
        organization_member::{self, Role},
    },
    index::{self, Document, Kind},
    tags::service::{ensure, name},
};
use sea_orm::{EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Run, TestApp};

/// What a posting says.
#[derive(Clone, Debug)]
pub struct Post {
    pub title: &'static str,
    pub body: &'static str,
    pub state: State,
    pub employment: &'static [Employment],
    pub seniority: Option<Seniority>,
    pub workplace: Workplace,
    pub countries: &'static [&'static str],
    pub skills: &'static [&'static str],
    /// In hundredths of EUR, a year.
    pub salary: Option<i64>,
    pub visa: Option<bool>,
    pub language: Option<&'static str>,
    pub closes_at: Option<DateTime<Utc>>,
}

impl Default for Post {
    fn default() -> Self {
        Self {
            title: "Weaver",
            body: "Some work",
            state: State::Open,
            employment: &[Employment::FullTime],
            seniority: None,
            workplace: Workplace::OnSite,
            countries: &[],
            skills: &[],
            salary: None,
            visa: None,
            language: Some("en"),
            closes_at: None,
        }
    }
}

impl TestApp {
    /// An organization, with those who act for it.
    pub async fn hirer(&self, name: &str, team: &[(&Actor, Role)]) -> Uuid {
        let id = self.app.clock.key();
        let row = organization::Model {
            id,
            slug: name.to_lowercase(),
            name: name.to_owned(),
            name_key: name.to_lowercase(),
            about_source: String::new(),
            about_html: String::new(),
            website: None,
            location: None,
            country: None,
            size: None,
            industry: None,
            founded_year: None,
            verified_at: None,
            open_job_count: 0,
            version: 1,
        };
        let db = &self.app.db.write;
        organization::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
        for (who, role) in team {
            let row = organization_member::Model {
                organization_id: id,
                profile_id: who.id().unwrap(),
                role: *role,
                since: self.app.clock.now(),
            };
            let row = row.into_active_model();
            organization_member::Entity::insert(row).exec(db).await.unwrap();
        }
        id
    }

    /// A posting of an organization.
    pub async fn post_job(&self, organization_id: Uuid, post: Post) -> Uuid {
        let db = &self.app.db.write;
        let id = self.app.clock.key();
        let now = self.app.clock.now();
        let is_draft = post.state == State::Draft;
        let row = job::Model {
            id,
            organization_id,
            posted_by_id: None,
            slug: format!("job-{}", id.simple()),
            title: post.title.to_owned(),
            state: post.state,
            description_source: post.body.to_owned(),
            description_html: String::new(),
            responsibilities_source: None,
            responsibilities_html: None,
            requirements_source: None,
            requirements_html: None,
            benefits: "[]".to_owned(),
            employment: post.employment.iter().fold(0, |set, kind| set | kind.bit()),
            seniority: post.seniority,
            workplace: post.workplace,
            locations: "[]".to_owned(),
            remote_from: "[]".to_owned(),
            time_zones: None,
            salary_min: post.salary,
            salary_max: post.salary,
            salary_currency: post.salary.map(|_| "EUR".to_owned()),
            salary_period: post.salary.map(|_| SalaryPeriod::Year),
            salary_note: None,
            salary_yearly: post.salary,
            salary_yearly_top: post.salary,
            visa_sponsorship: post.visa.map(i32::from),
            language: post.language.map(str::to_owned),
            openings: 1,
            starts_on: None,
            apply_url: None,
            apply_email: None,
            questions: "[]".to_owned(),
            consent_text: None,
            retention_days: None,
            published_at: (!is_draft).then_some(now),
            closes_at: post.closes_at,
            updated_at: now,
            application_count: 0,
            version: 1,
        };
        job::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
        for country in post.countries {
            let row = job_country::Model { job_id: id, country: (*country).to_owned() };
            job_country::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
        }
        let hand = Hand::of_server(&self.app);
        let names: Vec<_> = post.skills.iter().map(|skill| name(skill).unwrap()).collect();
        let tags = ensure(hand.cx(&self.app), db, &names).await.unwrap();
        for (position, tag_id) in (0..).zip(tags) {
            let row = job_tag::Model { job_id: id, tag_id, position }.into_active_model();
            job_tag::Entity::insert(row).exec(db).await.unwrap();
        }
        let document = Document {
            kind: Kind::Job,
            subject: id,
            author: None,
            made_at: now,
            language: post.language.unwrap_or("en"),
            title: post.title,
            body: post.body,
        };
        index::put(db, &document).await.unwrap();
        id
    }

    /// Sets where a posting stands.
    pub async fn set_job(&self, id: Uuid, state: State) {
        use sea_orm::{
            ActiveModelTrait as _,
            ActiveValue::{Set, Unchanged},
        };
        let row = job::ActiveModel { id: Unchanged(id), state: Set(state), ..Default::default() };
        row.update(&self.app.db.write).await.unwrap();
    }

    /// The titles of what a filter finds, in their order.
    pub async fn jobs_found(&self, actor: &Actor, filter: Value) -> Vec<String> {
        self.jobs(actor, json!({ "filter": filter })).await.ok().list("jobs.nodes", "title")
    }

    pub async fn jobs(&self, actor: &Actor, variables: Value) -> Run {
        self.run_with(actor, JOBS, variables).await
    }
}

pub const JOBS: &str =
    "query($filter: JobFilter, $orderBy: JobOrder, $first: Int = 100, $after: String) {
    jobs(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        nodes { title } edges { highlight cursor } pageInfo { hasNextPage endCursor } } }";
pub const FACETS: &str = "query($filter: JobFilter) { jobs(filter: $filter, first: 1) { facets {
    employment { key label count } seniority { key count } workplace { key count }
    country { key label count } skill { key label count } organization { key label count } } } }";
