//! Boards and tasks of a made-up community: their ranks, their keys and their counts.

use std::collections::{HashMap, HashSet};

use guildhall::{
    Actor,
    clock::made_at,
    entity::{
        board, board_column, board_member, task, task_activity, task_assignee, task_label,
        task_label_use, task_relation, work_item,
    },
    seed,
};
use sea_orm::{EntityTrait, QueryOrder as _};
use uuid::Uuid;

use crate::{
    kit::TestApp,
    seed::{SIZES, counts, of, write},
};

async fn grown() -> TestApp {
    let app = TestApp::new().await;
    let community = seed::grow(&SIZES, 7, app.app.clock.now());
    assert_eq!(write(&app, &community).await, community.rows());
    app
}

async fn all<E: EntityTrait>(app: &TestApp) -> Vec<E::Model> {
    E::find().all(&app.app.db.write).await.unwrap()
}

async fn tasks(app: &TestApp) -> Vec<task::Model> {
    let rows = task::Entity::find().order_by_asc(task::Column::Id);
    rows.all(&app.app.db.write).await.unwrap()
}

#[tokio::test]
async fn there_are_as_many_as_asked_for_and_they_count_themselves_right() {
    let app = grown().await;
    let (boards, tasks) = (all::<board::Entity>(&app).await, tasks(&app).await);
    assert_eq!((boards.len(), tasks.len()), (SIZES.boards, SIZES.tasks));
    let here = || tasks.iter().filter(|row| row.archived_at.is_none());
    let done = || here().filter(|row| row.completed_at.is_some());
    let (standing, ended) =
        (counts(here().map(|row| row.board_id)), counts(done().map(|row| row.board_id)));
    for row in &boards {
        assert_eq!(row.task_count, of(&standing, row.id), "{}", row.key);
        assert_eq!(row.done_count, of(&ended, row.id), "{}", row.key);
    }
    assert!(here().count() < tasks.len(), "some are put away");
    let columns = all::<board_column::Entity>(&app).await;
    let in_columns = counts(here().map(|row| row.column_id));
    for row in &columns {
        assert_eq!(row.task_count, of(&in_columns, row.id), "{}", row.name);
    }
    let parts = counts(here().filter_map(|row| row.parent_id));
    let done_parts = counts(done().filter_map(|row| row.parent_id));
    for row in &tasks {
        assert_eq!(row.child_count, of(&parts, row.id), "{}", row.title);
        assert_eq!(row.done_child_count, of(&done_parts, row.id), "{}", row.title);
    }
    assert!(!parts.is_empty() && !done_parts.is_empty());
}

#[tokio::test]
async fn ranks_of_a_column_ascend_and_no_key_comes_twice() {
    let app = grown().await;
    let boards = all::<board::Entity>(&app).await;
    let mut tasks = tasks(&app).await;
    let keys: HashSet<&str> = boards.iter().map(|row| &*row.key).collect();
    assert!(keys.len() == boards.len() && keys.contains("GLD"));
    let plain = |key: &&str| {
        (2..=10).contains(&key.len())
            && key.starts_with(|c: char| c.is_ascii_uppercase())
            && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    assert!(keys.iter().all(plain), "{keys:?}");
    tasks.sort_by_key(|row| (row.board_id, row.id));
    for on_board in tasks.chunk_by(|one, next| one.board_id == next.board_id) {
        let mut numbers: Vec<i32> = on_board.iter().map(|row| row.number).collect();
        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(1..=i32::try_from(on_board.len()).unwrap()));
        let last = boards.iter().find(|row| row.id == on_board[0].board_id).unwrap().last_number;
        assert_eq!(numbers.last(), Some(&last));
        let mut by_number: Vec<_> =
            on_board.iter().map(|row| (row.number, made_at(row.id))).collect();
        by_number.sort_unstable();
        assert!(by_number.is_sorted_by_key(|(_, at)| *at), "the latest has the greatest number");
    }
    tasks.sort_by(|one, next| (one.column_id, &one.rank).cmp(&(next.column_id, &next.rank)));
    let ascends = |one: &task::Model, next: &task::Model| {
        one.column_id != next.column_id || one.rank < next.rank
    };
    assert!(tasks.is_sorted_by(ascends));
    assert!(tasks.iter().all(|row| !row.rank.is_empty()));
}

