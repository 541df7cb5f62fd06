//! What the tests of postings do again and again.

use guildhall::{
    Actor,
    entity::{application, hiring_stage, job},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use crate::{
    kit::{Run, TestApp, key},
    organizations::kit::{MEMBER, becomes, organization},
};

pub const CREATE: &str = "mutation($input: JobInput!) { jobCreate(input: $input) {
    job { id slug jobState version } userErrors { code path message } } }";
pub const UPDATE: &str = "mutation($id: ID!, $input: JobInput!, $version: Int) {
    jobUpdate(id: $id, input: $input, expectedVersion: $version) {
        job { id version salary { min max currency per note yearlyMid } }
        userErrors { code path message } } }";
pub const STATE: &str =
    "mutation($id: ID!, $state: JobState!) { jobStateSet(id: $id, state: $state) {
    job { jobState publishedAt updatedAt version organization { openJobCount } }
    userErrors { code path message } } }";
pub const STAGES: &str = "mutation($id: ID!, $stages: [HiringStageInput!]!) {
    hiringStagesSet(job: $id, stages: $stages) {
        job { stages { id name kind position count } } userErrors { code path message } } }";

/// A team that hires, and others.
pub struct Team {
    pub app: TestApp,
    /// Owns the organization.
    pub olga: Actor,
    /// Hires for it.
    pub moe: Actor,
    /// Belongs to it, and no more.
    pub mia: Actor,
    /// Hires for another.
    pub rita: Actor,
    pub organization: String,
}

pub async fn team() -> Team {
    of_team(TestApp::new().await).await
}

pub async fn of_team(app: TestApp) -> Team {
    let (olga, moe) = (app.member("olga").await, app.member("moe").await);
    let (mia, rita) = (app.member("mia").await, app.member("rita").await);
    let id = organization(&app, &olga, "Looms").await;
    organization(&app, &rita, "Others").await;
    for (who, role) in [(&moe, "MODERATOR"), (&mia, "MEMBER")] {
        app.run_with(&olga, MEMBER, becomes(&id, who, json!(role))).await.done();
    }
    Team { app, olga, moe, mia, rita, organization: id }
}

impl Team {
    /// Begins a posting.
    pub async fn draft(&self, title: &str) -> String {
        draft(&self.app, &self.moe, &self.organization, title).await
    }

    /// A posting that is open.
    pub async fn open(&self, title: &str) -> String {
        let id = self.draft(title).await;
        self.set(&id, "OPEN").await.done();
        id
    }

    pub async fn set(&self, id: &str, state: &str) -> Run {
        self.app.run_with(&self.moe, STATE, json!({ "id": id, "state": state })).await
    }

    /// Why a posting can't come to a state.
    pub async fn refuses_state(&self, id: &str, state: &str) -> Vec<String> {
        let ask = json!({ "id": id, "state": state });
        self.app.refuses(&self.moe, STATE, ask).await.refusals()
    }

    pub async fn change(&self, id: &str, input: Value) -> Run {
        self.app.run_with(&self.moe, UPDATE, json!({ "id": id, "input": input })).await
    }

    /// The row of a posting.
    pub async fn row(&self, id: &str) -> job::Model {
        let row = job::Entity::find_by_id(key("job", id)).one(&self.app.app.db.write).await;
        row.unwrap().unwrap()
    }
}

/// Begins a posting that has all it needs to be open.
pub async fn draft(app: &TestApp, who: &Actor, organization: &str, title: &str) -> String {
    let input = json!({ "organization": organization, "title": title, "description": "Make **looms**",
        "workplace": "REMOTE" });
    let run = app.run_with(who, CREATE, json!({ "input": input })).await.done();
    run.text("jobCreate.job.id").to_owned()
}

/// A posting that is open.
pub async fn posting(app: &TestApp, who: &Actor, organization: &str) -> String {
    let id = draft(app, who, organization, "Weaver").await;
    app.run_with(who, STATE, json!({ "id": id, "state": "OPEN" })).await.done();
    id
}

/// An application that stands at a stage, as applying leaves it.
pub async fn applies(app: &TestApp, who: &Actor, job: &str, stage: &str) {
    let db = &app.app.db.write;
    let stage = key("hiring_stage", stage);
    let (now, id) = (app.app.clock.now(), app.app.clock.key());
    let row = application::Model {
        id,
        job_id: key("job", job),
        applicant_id: who.id().unwrap(),
        state: application::State::Submitted,
        stage_id: Some(stage),
        name: "Ada".to_owned(),
        name_key: "ada".to_owned(),
        email: "ada@example.org".to_owned(),
        phone: None,
        cover_source: None,
        cover_html: None,
        links: "[]".to_owned(),
        answers: "[]".to_owned(),
        consent_text: None,
        consented_at: None,
        rating: None,
        submitted_at: now,
        updated_at: now,
        erase_at: None,
        version: 1,
    };
    application::Entity::insert(row.into_active_model()).exec_without_returning(db).await.unwrap();
    let stage = hiring_stage::Entity::find_by_id(stage).one(db).await.unwrap().unwrap();
    let count = stage.application_count + 1;
    let mut stage = stage.into_active_model();
    stage.application_count = Set(count);
    stage.update(db).await.unwrap();
}
