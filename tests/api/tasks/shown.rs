//! What is shown of tasks, in how many statements.

use guildhall::{Actor, entity::board::Visibility};
use serde_json::json;

use super::kit::{add, desk, new_label};
use crate::kit::{Stored, profile_id};

#[tokio::test]
async fn parts_with_all_that_hangs_on_them_cost_the_same_for_few_and_many() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let label = new_label(app, &desk.board, "Bug").await;
    let query = "query($id: ID!) { task(by: { id: $id }) { children {
        key url taskCategory column { id } board { id } creator { handle } assignees { handle } labels { name }
        reminders parent { title } relations { kind } isBlocked attachments { name } checklist { text }
        activity(first: 3) { nodes { actor { handle } } } children { title }
        viewer { canEdit canMove canDelete canComment } } } }";
    let mut counts = Vec::new();
    for many in [2, 12] {
        let whole = add(app, &desk.eve, &desk.board, json!({ "title": "whole" })).await;
        for n in 0..many {
            let part = json!({ "title": n.to_string(), "parent": whole, "labels": [label],
                "assignees": [profile_id(&desk.cora)], "reminders": ["2026-06-01T00:00:00Z"] });
            add(app, &desk.eve, &desk.board, part).await;
        }
        let run = app.run_with(&desk.eve, query, json!({ "id": whole })).await.ok();
        assert_eq!(run.list("task.children", "parent.title").len(), many);
        assert_eq!(run.at("task.children.0.viewer.canEdit"), true);
        counts.push(run.sql.len());
    }
    assert_eq!(counts[0], counts[1], "{counts:?}");
    assert_eq!(counts[0], 16, "one for each kind of thing, and what one is on the board");
}

#[tokio::test]
async fn everybody_is_told_what_they_may() {
    let desk = desk(Visibility::Public).await;
    let id = add(&desk.app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    let query = "query($id: ID!) { task(by: { id: $id }) { viewer { canEdit canMove canDelete canComment } } }";
    for (actor, edits, comments) in [
        (&desk.ada, true, true),
        (&desk.eve, true, true),
        (&desk.cora, false, true),
        (&desk.vic, false, true),
        (&desk.stan, false, true),
    ] {
        let run = desk.app.run_with(actor, query, json!({ "id": id })).await.ok();
        let may = json!({ "canEdit": edits, "canMove": edits, "canDelete": edits, "canComment": comments });
        assert_eq!(run.at("task.viewer"), &may);
    }
    let run = desk.app.run_with(&Actor::Guest, query, json!({ "id": id })).await.ok();
    assert_eq!(run.data, json!({ "task": { "viewer": null } }));
}

#[tokio::test]
async fn what_happened_leads_to_its_task_while_that_is_there() {
    let desk = desk(Visibility::Private).await;
    let app = &desk.app;
    let query = "query($id: ID!) { board(by: { id: $id }) { activity { nodes { kind taskKey task { title key } } } } }";
    let mut counts = Vec::new();
    for many in [2, 12] {
        for n in 0..many {
            add(app, &desk.eve, &desk.board, json!({ "title": n.to_string() })).await;
        }
        let run = app.run_with(&desk.vic, query, json!({ "id": desk.board.id })).await.ok();
        counts.push(run.sql.len());
    }
    // The board, what happened, the tasks, and their board for the keys.
    assert_eq!(counts, [4, 4]);
    let first = app.run(&desk.vic, r#"{ task(by: { key: "gld-1" }) { id } }"#).await.ok();
    app.act(&desk.eve, "taskDelete", first.text("task.id")).await.done();
    let run = app.run_with(&desk.vic, query, json!({ "id": desk.board.id })).await.ok();
    let lines = run.at("board.activity.nodes").as_array().unwrap();
    assert_eq!(lines[0], json!({ "kind": "DELETED", "taskKey": "GLD-1", "task": null }));
    assert_eq!(
        lines[1],
        json!({ "kind": "CREATED", "taskKey": "GLD-14", "task": { "title": "11", "key": "GLD-14" } })
    );
    assert_eq!(lines[14], json!({ "kind": "CREATED", "taskKey": "GLD-1", "task": null }));
    let run = app.run_with(&desk.stan, query, json!({ "id": desk.board.id })).await.ok();
    assert_eq!(run.at("board"), &json!(null));
}

#[tokio::test]
async fn the_page_of_a_board_is_a_fixed_number_of_statements() {
    let query = "query($id: ID!) { board(by: { id: $id }) { name eventCursor labels { name } viewer { role }
        members { nodes { handle } } columns { name taskCount tasks(first: 50) { nodes {
            key title taskCategory commentCount reactionCount childCount doneChildCount priority dueAt
            assignees { handle } labels { name color } attachments { name } checklist { done }
            viewer { canEdit canMove } } } } } }";
    for each in [1, 10] {
        let desk = desk(Visibility::Members).await;
        let app = &desk.app;
        let label = new_label(app, &desk.board, "Bug").await;
        let columns = desk.board.columns.clone();
        for column in &columns {
            for n in 0..each {
                let file =
                    app.keep(&desk.eve, &Stored::text("a.txt", format!("{column}{n}"))).await;
                let task = json!({ "title": n.to_string(), "column": column, "labels": [label],
                    "assignees": [profile_id(&desk.cora), profile_id(&desk.vic)],
                    "checklist": ["a", "b"], "attachments": [file] });
                add(app, &desk.eve, &desk.board, task).await;
            }
        }
        let run = app.run_with(&desk.eve, query, json!({ "id": desk.board.id })).await.ok();
        for column in 0..3 {
            let nodes = format!("board.columns.{column}.tasks.nodes");
            assert_eq!(run.list(&nodes, "assignees.1.handle").len(), each);
            let task = run.at(&format!("{nodes}.0"));
            assert_eq!(task["viewer"], json!({ "canEdit": true, "canMove": true }));
            assert_eq!(task["attachments"], json!([{ "name": "a.txt" }]));
            assert_eq!(task["checklist"].as_array().unwrap().len(), 2);
        }
        // The board with cursor, labels, members, role and columns; the tasks with people, labels, files, their column
        // for what it means, their board for the key, and what one is there.
        let selects: Vec<_> = run.sql.iter().filter(|sql| sql.starts_with("SELECT")).collect();
        assert_eq!(selects.len(), 13, "{each}: {:#?}", run.sql);
    }
}