#[tokio::test]
async fn what_hangs_on_tasks_is_of_their_board() {
    let app = grown().await;
    let now = app.app.clock.now();
    let tasks: HashMap<Uuid, task::Model> =
        tasks(&app).await.into_iter().map(|row| (row.id, row)).collect();
    let members: HashSet<(Uuid, Uuid)> = all::<board_member::Entity>(&app)
        .await
        .into_iter()
        .map(|row| (row.board_id, row.profile_id))
        .collect();
    let columns: HashMap<Uuid, Uuid> = all::<board_column::Entity>(&app)
        .await
        .into_iter()
        .map(|row| (row.id, row.board_id))
        .collect();
    let labels: HashMap<Uuid, Uuid> = all::<task_label::Entity>(&app)
        .await
        .into_iter()
        .map(|row| (row.id, row.board_id))
        .collect();
    for row in tasks.values() {
        assert_eq!(columns[&row.column_id], row.board_id);
        assert!(members.contains(&(row.board_id, row.creator_id.unwrap())));
        let parent = row.parent_id.map(|parent| &tasks[&parent]);
        assert!(parent.is_none_or(|parent| {
            parent.board_id == row.board_id && parent.id < row.id && parent.parent_id.is_none()
        }));
        assert!(
            row.board_id < row.id && made_at(row.id) <= row.updated_at && row.updated_at <= now
        );
    }
    let assigned = all::<task_assignee::Entity>(&app).await;
    let fits = |row: &task_assignee::Model| {
        members.contains(&(tasks[&row.task_id].board_id, row.profile_id))
    };
    assert!(!assigned.is_empty() && assigned.iter().all(fits));
    let used = all::<task_label_use::Entity>(&app).await;
    let is_its =
        |row: &task_label_use::Model| labels[&row.label_id] == tasks[&row.task_id].board_id;
    assert!(!used.is_empty() && used.iter().all(is_its));
    let tied = all::<task_relation::Entity>(&app).await;
    // What waits was made later: nothing waits for itself.
    let waits = |row: &task_relation::Model| {
        let (first, other) = (&tasks[&row.task_id], &tasks[&row.other_id]);
        first.board_id == other.board_id && first.number < other.number
    };
    assert!(!tied.is_empty() && tied.iter().all(waits));
    let lines = all::<task_activity::Entity>(&app).await;
    let of_tasks = counts(
        lines
            .iter()
            .filter(|row| row.kind == task_activity::Kind::Created)
            .filter_map(|row| row.task_id),
    );
    assert!(of_tasks.len() == tasks.len() && of_tasks.values().all(|count| *count == 1));
    assert!(lines.iter().all(|row| row.board_id < row.id && made_at(row.id) <= now));
}

#[tokio::test]
async fn nothing_that_is_made_up_is_due() {
    let app = grown().await;
    let due = tasks(&app).await.iter().filter(|row| row.due_at.is_some()).count();
    assert!(due > 0);
    guildhall::tasks::service::due::remind(&app.app).await.unwrap();
    assert!(all::<work_item::Entity>(&app).await.is_empty());
}

#[tokio::test]
async fn a_guest_reads_the_public_boards_of_a_made_up_community() {
    let app = grown().await;
    let query = "{ boards(first: 10) { nodes { key visibility columns { name tasks(first: 5) { nodes { key
        checklist { text } labels { name } relations { kind } } } } activity(first: 5) { nodes { kind taskKey } } } } }";
    let run = app.run(&Actor::Guest, query).await.ok();
    let boards = all::<board::Entity>(&app).await;
    let public = boards.iter().filter(|row| row.visibility == board::Visibility::Public);
    let (found, public) = (run.list("boards.nodes", "key"), public.count());
    assert!(public > 0 && found.len() == public, "{found:?}");
    assert!(run.list("boards.nodes", "visibility").iter().all(|seen| seen == "PUBLIC"));
}
