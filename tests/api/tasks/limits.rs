//! How much there may be: one more is refused, and nothing is written.

use guildhall::{
    entity::{board::Visibility, board_member::Role, task_relation},
    graph::encode,
};
use sea_orm::{EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use super::kit::{CREATE, RELATE, STEPS, UPDATE, UPDATE_ALL, add, desk, new_board, new_label, row};
use crate::kit::{Stored, key, profile_id};

#[tokio::test]
async fn a_task_has_at_most_twenty_people_twenty_labels_and_ten_files() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let (mut people, mut labels, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..21 {
        people.push(profile_id(&app.member(&format!("weaver{n}")).await));
        labels.push(new_label(app, &desk.board, &format!("label {n}")).await);
    }
    for n in 0..11 {
        files.push(app.keep(&desk.eve, &Stored::text("a.txt", n.to_string())).await);
    }
    let full = json!({ "title": "full", "assignees": people[..20], "labels": labels[..20],
        "attachments": files[..10] });
    let id = add(app, &desk.eve, &desk.board, full).await;
    for (field, list) in [("assignees", &people), ("labels", &labels), ("attachments", &files)] {
        let mut input = json!({ "board": desk.board.id, "title": "x" });
        input[field] = json!(list);
        let refused = app.refuses(&desk.eve, CREATE, json!({ "input": input })).await.refusals();
        assert_eq!(refused, [format!("TOO_LONG input.{field}")]);
    }
    for (input, refused) in [
        (json!({ "assignees": people }), "assignees"),
        (json!({ "addAssignees": [people[20]] }), "assignees"),
        (json!({ "labels": labels }), "labels"),
        (json!({ "addLabels": [labels[20]] }), "labels"),
        (json!({ "attachments": files }), "attachments"),
    ] {
        let refused = format!("TOO_LONG input.{refused}");
        let change = json!({ "id": id, "input": input });
        assert_eq!(app.refuses(&desk.eve, UPDATE, change).await.refusals(), [refused.as_str()]);
        let change = json!({ "ids": [id], "input": input });
        assert_eq!(app.refuses(&desk.eve, UPDATE_ALL, change).await.refusals(), [refused]);
    }
    // Who leaves makes room.
    let swap = json!({ "addAssignees": [people[20]], "removeAssignees": [people[0]],
        "addLabels": [labels[20]], "removeLabels": [labels[0]] });
    super::kit::update(app, &desk.eve, &id, swap).await.done();
}

#[tokio::test]
async fn lists_that_are_far_too_long_are_refused_before_they_are_read() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let id = add(app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    let many: Vec<_> =
        (0..101).map(|_| encode("profile", app.app.clock.key()).to_string()).collect();
    for list in
        ["assignees", "addAssignees", "removeAssignees", "labels", "addLabels", "removeLabels"]
    {
        let mut input = json!({});
        input[list] = json!(many);
        let change = json!({ "id": id, "input": input });
        let refused = app.refuses(&desk.eve, UPDATE, change).await.refusals();
        assert_eq!(refused, [format!("TOO_LONG input.{list}")]);
    }
    for list in ["assignees", "labels"] {
        let mut input = json!({ "board": desk.board.id, "title": "x" });
        input[list] = json!(many);
        let refused = app.refuses(&desk.eve, CREATE, json!({ "input": input })).await.refusals();
        assert_eq!(refused, [format!("TOO_LONG input.{list}")]);
    }
    let input = json!({ "removeAssignees": many[1..] });
    super::kit::update(app, &desk.eve, &id, input).await.done();
}

#[tokio::test]
async fn texts_numbers_and_moments_have_ends() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let moments: Vec<_> = (1..=11).map(|day| format!("2026-06-{day:02}T00:00:00Z")).collect();
    let fits = json!({ "title": "x".repeat(200), "description": "y".repeat(50_000), "estimate": 1_000_000.0,
        "reminders": moments[1..], "checklist": ["z".repeat(500)], "dueAt": "9999-12-31T23:59:59.999Z",
        "startOn": "9999-12-31" });
    let id = add(app, &desk.eve, &desk.board, fits).await;
    let query = "query($id: ID!) { task(by: { id: $id }) { dueAt startOn estimate reminders } }";
    let run = app.run_with(&desk.vic, query, json!({ "id": id })).await.ok();
    assert_eq!(run.at("task.dueAt"), "9999-12-31T23:59:59.999Z");
    assert_eq!(run.at("task.startOn"), "9999-12-31");
    for (input, refused) in [
        (json!({ "title": "x".repeat(201) }), "TOO_LONG input.title"),
        (json!({ "description": "y".repeat(50_001) }), "TOO_LONG input.description"),
        (json!({ "estimate": 1_000_000.01 }), "OUT_OF_RANGE input.estimate"),
        (json!({ "estimate": -0.01 }), "OUT_OF_RANGE input.estimate"),
        (json!({ "reminders": moments }), "TOO_LONG input.reminders"),
        // Five o'clock of the first day of the year 10,000, and the last day of the year 0.
        (json!({ "dueAt": "9999-12-31T23:59:59-05:00" }), "OUT_OF_RANGE input.dueAt"),
        (json!({ "dueAt": "0001-01-01T00:00:00+05:00" }), "OUT_OF_RANGE input.dueAt"),
        (json!({ "reminders": ["9999-12-31T23:59:59-05:00"] }), "OUT_OF_RANGE input.reminders.0"),
    ] {
        let change = json!({ "id": id, "input": input });
        assert_eq!(app.refuses(&desk.eve, UPDATE, change).await.refusals(), [refused], "{input}");
        let mut new = input;
        new["board"] = json!(desk.board.id);
        if new["title"].is_null() {
            new["title"] = json!("x");
        }
        let found = app.refuses(&desk.eve, CREATE, json!({ "input": new })).await.refusals();
        assert_eq!(found, [refused]);
    }
    let steps = json!({ "task": id, "items": [{ "text": "z".repeat(501) }] });
    let refused = app.refuses(&desk.eve, STEPS, steps).await.refusals();
    assert_eq!(refused, ["TOO_LONG items.0.text"]);
    // A leap second is a moment, too.
    let leap = json!({ "dueAt": "2016-12-31T23:59:60Z", "dueHasTime": true });
    super::kit::update(app, &desk.eve, &id, leap).await.done();
    let run = app.run_with(&desk.vic, query, json!({ "id": id })).await.ok();
    assert!(run.text("task.dueAt").starts_with("201"), "{run:#?}");
}

