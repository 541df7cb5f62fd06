//! Columns: their order, what they mean to their tasks, and where these go.

use serde_json::{Value, json};

use super::kit::{COLUMN, COLUMN_DELETE};
use crate::kit::TestApp;

#[tokio::test]
async fn columns_are_added_moved_and_changed() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.make_board(&ada, "Looms", "PRIVATE").await;
    let save = |id: Value, input: Value| json!({ "board": board.id, "id": id, "input": input });
    let names = "boardColumnSave.board.columns";
    let run = app
        .run_with(
            &ada,
            COLUMN,
            save(Value::Null, json!({ "name": "Never", "category": "CANCELLED" })),
        )
        .await
        .done();
    assert_eq!(run.list(names, "name"), ["Backlog", "To do", "Doing", "Review", "Done", "Never"]);
    let first = save(json!(board.columns[4]), json!({ "after": null }));
    let run = app.run_with(&ada, COLUMN, first.clone()).await.done();
    assert_eq!(run.list(names, "name"), ["Done", "Backlog", "To do", "Doing", "Review", "Never"]);
    app.refuses(&ada, COLUMN, first).await.done();
    let behind =
        json!({ "after": board.columns[2], "name": "Ready", "limit": 4, "color": "#ABCDEF" });
    let run = app.run_with(&ada, COLUMN, save(json!(board.columns[0]), behind)).await.done();
    assert_eq!(run.list(names, "name"), ["Done", "To do", "Doing", "Ready", "Review", "Never"]);
    assert_eq!(run.at(names)[3]["limit"], 4);
    let clear = save(json!(board.columns[0]), json!({ "limit": null, "color": null }));
    let run = app.run_with(&ada, COLUMN, clear).await.done();
    assert_eq!(
        (&run.at(names)[3]["limit"], &run.at(names)[3]["color"]),
        (&Value::Null, &Value::Null)
    );
    let positions: Vec<_> = (0..6_usize).map(|at| run.at(names)[at]["position"].clone()).collect();
    assert_eq!(positions, [0, 1, 2, 3, 4, 5]);
    let other = app.make_board(&ada, "Other", "PRIVATE").await;
    for (id, input, expected) in [
        (Value::Null, json!({}), vec!["REQUIRED input.category", "REQUIRED input.name"]),
        (json!(other.columns[0]), json!({ "name": "x" }), vec!["NOT_FOUND id"]),
        (
            json!(board.columns[0]),
            json!({ "after": other.columns[0] }),
            vec!["NOT_FOUND input.after"],
        ),
        (
            json!(board.columns[0]),
            json!({ "after": board.columns[0] }),
            vec!["NOT_FOUND input.after"],
        ),
        (
            json!(board.columns[0]),
            json!({ "limit": 10_001, "color": "x" }),
            vec!["INVALID input.color", "OUT_OF_RANGE input.limit"],
        ),
    ] {
        let run = app.refuses(&ada, COLUMN, save(id, input.clone())).await;
        assert_eq!(run.refusals(), expected, "{input}");
    }
    for at in 6..30 {
        let input = json!({ "name": format!("c{at}"), "category": "TODO" });
        app.run_with(&ada, COLUMN, save(Value::Null, input)).await.done();
    }
    let more = save(Value::Null, json!({ "name": "more", "category": "TODO" }));
    assert_eq!(app.refuses(&ada, COLUMN, more).await.refusals(), ["QUOTA_EXCEEDED board"]);
}

#[tokio::test]
async fn tasks_of_a_column_that_means_something_else_are_done_or_not_from_then_on() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.make_board(&ada, "Looms", "PRIVATE").await;
    let todo = &board.columns[1];
    let parent = app.put_in_column(&board.columns[0], "a0", |row| row.child_count = 2).await;
    for rank in ["a0", "a1"] {
        app.put_in_column(todo, rank, |row| row.parent_id = Some(parent)).await;
    }
    let now = app.app.clock.now();
    app.put_in_column(todo, "a2", |row| row.archived_at = Some(now)).await;
    let done_parts = async || app.tasks_in(&board.columns[0]).await[0].done_child_count;
    for (category, completed, started, count) in [
        ("DONE", 3, 0, 2),
        ("CANCELLED", 3, 0, 2),
        ("REVIEW", 0, 3, 0),
        ("TODO", 0, 3, 0),
        ("DONE", 3, 3, 2),
    ] {
        let input = json!({ "board": board.id, "id": todo, "input": { "category": category } });
        let run = app.run_with(&ada, COLUMN, input).await.done();
        assert_eq!(run.at("boardColumnSave.board.doneCount"), &json!(count), "{category}");
        let tasks = app.tasks_in(todo).await;
        let are = |is: fn(&guildhall::entity::task::Model) -> bool| {
            tasks.iter().filter(|row| is(row)).count()
        };
        assert_eq!(are(|row| row.completed_at.is_some()), completed, "{category}");
        assert_eq!(are(|row| row.started_at.is_some()), started, "{category}");
        assert_eq!(done_parts().await, count, "{category}");
    }
}

#[tokio::test]
async fn tasks_of_a_deleted_column_go_to_the_end_of_another_in_their_order() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.make_board(&ada, "Looms", "PRIVATE").await;
    let (from, to) = (&board.columns[0], &board.columns[4]);
    let mut expected = Vec::new();
    for rank in ["a0", "a1"] {
        expected.push(app.put_in_column(to, rank, |_| ()).await);
    }
    let ranks = guildhall::boards::service::rank::spread(None, None, 250);
    for rank in ranks {
        expected.push(app.put_in_column(from, &rank, |_| ()).await);
    }
    let other = app.make_board(&ada, "Other", "PRIVATE").await;
    for (id, to, path) in [
        (from, from, "NOT_FOUND moveTo"),
        (from, &other.columns[0], "NOT_FOUND moveTo"),
        (from, &board.id, "NOT_FOUND moveTo"),
        (&board.id, from, "NOT_FOUND id"),
    ] {
        let run = app.refuses(&ada, COLUMN_DELETE, json!({ "id": id, "to": to })).await;
        assert_eq!(run.refusals(), [path]);
    }
    let run = app.run_with(&ada, COLUMN_DELETE, json!({ "id": from, "to": to })).await.done();
    let columns = "boardColumnDelete.board.columns";
    assert_eq!(run.list(columns, "name"), ["To do", "Doing", "Review", "Done"]);
    assert_eq!(run.at(columns)[3]["position"], 3);
    let tasks = app.tasks_in(to).await;
    assert_eq!(tasks.iter().map(|row| row.id).collect::<Vec<_>>(), expected);
    assert!(tasks.windows(2).all(|pair| pair[0].rank < pair[1].rank));
    assert!(tasks.iter().all(|row| row.completed_at.is_some()), "they stand among what is done");
    assert_eq!(run.at("boardColumnDelete.board.doneCount"), &json!(252));
    for id in &board.columns[1..4] {
        app.run_with(&ada, COLUMN_DELETE, json!({ "id": id, "to": to })).await.done();
    }
    let last = app.refuses(&ada, COLUMN_DELETE, json!({ "id": to, "to": to })).await;
    assert_eq!(last.refusals(), ["STATE_NOT_ALLOWED id"]);
}
