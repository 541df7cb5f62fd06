//! Changes of one task.

use guildhall::entity::board::Visibility;
use serde_json::json;

use super::converging::events;
use super::kit::{UPDATE, add, desk, miscounted, new_label, row, standing_in, update};
use crate::kit::{Stored, profile_id};

const READ: &str = "query($id: ID!) { task(by: { id: $id }) {
    title description { source } priority estimate startOn dueAt dueHasTime reminders assignees { handle }
    labels { name } parent { id } attachments { name } version } }";

#[tokio::test]
async fn what_is_left_out_stays_and_null_clears() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let label = new_label(app, &desk.board, "Bug").await;
    let parent = add(app, &desk.eve, &desk.board, json!({ "title": "whole" })).await;
    let id = add(app, &desk.eve, &desk.board, json!({
        "title": "one", "description": "more", "priority": "LOW", "estimate": 1.25, "startOn": "2026-05-05",
        "dueAt": "2026-05-08T12:00:00Z", "dueHasTime": true, "reminders": ["2026-05-07T12:00:00Z"],
        "assignees": [profile_id(&desk.cora)], "labels": [label], "parent": parent,
    })).await;
    let before = app.run_with(&desk.vic, READ, json!({ "id": id })).await.ok().at("task").clone();
    let same = json!({ "id": id, "input": { "title": "one", "priority": "LOW" } });
    app.refuses(&desk.eve, UPDATE, same).await.done();
    update(app, &desk.eve, &id, json!({ "title": "two" })).await.done();
    let mut expected = before.clone();
    expected["title"] = json!("two");
    expected["version"] = json!(2);
    let run = app.run_with(&desk.vic, READ, json!({ "id": id })).await.ok();
    assert_eq!(run.at("task"), &expected);
    update(app, &desk.eve, &id, json!({
        "description": null, "priority": "NONE", "estimate": null, "startOn": null, "dueAt": null,
        "reminders": null, "assignees": null, "labels": null, "parent": null,
    })).await.done();
    let run = app.run_with(&desk.vic, READ, json!({ "id": id })).await.ok();
    assert_eq!(
        run.at("task"),
        &json!({
            "title": "two", "description": null, "priority": "NONE", "estimate": null, "startOn": null,
            "dueAt": null, "dueHasTime": false, "reminders": [], "assignees": [], "labels": [],
            "parent": null, "attachments": [], "version": 3,
        })
    );
    assert_eq!(miscounted(app).await, [""; 0]);
    let told = events(app, desk.board.key, 0).await;
    let kinds: Vec<_> = told.iter().map(|event| event.kind.as_str()).collect();
    assert!(kinds.starts_with(&["task_added", "task_added", "task_changed"]), "{kinds:?}");
    let query = "query($id: ID!) { task(by: { id: $id }) { activity(first: 100) { nodes { field before after member { handle } } } } }";
    let run = app.run_with(&desk.vic, query, json!({ "id": id })).await.ok();
    let lines = run.at("task.activity.nodes").as_array().unwrap().clone();
    let line = |field: &str| lines.iter().find(|line| line["field"] == field).cloned();
    assert_eq!(line("title").unwrap()["before"], "one");
    assert_eq!(line("priority").unwrap()["before"], "low");
    assert_eq!(line("estimate").unwrap()["before"], "1.25");
    assert_eq!(line("dueAt").unwrap()["before"], "2026-05-08T12:00:00Z");
    assert_eq!(line("labels").unwrap()["before"], "Bug");
    assert_eq!(line("parent").unwrap()["before"], "GLD-1");
    assert_eq!(line("assignees").unwrap()["member"]["handle"], "cora");
}

