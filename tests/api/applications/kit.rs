//! A job that is open, its hiring team, and those who apply.

use guildhall::{
    Actor,
    entity::{
        account::Role as Standing,
        application,
        hiring_stage::{self, Kind},
        job, organization,
        organization_member::{self, Role},
    },
    graph::encode,
};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, QueryOrder as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Run, TestApp};

pub const SUBMIT: &str = "mutation($input: ApplicationSubmitInput!) { applicationSubmit(input: $input) {
    application { id applicationState name contactEmail phone coverLetter { source } consentText
        resume { name } answers { field text files { name } } links { label } portfolioItems { title } }
    userErrors { code path message } } }";
pub const WITHDRAW: &str = "mutation($id: ID!) { applicationWithdraw(id: $id) {
    application { applicationState deleteAfter } userErrors { code path message } } }";
pub const MOVE: &str = "mutation($ids: [ID!]!, $stage: ID!, $message: Markdown) {
    applicationsMove(ids: $ids, stage: $stage, message: $message) {
        applications { id applicationState version stage { name } } userErrors { code path message } } }";
pub const RATE: &str = "mutation($id: ID!, $rating: Int, $assignees: [ID!]) {
    applicationRate(id: $id, rating: $rating, assignees: $assignees) {
        application { rating version reviewers { handle } } userErrors { code path message } } }";
pub const NOTE: &str =
    "mutation($id: ID!, $text: String!) { applicationNoteAdd(id: $id, text: $text) {
    note { id text author { handle } } subject { id } userErrors { code path message } } }";

pub struct Desk {
    pub app: TestApp,
    /// Owner and moderator of the organization: the hiring team.
    pub olga: Actor,
    pub moe: Actor,
    /// Belongs to it, and no more.
    pub mia: Actor,
    /// Applies.
    pub ada: Actor,
    /// Hires for another organization.
    pub rita: Actor,
    /// Staff of the community.
    pub staff: Actor,
    pub job: Uuid,
    /// NEW, REVIEW, another REVIEW, REJECTED.
    pub stages: Vec<Uuid>,
}

pub async fn desk() -> Desk {
    let app = TestApp::new().await;
    let (olga, moe) = (app.member("olga").await, app.member("moe").await);
    let (mia, ada, rita) =
        (app.member("mia").await, app.member("ada").await, app.member("rita").await);
    let staff = app.with_role("mod", Standing::Moderator).await;
    let team = [(&olga, Role::Owner), (&moe, Role::Moderator), (&mia, Role::Member)];
    let (job, stages) = new_job(&app, "loom", &team).await;
    new_job(&app, "other", &[(&rita, Role::Owner)]).await;
    Desk { app, olga, moe, mia, ada, rita, staff, job, stages }
}

/// An organization with an open job, and the stages of its process.
pub async fn new_job(app: &TestApp, slug: &str, team: &[(&Actor, Role)]) -> (Uuid, Vec<Uuid>) {
    let (db, now) = (&app.app.db.write, app.app.clock.now());
    let key = || app.app.clock.key();
    let organization = organization::Model {
        id: key(),
        slug: slug.to_owned(),
        name: format!("Loom & Sons {slug}"),
        name_key: slug.to_owned(),
        about_source: String::new(),
        about_html: String::new(),
        website: None,
        location: None,
        country: None,
        size: None,
        industry: None,
        founded_year: None,
        verified_at: None,
        open_job_count: 1,
        version: 1,
    };
    let organization_id = organization.id;
    organization.into_active_model().insert(db).await.unwrap();
    for (member, role) in team {
        let profile_id = member.id().unwrap();
        let row =
            organization_member::Model { organization_id, profile_id, role: *role, since: now };
        row.into_active_model().insert(db).await.unwrap();
    }
    let job = job::Model {
        id: key(),
        organization_id,
        posted_by_id: None,
        slug: slug.to_owned(),
        title: "Weaver".to_owned(),
        state: job::State::Open,
        description_source: String::new(),
        description_html: String::new(),
        responsibilities_source: None,
        responsibilities_html: None,
        requirements_source: None,
        requirements_html: None,
        benefits: "[]".to_owned(),
        employment: 1,
        seniority: None,
        workplace: job::Workplace::Remote,
        locations: "[]".to_owned(),
        remote_from: "[]".to_owned(),
        time_zones: None,
        salary_min: None,
        salary_max: None,
        salary_currency: None,
        salary_period: None,
        salary_note: None,
        salary_yearly: None,
        salary_yearly_top: None,
        visa_sponsorship: None,
        language: None,
        openings: 1,
        starts_on: None,
        apply_url: None,
        apply_email: None,
        questions: "[]".to_owned(),
        consent_text: None,
        retention_days: None,
        published_at: Some(now),
        closes_at: None,
        updated_at: now,
        application_count: 0,
        version: 1,
    };
    let id = job.id;
    job.into_active_model().insert(db).await.unwrap();
    let mut stages = Vec::new();
    let kinds = [Kind::New, Kind::Review, Kind::Review, Kind::Rejected];
    for (position, kind) in (0..).zip(kinds) {
        let stage = hiring_stage::Model {
            id: key(),
            job_id: id,
            name: format!("Stage {position}"),
            position,
            kind,
            application_count: 0,
        };
        stages.push(stage.id);
        stage.into_active_model().insert(db).await.unwrap();
    }
    (id, stages)
}

