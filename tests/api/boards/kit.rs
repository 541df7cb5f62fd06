//! Boards of a test's own.

use guildhall::{
    Actor, Cx,
    entity::{task, task_activity},
    graph::encode,
    infra::reader::Reader,
    streams::{self, NewEvent, Stream},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use uuid::Uuid;

use crate::kit::{Run, TestApp, key, profile_id};

pub const MAKE: &str = "mutation($input: BoardCreateInput!) { boardCreate(input: $input) {
    board { id key name visibility color version columns { id name category position limit color taskCount } viewer { role } }
    userErrors { code path message } } }";
pub const UPDATE: &str = "mutation($id: ID!, $input: BoardUpdateInput!, $version: Int) {
    boardUpdate(id: $id, input: $input, expectedVersion: $version) {
        board { name visibility color version description { source html } } userErrors { code path message } } }";
pub const ARCHIVE: &str =
    "mutation($id: ID!, $archived: Boolean! = true) { boardArchive(id: $id, archived: $archived) {
    board { archivedAt version } userErrors { code path } } }";
pub const SET: &str = "mutation($id: ID!, $profile: ID!, $role: BoardRole) {
    boardMemberSet(id: $id, profile: $profile, role: $role) { board { id } userErrors { code path } } }";
pub const COLUMN: &str = "mutation($board: ID!, $id: ID, $input: BoardColumnInput!) {
    boardColumnSave(board: $board, id: $id, input: $input) {
        board { doneCount columns { id name category position limit color taskCount } } userErrors { code path } } }";
pub const COLUMN_DELETE: &str =
    "mutation($id: ID!, $to: ID!) { boardColumnDelete(id: $id, moveTo: $to) {
    board { doneCount columns { id name position taskCount } } userErrors { code path } } }";
pub const LABEL: &str =
    "mutation($board: ID!, $id: ID, $name: String!, $color: String!, $description: String) {
    taskLabelSave(board: $board, id: $id, name: $name, color: $color, description: $description) {
        board { labels { id name color description } } userErrors { code path } } }";
pub const LABEL_DELETE: &str =
    "mutation($id: ID!) { taskLabelDelete(id: $id) { deletedIds userErrors { code path } } }";

/// A board with its columns and a label, as ids.
pub struct Made {
    pub id: String,
    pub columns: Vec<String>,
    pub label: String,
}

impl Made {
    pub fn key(&self) -> Uuid {
        key("board", &self.id)
    }
}

impl TestApp {
    /// Makes a board with the usual columns and a label.
    pub async fn make_board(&self, owner: &Actor, name: &str, visibility: &str) -> Made {
        let input = json!({ "name": name, "visibility": visibility });
        let run = self.run_with(owner, MAKE, json!({ "input": input })).await.done();
        let id = run.text("boardCreate.board.id").to_owned();
        let columns = run.list("boardCreate.board.columns", "id");
        let label = json!({ "board": id, "name": "bug", "color": "#AA0000" });
        let run = self.run_with(owner, LABEL, label).await.done();
        let label = run.text("taskLabelSave.board.labels.0.id").to_owned();
        Made { id, columns, label }
    }

    /// Adds somebody to a board, gives them another role, or (null) removes them.
    pub async fn set_on(&self, who: &Actor, board: &str, whom: &Actor, role: Value) -> Run {
        let variables = json!({ "id": board, "profile": profile_id(whom), "role": role });
        self.run_with(who, SET, variables).await
    }

    /// The tasks of a column, in their order.
    pub async fn tasks_in(&self, column: &str) -> Vec<task::Model> {
        let rows =
            task::Entity::find().filter(task::Column::ColumnId.eq(key("board_column", column)));
        let rows = rows.order_by_asc(task::Column::Rank).order_by_asc(task::Column::Id);
        rows.all(&self.app.db.write).await.unwrap()
    }

    /// Writes a task by its row, counted nowhere.
    pub async fn put_in_column(
        &self,
        column: &str,
        rank: &str,
        of: impl FnOnce(&mut task::Model),
    ) -> Uuid {
        let column_id = key("board_column", column);
        let column = guildhall::entity::board_column::Entity::find_by_id(column_id);
        let column = column.one(&self.app.db.write).await.unwrap().unwrap();
        let id = self.app.clock.key();
        let number = task::Entity::find().filter(task::Column::BoardId.eq(column.board_id));
        let number = number.all(&self.app.db.write).await.unwrap().len();
        let mut row = task::Model {
            id,
            board_id: column.board_id,
            column_id,
            number: i32::try_from(number).unwrap() + 1,
            title: "Weave".to_owned(),
            title_key: "weave".to_owned(),
            description_source: String::new(),
            description_html: String::new(),
            mentions: None,
            creator_id: None,
            parent_id: None,
            priority: 0,
            estimate: None,
            starts_on: None,
            due_at: None,
            due_has_time: 0,
            due_told_at: None,
            rank: rank.to_owned(),
            checklist: "[]".to_owned(),
            client_key: None,
            child_count: 0,
            done_child_count: 0,
            comment_count: 0,
            reaction_count: 0,
            reactions: "[]".to_owned(),
            updated_at: self.app.clock.now(),
            started_at: None,
            completed_at: None,
            archived_at: None,
            version: 1,
        };
        of(&mut row);
        let row =
            sea_orm::ActiveModelTrait::reset_all(sea_orm::IntoActiveModel::into_active_model(row));
        task::Entity::insert(row).exec_without_returning(&self.app.db.write).await.unwrap();
        id
    }

    /// Writes an event on the stream of a board, as the writes of tasks do.
    pub async fn happen(&self, who: &Actor, board: &Made, event: NewEvent) {
        let db = Reader::Pool(self.app.db.fresh().clone());
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let cx = Cx { app: &self.app, actor: who, address, db: &db };
        let tx = cx.begin().await.unwrap();
        streams::tell(cx, tx, Stream::board(board.key()), [event]).await.unwrap();
    }

    /// The history of a board, oldest first: kind, field, before and after.
    pub async fn history(&self, board: &Made) -> Vec<String> {
        let rows =
            task_activity::Entity::find().filter(task_activity::Column::BoardId.eq(board.key()));
        let rows =
            rows.order_by_asc(task_activity::Column::Id).all(&self.app.db.write).await.unwrap();
        let word = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let line = |row: task_activity::Model| {
            let (field, before, after) = (word(row.field), word(row.before), word(row.after));
            format!("{:?} {field} {before} {after}", row.kind)
        };
        rows.into_iter().map(line).collect()
    }
}

/// The id of a task.
pub fn task_id(id: Uuid) -> String {
    encode("task", id).to_string()
}
