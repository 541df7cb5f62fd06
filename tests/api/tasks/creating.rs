//! New tasks: numbers, places, what is kept of them and who is told.

use guildhall::entity::{board, board::Visibility, work_item};
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::kit::{CREATE, add, desk, miscounted, new_label, row, standing_in};
use crate::kit::profile_id;

#[tokio::test]
async fn a_task_is_kept_as_it_was_written() {
    let desk = desk(Visibility::Private).await;
    let app = &desk.app;
    let label = new_label(app, &desk.board, "Bug").await;
    let parent = add(app, &desk.eve, &desk.board, json!({ "title": "Whole" })).await;
    let input = json!({
        "title": "  Part ", "description": "Ask **@vic** and @stan", "assignees": [profile_id(&desk.cora), profile_id(&desk.eve)],
        "labels": [label], "priority": "HIGH", "estimate": 2.5, "startOn": "2026-05-05",
        "dueAt": "2026-05-08T12:00:00Z", "dueHasTime": true, "reminders": ["2026-05-07T12:00:00Z"],
        "parent": parent, "checklist": ["one", "two"], "column": desk.board.columns[1],
    });
    let id = add(app, &desk.eve, &desk.board, input).await;
    let query = "query($id: ID!) { task(by: { id: $id }) {
        key title description { source } priority estimate startOn dueAt dueHasTime reminders taskCategory
        column { name } board { id } creator { handle } assignees { handle } labels { name } parent { key }
        checklist { text done } childCount version startedAt completedAt archivedAt } }";
    let run = app.run_with(&desk.vic, query, json!({ "id": id })).await.ok();
    assert_eq!(
        run.at("task"),
        &json!({
            "key": "GLD-2", "title": "Part", "description": { "source": "Ask **@vic** and @stan" },
            "priority": "HIGH", "estimate": 2.5, "startOn": "2026-05-05", "dueAt": "2026-05-08T12:00:00.000Z",
            "dueHasTime": true, "reminders": ["2026-05-07T12:00:00.000Z"], "taskCategory": "DOING",
            "column": { "name": "Doing" }, "board": { "id": desk.board.id }, "creator": { "handle": "eve" },
            "assignees": run.at("task.assignees"), "labels": [{ "name": "Bug" }], "parent": { "key": "GLD-1" },
            "checklist": [{ "text": "one", "done": false }, { "text": "two", "done": false }],
            "childCount": 0, "version": 1, "startedAt": "2026-05-04T09:30:00.000Z",
            "completedAt": null, "archivedAt": null,
        })
    );
    let mut handles = run.list("task.assignees", "handle");
    handles.sort();
    assert_eq!(handles, ["cora", "eve"]);
    assert_eq!(row(app, &parent).await.child_count, 1);
    assert_eq!(miscounted(app).await, [""; 0]);
    let items = work_item::Entity::find().all(&app.app.db.write).await.unwrap();
    let notices: Vec<_> = items.iter().filter(|item| item.kind == "notifications.tell").collect();
    assert_eq!(notices.len(), 2, "who is to do it, and who is named");
    let cora = desk.cora.id().unwrap().to_string();
    let eve = desk.eve.id().unwrap().to_string();
    let assigned = notices.iter().find(|item| item.payload.contains("TaskAssigned")).unwrap();
    assert!(assigned.payload.contains(&cora) && !assigned.payload.contains(&eve));
}

#[tokio::test]
async fn numbers_are_never_given_twice() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    add(app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    let two = add(app, &desk.eve, &desk.board, json!({ "title": "two" })).await;
    app.act(&desk.eve, "taskDelete", &two).await.done();
    let three = add(app, &desk.eve, &desk.board, json!({ "title": "three" })).await;
    assert_eq!(row(app, &three).await.number, 3);
    let board = board::Entity::find_by_id(desk.board.key).one(&app.app.db.write).await;
    assert_eq!(board.unwrap().unwrap().last_number, 3);
    assert_eq!(standing_in(app, &desk.board.columns[0]).await, ["one", "three"]);
    for (key, found) in [("gld-3", true), ("GLD-03", true), ("GLD-2", false), ("GLD", false)] {
        let query = "query($key: String!) { task(by: { key: $key }) { id } }";
        let run = app.run_with(&desk.stan, query, json!({ "key": key })).await.ok();
        assert_eq!(run.at("task.id") == &json!(three), found, "{key}");
    }
}

#[tokio::test]
async fn the_same_call_twice_makes_one_task() {
    let desk = desk(Visibility::Members).await;
    let input = json!({ "title": "one", "clientKey": "k" });
    let first = add(&desk.app, &desk.eve, &desk.board, input.clone()).await;
    assert_eq!(add(&desk.app, &desk.eve, &desk.board, input).await, first);
    assert_eq!(standing_in(&desk.app, &desk.board.columns[0]).await, ["one"]);
}

#[tokio::test]
async fn what_does_not_fit_a_new_task_is_refused() {
    let desk = desk(Visibility::Private).await;
    let app = &desk.app;
    let other = super::kit::new_board(app, "OTH", Visibility::Private, &[]).await;
    let label = new_label(app, &other, "Bug").await;
    let many: Vec<_> = (0..101).map(|n| format!("step {n}")).collect();
    let parts = "OUT_OF_RANGE input.parent";
    for (input, refused) in [
        (json!({ "title": " " }), "REQUIRED input.title"),
        (json!({ "title": "x".repeat(201) }), "TOO_LONG input.title"),
        (json!({ "title": "x", "estimate": -1.0 }), "OUT_OF_RANGE input.estimate"),
        (json!({ "title": "x", "column": other.columns[0] }), "NOT_FOUND input.column"),
        (json!({ "title": "x", "labels": [label] }), "NOT_FOUND input.labels.0"),
        (json!({ "title": "x", "assignees": ["profile_none"] }), "NOT_FOUND input.assignees.0"),
        (
            json!({ "title": "x", "assignees": [profile_id(&desk.stan)] }),
            "INVALID input.assignees.0",
        ),
        (json!({ "title": "x", "parent": "task_none" }), "NOT_FOUND input.parent"),
        (json!({ "title": "x", "checklist": many }), "TOO_LONG input.checklist"),
        (json!({ "title": "x", "checklist": ["ok", ""] }), "REQUIRED input.checklist.1"),
        (json!({ "title": "x", "attachments": ["file_none"] }), "NOT_FOUND input.attachments.0"),
        (
            json!({ "title": "x", "reminders": ["2026-05-04T09:30:00Z"] }),
            "OUT_OF_RANGE input.reminders.0",
        ),
    ] {
        let mut input = input;
        input["board"] = json!(desk.board.id);
        let found = app.refuses(&desk.eve, CREATE, json!({ "input": input })).await.refusals();
        assert_eq!(found, [refused], "{input}");
    }
    let mut above = add(app, &desk.eve, &desk.board, json!({ "title": "1" })).await;
    for n in 2..=5 {
        let part = json!({ "title": n.to_string(), "parent": above });
        above = add(app, &desk.eve, &desk.board, part).await;
    }
    let part = json!({ "input": { "board": desk.board.id, "title": "6", "parent": above } });
    assert_eq!(app.refuses(&desk.eve, CREATE, part).await.refusals(), [parts]);
}