/// Names a job, an application of somebody else and a stage in a document of the table of access.
pub async fn named(app: &TestApp, document: &str, owner: &Actor, role: &str) -> String {
    if !["{job}", "{application}", "{stage}"].iter().any(|name| document.contains(name)) {
        return document.to_owned();
    }
    let (job, stages) = new_job(app, &format!("of-{role}"), &[]).await;
    let job = encode("job", job);
    let input = json!({ "input": { "job": job.as_str() } });
    let run = app.run_with(owner, SUBMIT, input).await.done();
    document
        .replace("{job}", &format!("{:?}", job.as_str()))
        .replace("{stage}", &format!("{:?}", encode("hiring_stage", stages[1]).as_str()))
        .replace("{application}", &format!("{:?}", run.text("applicationSubmit.application.id")))
}

impl Desk {
    pub fn job_id(&self) -> String {
        encode("job", self.job).to_string()
    }

    pub fn stage(&self, at: usize) -> String {
        encode("hiring_stage", self.stages[at]).to_string()
    }

    pub async fn job_row(&self) -> job::Model {
        job::Entity::find_by_id(self.job).one(&self.app.app.db.write).await.unwrap().unwrap()
    }

    /// Changes the job.
    pub async fn set_job(&self, change: impl FnOnce(&mut job::Model)) {
        let mut row = self.job_row().await;
        change(&mut row);
        row.into_active_model().reset_all().update(&self.app.app.db.write).await.unwrap();
    }

    pub fn input(&self, more: Value) -> Value {
        let mut input = json!({ "job": self.job_id() });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        json!({ "input": input })
    }

    pub async fn submit(&self, who: &Actor, more: Value) -> Run {
        self.app.run_with(who, SUBMIT, self.input(more)).await
    }

    /// Tries to apply, which must change nothing, and answers why not.
    pub async fn refuses(&self, who: &Actor, more: Value) -> Vec<String> {
        self.app.refuses(who, SUBMIT, self.input(more)).await.refusals()
    }

    /// Applies, and answers the id.
    pub async fn applied(&self, who: &Actor) -> String {
        let run = self.submit(who, json!({})).await.done();
        run.text("applicationSubmit.application.id").to_owned()
    }

    pub async fn advance(&self, who: &Actor, ids: &[&str], stage: usize, message: Value) -> Run {
        let variables = json!({ "ids": ids, "stage": self.stage(stage), "message": message });
        self.app.run_with(who, MOVE, variables).await
    }

    pub async fn rows(&self) -> Vec<application::Model> {
        let rows = application::Entity::find().order_by_asc(application::Column::Id);
        rows.all(&self.app.app.db.write).await.unwrap()
    }

    /// How many applications the job counts, and each of its stages.
    pub async fn counts(&self) -> (i32, Vec<i32>) {
        let rows = hiring_stage::Entity::find().all(&self.app.app.db.write).await.unwrap();
        let of = |id: &Uuid| rows.iter().find(|row| row.id == *id).unwrap().application_count;
        (self.job_row().await.application_count, self.stages.iter().map(of).collect())
    }

    /// A field of an application, as somebody is shown it; null if they are shown none.
    pub async fn read(&self, who: &Actor, id: &str, fields: &str) -> Value {
        let query = format!("query($id: ID!) {{ application(id: $id) {{ {fields} }} }}");
        let run = self.app.run_with(who, &query, json!({ "id": id })).await.ok();
        run.at("application").clone()
    }
}
