//! Whoever means harm: nothing that is sent breaks anything, or comes further than it may.

use guildhall::entity::{board::Visibility, board_column};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use super::kit::{
    CREATE, MOVE, RELATE, STEPS, UPDATE, UPDATE_ALL, add, desk, miscounted, row, standing_in,
    update,
};
use crate::{
    boards::kit::{ARCHIVE, COLUMN, COLUMN_DELETE, LABEL, LABEL_DELETE, SET},
    kit::{key, profile_id},
};

/// Ids of nothing.
fn nonsense() -> Vec<String> {
    let of_others = ["board_00000000000000000000000000", "profile_7zzzzzzzzzzzzzzzzzzzzzzzzz"];
    let broken = ["", "task_", "task_zzz", "\0", "💥", "task_00000000000000000000000000\0"];
    let broken = broken.into_iter().chain(of_others).map(str::to_owned);
    broken.chain(["x".repeat(10_000)]).collect()
}

#[tokio::test]
async fn ids_of_nothing_are_refused_wherever_they_stand() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let one = add(app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    let (board, column) = (&desk.board.id, &desk.board.columns[0]);
    for id in nonsense() {
        for (query, variables) in [
            (CREATE, json!({ "input": { "board": id, "title": "x" } })),
            (CREATE, json!({ "input": { "board": board, "column": id, "title": "x" } })),
            (CREATE, json!({ "input": { "board": board, "parent": id, "title": "x" } })),
            (CREATE, json!({ "input": { "board": board, "assignees": [id], "title": "x" } })),
            (CREATE, json!({ "input": { "board": board, "labels": [id], "title": "x" } })),
            (CREATE, json!({ "input": { "board": board, "attachments": [id], "title": "x" } })),
            (UPDATE, json!({ "id": id, "input": { "title": "x" } })),
            (UPDATE, json!({ "id": one, "input": { "column": id } })),
            (UPDATE, json!({ "id": one, "input": { "parent": id } })),
            (UPDATE_ALL, json!({ "ids": [id], "input": { "title": "x" } })),
            (MOVE, json!({ "id": id, "column": column })),
            (MOVE, json!({ "id": one, "column": id })),
            (RELATE, json!({ "id": id, "kind": "BLOCKS", "other": one, "related": true })),
            (RELATE, json!({ "id": one, "kind": "BLOCKS", "other": id, "related": true })),
            (STEPS, json!({ "task": id, "items": [] })),
            (STEPS, json!({ "task": one, "items": [{ "id": id, "text": "x" }] })),
            (STEPS, json!({ "task": one, "items": [{ "assignee": id, "text": "x" }] })),
            (ARCHIVE, json!({ "id": id })),
            (SET, json!({ "id": id, "profile": profile_id(&desk.stan), "role": "VIEWER" })),
            (SET, json!({ "id": board, "profile": id, "role": "VIEWER" })),
            (COLUMN, json!({ "board": id, "input": { "name": "x", "category": "TODO" } })),
            (COLUMN, json!({ "board": board, "id": id, "input": { "name": "x" } })),
            (
                COLUMN,
                json!({ "board": board, "input": { "name": "x", "category": "TODO", "after": id } }),
            ),
            (COLUMN_DELETE, json!({ "id": id, "to": column })),
            (COLUMN_DELETE, json!({ "id": column, "to": id })),
            (LABEL, json!({ "board": id, "name": "x", "color": "#000000" })),
            (LABEL, json!({ "board": board, "id": id, "name": "x", "color": "#000000" })),
            (LABEL_DELETE, json!({ "id": id })),
        ] {
            let refused = app.refuses(&desk.ada, query, variables.clone()).await.refusals();
            assert!(
                refused.len() == 1 && refused[0].starts_with("NOT_FOUND "),
                "{refused:?} {variables}"
            );
        }
        // What is passed over, or taken away though it is not there, does no harm.
        let place = json!({ "id": one, "column": column, "after": id, "before": id });
        app.refuses(&desk.eve, MOVE, place).await.done();
        let input = json!({ "removeAssignees": [id], "removeLabels": [id] });
        app.refuses(&desk.eve, UPDATE, json!({ "id": one, "input": input })).await.done();
        let query = "query($id: ID!, $key: String!) { a: task(by: { id: $id }) { id } b: task(by: { key: $key }) { id }
            c: board(by: { id: $id }) { id } d: board(by: { key: $key }) { id } }";
        let run = app.run_with(&desk.eve, query, json!({ "id": id, "key": id })).await.ok();
        assert_eq!(run.data, json!({ "a": null, "b": null, "c": null, "d": null }));
    }
}

