//! Boards with tasks, written as they are kept.

use chrono::{DateTime, TimeDelta, Utc};
use guildhall::{
    Actor,
    entity::{
        board::{self, Visibility},
        board_column::{self, Category},
        board_member::{self, Role},
        task, task_assignee, task_label, task_label_use, task_relation,
    },
    graph::encode,
    index,
};
use sea_orm::{EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Run, TestApp};

/// A board with a column of each category.
pub struct Board {
    pub id: Uuid,
    pub columns: Vec<Uuid>,
    pub labels: Vec<Uuid>,
}

pub const CATEGORIES: [Category; 6] = [
    Category::Backlog,
    Category::Todo,
    Category::Doing,
    Category::Review,
    Category::Done,
    Category::Cancelled,
];

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn task_id(key: Uuid) -> String {
    encode("task", key).to_string()
}

/// A task that is nothing but there: in the first column, with the number as its rank.
pub fn plain(app: &TestApp, board: &Board, number: i32) -> task::Model {
    let id = app.app.clock.key();
    task::Model {
        id,
        board_id: board.id,
        column_id: board.columns[0],
        number,
        title: format!("Task {number}"),
        title_key: format!("task {number}"),
        description_source: String::new(),
        description_html: String::new(),
        mentions: None,
        creator_id: None,
        parent_id: None,
        priority: 0,
        estimate: None,
        starts_on: None,
        due_at: None,
        due_has_time: 1,
        due_told_at: None,
        rank: format!("{number:04}"),
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
    }
}

impl TestApp {
    /// A board of these members, with a column of each category and three labels.
    pub async fn board_of(&self, key: &str, visibility: Visibility, members: &[&Actor]) -> Board {
        let (db, now) = (&self.app.db.write, self.app.clock.now());
        let id = self.app.clock.key();
        let row = board::Model {
            id,
            key: key.to_owned(),
            name: key.to_owned(),
            name_key: key.to_lowercase(),
            description_source: String::new(),
            description_html: String::new(),
            visibility,
            color: None,
            creator_id: None,
            last_number: 0,
            task_count: 0,
            done_count: 0,
            archived_at: None,
            version: 1,
        };
        board::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
        for member in members {
            let (profile_id, role) = (member.id().unwrap(), Role::Editor);
            let row = board_member::Model { board_id: id, profile_id, role, since: now };
            board_member::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
        }
        let mut columns = Vec::new();
        for (position, category) in (0..).zip(CATEGORIES) {
            let row = board_column::Model {
                id: self.app.clock.key(),
                board_id: id,
                name: format!("{category:?}"),
                category,
                color: None,
                position,
                task_limit: None,
                task_count: 0,
            };
            columns.push(row.id);
            board_column::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
        }
        let mut labels = Vec::new();
        for name in ["bug", "idea", "wish"] {
            let row = task_label::Model {
                id: self.app.clock.key(),
                board_id: id,
                name: name.to_owned(),
                name_key: name.to_owned(),
                color: "#aa0000".to_owned(),
                description: None,
            };
            labels.push(row.id);
            task_label::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
        }
        Board { id, columns, labels }
    }

    /// Writes a task, to be found by its title.
    pub async fn put_task(&self, row: task::Model) -> Uuid {
        let db = &self.app.db.write;
        let document = index::Document {
            kind: index::Kind::Task,
            subject: row.id,
            author: row.creator_id,
            made_at: self.app.clock.now(),
            language: "en",
            title: &row.title,
            body: "",
        };
        index::put(db, &document).await.unwrap();
        let id = row.id;
        task::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
        id
    }

    pub async fn assign(&self, task: Uuid, to: &Actor) {
        let (profile_id, since) = (to.id().unwrap(), self.app.clock.now());
        let row = task_assignee::Model { task_id: task, profile_id, since }.into_active_model();
        task_assignee::Entity::insert(row).exec(&self.app.db.write).await.unwrap();
    }

    pub async fn label(&self, task: Uuid, label_id: Uuid) {
        let row = task_label_use::Model { task_id: task, label_id }.into_active_model();
        task_label_use::Entity::insert(row).exec(&self.app.db.write).await.unwrap();
    }

    /// One task is to be done before the other.
    pub async fn block(&self, task_id: Uuid, other_id: Uuid) {
        let kind = task_relation::Kind::Blocks;
        let row = task_relation::Model { task_id, kind, other_id }.into_active_model();
        task_relation::Entity::insert(row).exec(&self.app.db.write).await.unwrap();
    }

    pub async fn tasks(&self, actor: &Actor, filter: Value, order: Value, page: Value) -> Run {
        let query = "query($filter: TaskFilter, $order: TaskOrder, $first: Int!, $after: String) {
            tasks(filter: $filter, orderBy: $order, first: $first, after: $after) {
                nodes { id } pageInfo { hasNextPage endCursor } } }";
        let mut variables = json!({ "filter": filter, "order": order, "first": 100 });
        for (name, value) in page.as_object().unwrap() {
            variables[name] = value.clone();
        }
        self.run_with(actor, query, variables).await
    }

    /// The ids of all tasks that a filter lets through, in their order, read in pages.
    pub async fn found(
        &self,
        actor: &Actor,
        filter: Value,
        order: Value,
        first: i32,
    ) -> Vec<String> {
        let mut found = Vec::new();
        let mut page = json!({ "first": first });
        loop {
            let run = self.tasks(actor, filter.clone(), order.clone(), page).await.ok();
            found.extend(ids(&run, "tasks.nodes"));
            if run.at("tasks.pageInfo.hasNextPage") == &json!(false) {
                return found;
            }
            page = json!({ "first": first, "after": run.at("tasks.pageInfo.endCursor") });
        }
    }

    pub fn pass(&self, minutes: i64) {
        self.app.clock.advance(TimeDelta::minutes(minutes));
    }
}

/// The ids of a list.
pub fn ids(run: &Run, path: &str) -> Vec<String> {
    let nodes = run.at(path).as_array().unwrap_or_else(|| panic!("{run:#?}"));
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}
