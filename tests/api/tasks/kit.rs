//! Boards and tasks of a test's own.

use guildhall::{
    Actor,
    entity::{
        board::{self, Visibility},
        board_column::{self, Category},
        board_member::{self, Role},
        task, task_label,
    },
    graph::encode,
    typeid,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Run, TestApp, key};

pub const CREATE: &str = "mutation($input: TaskCreateInput!) { taskCreate(input: $input) {
    task { id key } userErrors { code path message } } }";
pub const UPDATE: &str = "mutation($id: ID!, $input: TaskUpdateInput!, $version: Int) {
    taskUpdate(id: $id, input: $input, expectedVersion: $version) {
        task { id version } userErrors { code path message } } }";
pub const UPDATE_ALL: &str = "mutation($ids: [ID!]!, $input: TaskUpdateInput!) {
    tasksUpdate(ids: $ids, input: $input) { tasks { id } userErrors { code path message } } }";
pub const MOVE: &str = "mutation($id: ID!, $column: ID!, $after: ID, $before: ID) {
    taskMove(id: $id, column: $column, after: $after, before: $before) {
        task { id rank column { id } } userErrors { code path message } } }";
pub const RELATE: &str =
    "mutation($id: ID!, $kind: RelationKind!, $other: ID!, $related: Boolean!) {
    taskRelate(id: $id, kind: $kind, other: $other, related: $related) {
        task { id } userErrors { code path message } } }";
pub const STEPS: &str = "mutation($task: ID!, $items: [ChecklistItemInput!]!) {
    checklistSet(task: $task, items: $items) {
        task { checklist { id text done } } userErrors { code path message } } }";

/// A board with an admin (Ada), an editor (Eve), a commenter (Cora) and a viewer (Vic), and To do, Doing and Done.
pub struct Desk {
    pub app: TestApp,
    pub ada: Actor,
    pub eve: Actor,
    pub cora: Actor,
    pub vic: Actor,
    pub stan: Actor,
    pub board: Board,
}

#[derive(Clone, Debug)]
pub struct Board {
    pub id: String,
    pub key: Uuid,
    /// Ids, in their order.
    pub columns: Vec<String>,
}

pub async fn desk(visibility: Visibility) -> Desk {
    let app = TestApp::new().await;
    let (ada, eve) = (app.member("ada").await, app.member("eve").await);
    let (cora, vic, stan) =
        (app.member("cora").await, app.member("vic").await, app.member("stan").await);
    let members =
        [(&ada, Role::Admin), (&eve, Role::Editor), (&cora, Role::Commenter), (&vic, Role::Viewer)];
    let board = new_board(&app, "GLD", visibility, &members).await;
    Desk { app, ada, eve, cora, vic, stan, board }
}

/// A board with the columns To do, Doing and Done.
pub async fn new_board(
    app: &TestApp,
    name: &str,
    visibility: Visibility,
    members: &[(&Actor, Role)],
) -> Board {
    let db = &app.app.db.write;
    let id = app.app.clock.key();
    let row = board::ActiveModel {
        id: Set(id),
        key: Set(name.to_owned()),
        name: Set(name.to_owned()),
        name_key: Set(name.to_lowercase()),
        description_source: Set(String::new()),
        description_html: Set(String::new()),
        visibility: Set(visibility),
        color: Set(None),
        creator_id: Set(None),
        last_number: Set(0),
        task_count: Set(0),
        done_count: Set(0),
        archived_at: Set(None),
        version: Set(1),
    };
    board::Entity::insert(row).exec(db).await.unwrap();
    for (member, role) in members {
        let row = board_member::ActiveModel {
            board_id: Set(id),
            profile_id: Set(member.id().unwrap()),
            role: Set(*role),
            since: Set(app.app.clock.now()),
        };
        board_member::Entity::insert(row).exec(db).await.unwrap();
    }
    let mut columns = Vec::new();
    let kinds = [("To do", Category::Todo), ("Doing", Category::Doing), ("Done", Category::Done)];
    for (position, (name, category)) in (0..).zip(kinds) {
        let column = app.app.clock.key();
        let row = board_column::ActiveModel {
            id: Set(column),
            board_id: Set(id),
            name: Set(name.to_owned()),
            category: Set(category),
            color: Set(None),
            position: Set(position),
            task_limit: Set(None),
            task_count: Set(0),
        };
        board_column::Entity::insert(row).exec(db).await.unwrap();
        columns.push(encode("board_column", column).to_string());
    }
    Board { id: encode("board", id).to_string(), key: id, columns }
}