#[tokio::test]
async fn keys_that_nobody_has_name_nothing() {
    let desk = desk(Visibility::Members).await;
    add(&desk.app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    let query = "query($key: String!) { task(by: { key: $key }) { title } }";
    for key in ["GLD-1", " gld-1 ", "gLd-1"] {
        let run = desk.app.run_with(&desk.vic, query, json!({ "key": key })).await.ok();
        assert_eq!(run.at("task.title"), "one", "{key}");
    }
    for key in [
        "GLD",
        "-1",
        "GLD-",
        "GLD-2",
        "GLD-+1",
        "GLD--1",
        "GLD-99999999999",
        "GLD-1\0",
        "G\0D-1",
        "GLD-١",
        "ГЛД-1",
        "GLD-1-1",
        "' OR 1=1 --1",
        "%-1",
    ] {
        let run = desk.app.run_with(&desk.vic, query, json!({ "key": key })).await.ok();
        assert_eq!(run.at("task"), &Value::Null, "{key}");
    }
}

#[tokio::test]
async fn filters_that_nest_without_end_are_refused_and_not_run() {
    let desk = desk(Visibility::Members).await;
    let query = "query($filter: TaskFilter) { tasks(filter: $filter) { nodes { id } } }";
    for deep in [4, 40, 100] {
        let mut filter = json!({ "unassigned": true });
        let mut text = "unassigned: true".to_owned();
        for _ in 0..deep {
            filter = json!({ "not": filter });
            text = format!("not: {{ {text} }}");
        }
        let run = desk.app.run_with(&desk.vic, query, json!({ "filter": filter })).await;
        assert_ne!(run.error_code(), "INTERNAL", "{deep}");
        assert_eq!(run.sql, [""; 0]);
        let run = desk
            .app
            .run(&desk.vic, &format!("{{ tasks(filter: {{ {text} }}) {{ nodes {{ id }} }} }}"))
            .await;
        assert_ne!(run.error_code(), "INTERNAL", "{deep}");
        assert_eq!(run.sql, [""; 0]);
    }
    // As broad as it may be, in the order that costs the most.
    let many: Vec<_> = (0..100).map(|_| desk.board.id.clone()).collect();
    let part = json!({ "columns": desk.board.columns, "boards": many, "blocked": false, "overdue": false });
    let filter =
        json!({ "boards": [desk.board.id], "or": vec![part.clone(); 5], "and": vec![part; 4] });
    add(&desk.app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    let query = "query($filter: TaskFilter, $id: ID!) { tasks(filter: $filter, orderBy: { field: RANK }) { nodes { id } }
        board(by: { id: $id }) { tasks(filter: $filter) { nodes { id } } } }";
    let variables = json!({ "filter": filter, "id": desk.board.id });
    let run = desk.app.run_with(&desk.vic, query, variables).await.ok();
    assert_eq!(run.at("tasks.nodes").as_array().unwrap().len(), 1);
    assert_eq!(run.at("board.tasks"), run.at("tasks"));
}

#[tokio::test]
async fn a_task_comes_out_again_only_where_there_is_room() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let one = add(app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    update(app, &desk.eve, &one, json!({ "archived": true })).await.done();
    update(app, &desk.eve, &one, json!({ "archived": true })).await.done();
    add(app, &desk.eve, &desk.board, json!({ "title": "two" })).await;
    let column = board_column::ActiveModel {
        id: Set(key("board_column", &desk.board.columns[0])),
        task_limit: Set(Some(1)),
        ..Default::default()
    };
    board_column::Entity::update(column).exec(&app.app.db.write).await.unwrap();
    let out = json!({ "id": one, "input": { "archived": false } });
    let refused = app.refuses(&desk.eve, UPDATE, out).await.refusals();
    assert_eq!(refused, ["OUT_OF_RANGE input.archived"]);
    let out = json!({ "archived": false, "column": desk.board.columns[2], "title": "done" });
    update(app, &desk.eve, &one, out).await.done();
    assert_eq!(standing_in(app, &desk.board.columns[2]).await, ["done"]);
    assert!(row(app, &one).await.completed_at.is_some());
    assert_eq!(miscounted(app).await, [""; 0]);
    // What stands under a task that was put away is still its part.
    let part = add(
        app,
        &desk.eve,
        &desk.board,
        json!({ "title": "part", "parent": one, "column": desk.board.columns[1] }),
    )
    .await;
    update(app, &desk.eve, &one, json!({ "archived": true })).await.done();
    update(app, &desk.eve, &part, json!({ "archived": true })).await.done();
    update(app, &desk.eve, &part, json!({ "archived": false })).await.done();
    app.act(&desk.eve, "taskDelete", &one).await.done();
    assert_eq!(row(app, &part).await.parent_id, None);
    assert_eq!(miscounted(app).await, [""; 0]);
}
