//! Postings and tasks to be found, as rows with their documents.

use guildhall::{
    Actor,
    entity::{
        board::{self, Visibility},
        board_column::{self, Category},
        board_member,
        job::{self, State, Workplace},
        organization, organization_member, task,
    },
    index::{self, Document, Kind},
};
use sea_orm::{EntityTrait as _, IntoActiveModel as _};
use uuid::Uuid;

use crate::kit::TestApp;

/// Writes the document of a thing, which stands in English.
pub async fn put(app: &TestApp, kind: Kind, subject: Uuid, title: &str, body: &str) {
    let made_at = app.app.clock.now();
    let document = Document { kind, subject, author: None, made_at, language: "en", title, body };
    index::put(&app.app.db.write, &document).await.unwrap();
}

/// A board with one task, on which somebody works; the board's key and the task's.
pub async fn add_task(
    app: &TestApp,
    visibility: Visibility,
    admin: &Actor,
    title: &str,
) -> (Uuid, Uuid) {
    let db = &app.app.db.write;
    let (id, column_id) = (app.app.clock.key(), app.app.clock.key());
    let name = id.simple().to_string().to_uppercase()[26..].to_owned();
    let row = board::Model {
        id,
        key: name.clone(),
        name_key: name.to_lowercase(),
        name,
        description_source: String::new(),
        description_html: String::new(),
        visibility,
        color: None,
        creator_id: None,
        last_number: 1,
        task_count: 1,
        done_count: 0,
        archived_at: None,
        version: 1,
    };
    board::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    let row = board_member::Model {
        board_id: id,
        profile_id: admin.id().unwrap(),
        role: board_member::Role::Admin,
        since: app.app.clock.now(),
    };
    board_member::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    let row = board_column::Model {
        id: column_id,
        board_id: id,
        name: "To do".to_owned(),
        category: Category::Todo,
        color: None,
        position: 0,
        task_limit: None,
        task_count: 1,
    };
    board_column::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    let row = task::Model {
        id: app.app.clock.key(),
        board_id: id,
        column_id,
        number: 1,
        title: title.to_owned(),
        title_key: title.to_lowercase(),
        description_source: String::new(),
        description_html: String::new(),
        mentions: None,
        creator_id: admin.id(),
        parent_id: None,
        priority: 0,
        estimate: None,
        starts_on: None,
        due_at: None,
        due_has_time: 0,
        due_told_at: None,
        rank: "a0".to_owned(),
        checklist: "[]".to_owned(),
        client_key: None,
        child_count: 0,
        done_child_count: 0,
        comment_count: 0,
        reaction_count: 0,
        reactions: "[]".to_owned(),
        updated_at: app.app.clock.now(),
        started_at: None,
        completed_at: None,
        archived_at: None,
        version: 1,
    };
    let task = row.id;
    task::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    put(app, Kind::Task, task, title, "").await;
    (id, task)
}

/// An organization for which somebody hires, and a posting of it.
pub async fn add_job(app: &TestApp, state: State, moderator: &Actor, title: &str) {
    let db = &app.app.db.write;
    let row = organization::Model {
        id: app.app.clock.key(),
        slug: "ashgrove".to_owned(),
        name: "Ashgrove".to_owned(),
        name_key: "ashgrove".to_owned(),
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
    let organization_id = row.id;
    organization::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    put(app, Kind::Organization, organization_id, "Ashgrove", "").await;
    let row = organization_member::Model {
        organization_id,
        profile_id: moderator.id().unwrap(),
        role: organization_member::Role::Moderator,
        since: app.app.clock.now(),
    };
    organization_member::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    let row = job::Model {
        id: app.app.clock.key(),
        organization_id,
        posted_by_id: moderator.id(),
        slug: "a-posting".to_owned(),
        title: title.to_owned(),
        state,
        description_source: String::new(),
        description_html: String::new(),
        responsibilities_source: None,
        responsibilities_html: None,
        requirements_source: None,
        requirements_html: None,
        benefits: "[]".to_owned(),
        employment: 1,
        seniority: None,
        workplace: Workplace::Remote,
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
        published_at: None,
        closes_at: None,
        updated_at: app.app.clock.now(),
        application_count: 0,
        version: 1,
    };
    let job = row.id;
    job::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    put(app, Kind::Job, job, title, "").await;
}
