//! Boards with tasks, and organizations with applications, written as rows.

use guildhall::{
    Actor::{self, Guest},
    entity::{
        application,
        board::{self, Visibility},
        board_column,
        board_member::{self, Role},
        file_use::{self, Place},
        job, organization, organization_member, task, task_assignee,
    },
    graph::encode,
    scope::Scope,
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use serde_json::Value;
use uuid::Uuid;

use crate::kit::{TestApp, key};

/// A board with one column and these members.
pub async fn new_board(app: &TestApp, visibility: Visibility, members: &[(&Actor, Role)]) -> Uuid {
    let (db, id) = (&app.app.db.write, app.app.clock.key());
    let row = board::Model {
        id,
        key: id.simple().to_string().to_uppercase(),
        name: "Looms".to_owned(),
        name_key: "looms".to_owned(),
        description_source: String::new(),
        description_html: String::new(),
        visibility,
        color: None,
        creator_id: members.first().and_then(|(actor, _)| actor.id()),
        last_number: 0,
        task_count: 0,
        done_count: 0,
        archived_at: None,
        version: 1,
    };
    board::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    for (actor, role) in members {
        join(app, id, actor, *role).await;
    }
    let column = board_column::Model {
        id: app.app.clock.key(),
        board_id: id,
        name: "To do".to_owned(),
        category: board_column::Category::Todo,
        color: None,
        position: 0,
        task_limit: None,
        task_count: 0,
    };
    board_column::Entity::insert(column.into_active_model()).exec(db).await.unwrap();
    id
}

/// Makes somebody a member of a board.
pub async fn join(app: &TestApp, board: Uuid, who: &Actor, role: Role) {
    let (profile_id, since) = (who.id().unwrap(), app.app.clock.now());
    let row = board_member::Model { board_id: board, profile_id, role, since };
    board_member::Entity::insert(row.into_active_model()).exec(&app.app.db.write).await.unwrap();
}

/// Takes somebody off a board.
pub async fn leave(app: &TestApp, board: Uuid, who: &Actor) {
    let key = (board, who.id().unwrap());
    board_member::Entity::delete_by_id(key).exec(&app.app.db.write).await.unwrap();
}

/// Puts a board away.
pub async fn put_away(app: &TestApp, board: Uuid) {
    let row = board::ActiveModel {
        id: Unchanged(board),
        archived_at: Set(Some(app.app.clock.now())),
        ..Default::default()
    };
    row.update(&app.app.db.write).await.unwrap();
}

/// A task in the first column of a board; answers its id.
pub async fn new_task(app: &TestApp, board: Uuid, creator: &Actor, assignees: &[&Actor]) -> String {
    let (db, id) = (&app.app.db.write, app.app.clock.key());
    let columns = board_column::Entity::find().filter(board_column::Column::BoardId.eq(board));
    let column = columns.one(db).await.unwrap().unwrap();
    let of_board = board::Entity::find_by_id(board).one(db).await.unwrap().unwrap();
    let number = of_board.last_number + 1;
    let mut counts = of_board.into_active_model();
    (counts.last_number, counts.task_count) = (Set(number), Set(number));
    counts.update(db).await.unwrap();
    let row = task::Model {
        id,
        board_id: board,
        column_id: column.id,
        number,
        title: "Mend the loom".to_owned(),
        title_key: "mend the loom".to_owned(),
        description_source: String::new(),
        description_html: String::new(),
        mentions: None,
        creator_id: creator.id(),
        parent_id: None,
        priority: 0,
        estimate: None,
        starts_on: None,
        due_at: None,
        due_has_time: 0,
        due_told_at: None,
        rank: format!("V{number:04}"),
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
    task::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    for who in assignees {
        assign(app, id, who).await;
    }
    encode("task", id).to_string()
}

/// Gives somebody a task to do.
pub async fn assign(app: &TestApp, task: Uuid, who: &Actor) {
    let (profile_id, since) = (who.id().unwrap(), app.app.clock.now());
    let row = task_assignee::Model { task_id: task, profile_id, since };
    task_assignee::Entity::insert(row.into_active_model()).exec(&app.app.db.write).await.unwrap();
}

/// The row of a task.
pub async fn task_row(app: &TestApp, id: &str) -> task::Model {
    let row = task::Entity::find_by_id(key("task", id)).one(&app.app.db.write).await;
    row.unwrap().unwrap()
}

/// Hangs a file on something, as the row that `set` fills.
pub async fn hang(app: &TestApp, file: &str, place: Place, set: impl FnOnce(&mut file_use::Model)) {
    let mut row = file_use::Model {
        id: app.app.clock.key(),
        file_id: key("file", file),
        place,
        position: 0,
        profile_id: None,
        post_id: None,
        comment_id: None,
        message_id: None,
        portfolio_item_id: None,
        email_id: None,
        submission_id: None,
        submission_message_id: None,
        task_id: None,
        organization_id: None,
        application_id: None,
    };
    set(&mut row);
    file_use::Entity::insert(row.into_active_model()).exec(&app.app.db.write).await.unwrap();
}

/// An organization with these members, a job of it, and an application to that.
pub async fn applied(
    app: &TestApp,
    applicant: &Actor,
    team: &[(&Actor, organization_member::Role)],
) -> (Uuid, Uuid) {
    let (db, now) = (&app.app.db.write, app.app.clock.now());
    let (organization, job, id) = (app.app.clock.key(), app.app.clock.key(), app.app.clock.key());
    let row = organization::Model {
        id: organization,
        slug: format!("o-{}", organization.simple()),
        name: "Weavers".to_owned(),
        name_key: "weavers".to_owned(),
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
    organization::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    for (actor, role) in team {
        let row = organization_member::Model {
            organization_id: organization,
            profile_id: actor.id().unwrap(),
            role: *role,
            since: now,
        };
        organization_member::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    }
    let row = job::Model {
        id: job,
        organization_id: organization,
        posted_by_id: None,
        slug: format!("j-{}", job.simple()),
        title: "Weaver".to_owned(),
        state: job::State::Open,
        description_source: String::new(),
        description_html: String::new(),
        responsibilities_source: None,
        responsibilities_html: None,
        requirements_source: None,
        requirements_html: None,
        benefits: "[]".to_owned(),
        employment: 0,
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
        application_count: 1,
        version: 1,
    };
    job::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    let row = application::Model {
        id,
        job_id: job,
        applicant_id: applicant.id().unwrap(),
        state: application::State::Submitted,
        stage_id: None,
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
    application::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    (organization, id)
}

/// Everybody who may stand in some way to a board: its members by role, and others.
pub struct Crew {
    pub app: TestApp,
    pub admin: Actor,
    pub editor: Actor,
    pub commenter: Actor,
    pub viewer: Actor,
    pub stranger: Actor,
    pub staff: Actor,
}

impl Crew {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        Self {
            admin: app.member("ada").await,
            editor: app.member("eli").await,
            commenter: app.member("cleo").await,
            viewer: app.member("vera").await,
            stranger: app.member("sam").await,
            staff: app.with_role("mo", guildhall::entity::account::Role::Admin).await,
            app,
        }
    }

    /// A board on which they are what they are called.
    pub async fn board(&self, visibility: Visibility) -> Uuid {
        let members = [
            (&self.admin, Role::Admin),
            (&self.editor, Role::Editor),
            (&self.commenter, Role::Commenter),
            (&self.viewer, Role::Viewer),
        ];
        new_board(&self.app, visibility, &members).await
    }

    /// Who they are, by name.
    pub fn all(&self) -> [(&'static str, Actor); 9] {
        let token = |scopes: &[Scope]| self.app.by_token(self.commenter, scopes);
        [
            ("guest", Guest),
            ("admin", self.admin),
            ("editor", self.editor),
            ("commenter", self.commenter),
            ("viewer", self.viewer),
            ("stranger", self.stranger),
            ("staff", self.staff),
            ("reading token", token(&[Scope::ReadPublic, Scope::ReadPrivate])),
            ("writing token", token(&[Scope::WriteSocial])),
        ]
    }

    /// Whether one of them sees the board.
    pub fn sees(visibility: Visibility, name: &str) -> bool {
        match visibility {
            Visibility::Public => true,
            Visibility::Members => !["guest", "writing token"].contains(&name),
            Visibility::Private => !["guest", "stranger", "staff", "writing token"].contains(&name),
        }
    }

    /// What one of them hears who comments or reacts: nothing when they may. `path` names the task.
    pub fn refusal(visibility: Visibility, name: &str, path: &str) -> Option<String> {
        match name {
            "guest" => Some("UNAUTHENTICATED".to_owned()),
            "reading token" => Some("SCOPE_MISSING".to_owned()),
            _ if !Self::sees(visibility, name) => Some(format!("NOT_FOUND {path}")),
            "viewer" if visibility == Visibility::Private => Some(format!("FORBIDDEN {path}")),
            _ => None,
        }
    }
}

/// What came of a mutation that must change nothing.
pub async fn refusal(app: &TestApp, actor: &Actor, query: &str, variables: Value) -> String {
    crate::on_items::kit::refusal(app, actor, query, variables).await
}

pub const ALL: [Visibility; 3] = [Visibility::Public, Visibility::Members, Visibility::Private];