/// A label of a board; its id.
pub async fn new_label(app: &TestApp, board: &Board, name: &str) -> String {
    let id = app.app.clock.key();
    let row = task_label::ActiveModel {
        id: Set(id),
        board_id: Set(board.key),
        name: Set(name.to_owned()),
        name_key: Set(name.to_lowercase()),
        color: Set("#336699".to_owned()),
        description: Set(None),
    };
    task_label::Entity::insert(row).exec(&app.app.db.write).await.unwrap();
    encode("task_label", id).to_string()
}

/// A task on a board of its own that members see and the owner edits: its id, the board's and that of its first column.
pub async fn on_a_board(app: &TestApp, owner: &Actor, name: &str) -> (String, Board) {
    let board = new_board(app, name, Visibility::Members, &[(owner, Role::Admin)]).await;
    (add(app, owner, &board, json!({ "title": "Something" })).await, board)
}

/// Makes a task on a board; its id.
pub async fn add(app: &TestApp, actor: &Actor, board: &Board, mut input: Value) -> String {
    input["board"] = json!(board.id);
    let run = app.run_with(actor, CREATE, json!({ "input": input })).await.done();
    run.text("taskCreate.task.id").to_owned()
}

pub async fn update(app: &TestApp, actor: &Actor, id: &str, input: Value) -> Run {
    app.run_with(actor, UPDATE, json!({ "id": id, "input": input })).await
}

pub async fn row(app: &TestApp, id: &str) -> task::Model {
    let row = task::Entity::find_by_id(key("task", id)).one(&app.app.db.write).await;
    row.unwrap().unwrap()
}

/// The titles in a column, from the top.
pub async fn standing_in(app: &TestApp, column: &str) -> Vec<String> {
    let rows = task::Entity::find()
        .filter(task::Column::ColumnId.eq(key("board_column", column)))
        .filter(task::Column::ArchivedAt.is_null())
        .order_by_asc(task::Column::Rank)
        .order_by_asc(task::Column::Id)
        .all(&app.app.db.write)
        .await
        .unwrap();
    rows.into_iter().map(|row| row.title).collect()
}

/// What boards, columns and tasks count otherwise than there is: nothing.
pub async fn miscounted(app: &TestApp) -> Vec<String> {
    let text = "SELECT 'board' AS what, id FROM board b WHERE \
        task_count <> (SELECT COUNT(*) FROM task t WHERE t.board_id = b.id AND t.archived_at IS NULL) OR \
        done_count <> (SELECT COUNT(*) FROM task t WHERE t.board_id = b.id AND t.archived_at IS NULL \
            AND t.completed_at IS NOT NULL) \
        UNION ALL SELECT 'column', id FROM board_column c WHERE \
        task_count <> (SELECT COUNT(*) FROM task t WHERE t.column_id = c.id AND t.archived_at IS NULL) \
        UNION ALL SELECT 'task', id FROM task p WHERE \
        child_count <> (SELECT COUNT(*) FROM task t WHERE t.parent_id = p.id AND t.archived_at IS NULL) OR \
        done_child_count <> (SELECT COUNT(*) FROM task t WHERE t.parent_id = p.id \
            AND t.archived_at IS NULL AND t.completed_at IS NOT NULL)";
    let db = &app.app.db.write;
    let rows = db.query_all_raw(Statement::from_string(app.app.db.backend(), text)).await.unwrap();
    let words = |row: &sea_orm::QueryResult| {
        let (what, id): (String, Uuid) =
            (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        typeid::encode(&what, id)
    };
    rows.iter().map(words).collect()
}