#[tokio::test]
async fn a_task_is_tied_to_at_most_a_hundred_others() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let one = add(app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    let mut others = Vec::new();
    for n in 0..101 {
        others.push(add(app, &desk.eve, &desk.board, json!({ "title": n.to_string() })).await);
    }
    let rows = others[..99].iter().map(|other| {
        let (task_id, other_id) = (key("task", &one), key("task", other));
        task_relation::Model { task_id, kind: task_relation::Kind::Duplicates, other_id }
            .into_active_model()
    });
    task_relation::Entity::insert_many(rows).exec(&app.app.db.write).await.unwrap();
    let tie = |from: &str, kind: &str, to: &str| json!({ "id": from, "kind": kind, "other": to, "related": true });
    app.run_with(&desk.eve, RELATE, tie(&one, "BLOCKS", &others[99])).await.done();
    for (from, to) in [(&one, &others[100]), (&others[100], &one)] {
        let run = app.refuses(&desk.eve, RELATE, tie(from, "RELATES_TO", to)).await;
        assert_eq!(run.refusals(), ["QUOTA_EXCEEDED other"]);
    }
    let untie = json!({ "id": one, "kind": "BLOCKS", "other": others[99], "related": false });
    app.run_with(&desk.eve, RELATE, untie).await.done();
    app.run_with(&desk.eve, RELATE, tie(&others[100], "RELATES_TO", &one)).await.done();
}

#[tokio::test]
async fn tasks_stand_in_each_other_five_deep_whichever_end_is_moved() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let chain = async |names: &[&str]| {
        let mut ids: Vec<String> = Vec::new();
        for name in names {
            let task = json!({ "title": name, "parent": ids.last() });
            ids.push(add(app, &desk.eve, &desk.board, task).await);
        }
        ids
    };
    let (upper, lower) = (chain(&["a", "b", "c"]).await, chain(&["x", "y", "z"]).await);
    let under = |task: &str, parent: &str| json!({ "id": task, "input": { "parent": parent } });
    for (task, parent, refused) in [
        (&lower[0], &upper[2], "OUT_OF_RANGE input.parent"),
        (&upper[0], &lower[2], "OUT_OF_RANGE input.parent"),
        (&upper[0], &upper[0], "INVALID input.parent"),
        (&upper[0], &upper[2], "INVALID input.parent"),
    ] {
        let run = app.refuses(&desk.eve, UPDATE, under(task, parent)).await;
        assert_eq!(run.refusals(), [refused]);
    }
    // All at once: one of them stands above the others.
    let all = json!({ "ids": [upper[0], upper[2]], "input": { "parent": upper[1] } });
    assert_eq!(app.refuses(&desk.eve, UPDATE_ALL, all).await.refusals(), ["INVALID input.parent"]);
    app.run_with(&desk.eve, UPDATE, under(&lower[0], &upper[1])).await.done();
    assert_eq!(row(app, &upper[1]).await.child_count, 2);
    let foreign = new_board(app, "OTH", Visibility::Members, &[(&desk.eve, Role::Editor)]).await;
    let away = add(app, &desk.eve, &foreign, json!({ "title": "away" })).await;
    let run = app.refuses(&desk.eve, UPDATE, under(&lower[0], &away)).await;
    assert_eq!(run.refusals(), ["NOT_FOUND input.parent"]);
    let column = json!({ "id": away, "column": desk.board.columns[0], "after": Value::Null });
    let run = app.refuses(&desk.eve, super::kit::MOVE, column).await;
    assert_eq!(run.refusals(), ["NOT_FOUND column"]);
}