#[tokio::test]
async fn adding_and_removing_beats_the_list() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let (bug, idea) =
        (new_label(app, &desk.board, "Bug").await, new_label(app, &desk.board, "Idea").await);
    let id = add(app, &desk.eve, &desk.board, json!({ "title": "one", "labels": [bug] })).await;
    update(app, &desk.eve, &id, json!({
        "addLabels": [idea], "removeLabels": [bug], "assignees": [profile_id(&desk.cora), profile_id(&desk.vic)],
        "addAssignees": [profile_id(&desk.ada)], "removeAssignees": [profile_id(&desk.vic)],
    })).await.done();
    let run = app.run_with(&desk.vic, READ, json!({ "id": id })).await.ok();
    assert_eq!(run.list("task.labels", "name"), ["Idea"]);
    let mut handles = run.list("task.assignees", "handle");
    handles.sort();
    assert_eq!(handles, ["ada", "cora"]);
}

#[tokio::test]
async fn a_stale_version_and_what_does_not_fit_are_refused() {
    let desk = desk(Visibility::Private).await;
    let app = &desk.app;
    let other = super::kit::new_board(app, "OTH", Visibility::Private, &[]).await;
    let label = new_label(app, &other, "Bug").await;
    let id = add(app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    let part = add(app, &desk.eve, &desk.board, json!({ "title": "part", "parent": id })).await;
    let stale = json!({ "id": id, "input": { "title": "two" }, "version": 2 });
    assert_eq!(
        app.refuses(&desk.eve, UPDATE, stale).await.refusals(),
        ["STALE_VERSION expectedVersion"]
    );
    for (input, refused) in [
        (json!({ "title": "" }), "REQUIRED input.title"),
        (json!({ "column": other.columns[0] }), "NOT_FOUND input.column"),
        (json!({ "labels": [label] }), "NOT_FOUND input.labels.0"),
        (json!({ "addLabels": [label] }), "NOT_FOUND input.addLabels.0"),
        (json!({ "addAssignees": [profile_id(&desk.stan)] }), "INVALID input.addAssignees.0"),
        (json!({ "parent": part }), "INVALID input.parent"),
        (json!({ "parent": id }), "INVALID input.parent"),
        (json!({ "attachments": ["file_none"] }), "NOT_FOUND input.attachments.0"),
    ] {
        let change = json!({ "id": id, "input": input });
        assert_eq!(app.refuses(&desk.eve, UPDATE, change).await.refusals(), [refused], "{input}");
    }
}

#[tokio::test]
async fn archived_tasks_leave_the_board_and_come_back_to_the_foot() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let one = add(app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    add(app, &desk.eve, &desk.board, json!({ "title": "two" })).await;
    update(app, &desk.eve, &one, json!({ "archived": true })).await.done();
    assert_eq!(standing_in(app, &desk.board.columns[0]).await, ["two"]);
    assert!(row(app, &one).await.archived_at.is_some());
    update(app, &desk.eve, &one, json!({ "archived": false })).await.done();
    assert_eq!(standing_in(app, &desk.board.columns[0]).await, ["two", "one"]);
    let told = events(app, desk.board.key, 2).await;
    let kinds: Vec<_> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["task_removed", "task_added"]);
    assert_eq!(miscounted(app).await, [""; 0]);
}

#[tokio::test]
async fn what_somebody_else_hung_there_stays_with_what_is_mine() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let theirs = app.keep(&desk.ada, &Stored::text("a.txt", "a")).await;
    let mine = app.keep(&desk.eve, &Stored::text("b.txt", "b")).await;
    let id =
        add(app, &desk.ada, &desk.board, json!({ "title": "one", "attachments": [theirs] })).await;
    update(app, &desk.eve, &id, json!({ "attachments": [mine, theirs] })).await.done();
    let run = app.run_with(&desk.vic, READ, json!({ "id": id })).await.ok();
    assert_eq!(run.list("task.attachments", "name"), ["b.txt", "a.txt"]);
    update(app, &desk.eve, &id, json!({ "attachments": [mine] })).await.done();
    let again = json!({ "id": id, "input": { "attachments": [mine, theirs] } });
    let refused = app.refuses(&desk.eve, UPDATE, again).await.refusals();
    assert_eq!(refused, ["NOT_FOUND input.attachments.1"]);
}
