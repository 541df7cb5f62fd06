//! Orders of tasks, read in pages of one, two and many.

use guildhall::entity::{board::Visibility, task};
use serde_json::json;

use super::kit::{at, ids, plain, task_id};
use crate::kit::TestApp;

/// What makes the tasks of the test differ: column, rank, title, priority, due.
const TASKS: [(usize, &str, &str, i32, Option<&str>); 7] = [
    (1, "b", "Zebra", 4, None),
    (0, "b", "apple", 0, Some("2026-05-09T10:00:00Z")),
    (0, "Z", "Ärger", 2, Some("2026-05-08T10:00:00Z")),
    (2, "a", "mango", 2, None),
    (1, "a", "apple", 3, Some("2026-05-08T10:00:00Z")),
    (0, "a", "fig", 0, Some("2026-05-07T10:00:00.250Z")),
    (2, "V", "plum", 4, None),
];

/// Each order with the places in `TASKS` as they come.
const ORDERS: [(&str, [usize; 7], [usize; 7]); 6] = [
    ("RANK", [2, 5, 1, 4, 0, 6, 3], [3, 6, 0, 4, 1, 5, 2]),
    ("DUE", [5, 2, 4, 1, 0, 3, 6], [1, 4, 2, 5, 6, 3, 0]),
    ("PRIORITY", [1, 5, 2, 3, 4, 0, 6], [6, 0, 4, 3, 2, 5, 1]),
    ("CREATED", [0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0]),
    ("UPDATED", [6, 5, 4, 3, 2, 1, 0], [0, 1, 2, 3, 4, 5, 6]),
    ("TITLE", [1, 4, 5, 3, 6, 0, 2], [2, 0, 6, 3, 5, 4, 1]),
];

#[tokio::test]
async fn every_order_is_whole_in_pages_of_any_size_on_a_board_and_on_all() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.board_of("GLD", Visibility::Members, &[&ada]).await;
    let start = app.app.clock.now();
    let mut keys = Vec::new();
    for (place, (column, rank, title, priority, due)) in (0..).zip(TASKS) {
        app.pass(1);
        let row = task::Model {
            column_id: board.columns[column],
            rank: rank.to_owned(),
            title: title.to_owned(),
            title_key: title.to_lowercase(),
            priority,
            due_at: due.map(at),
            updated_at: start - chrono::TimeDelta::minutes(place),
            ..plain(&app, &board, i32::try_from(place).unwrap())
        };
        keys.push(app.put_task(row).await);
        app.assign(*keys.last().unwrap(), &ada).await;
    }
    let id = guildhall::graph::encode("board", board.id).to_string();
    for (field, ascending, descending) in ORDERS {
        for (direction, expected) in [("ASC", ascending), ("DESC", descending)] {
            let order = json!({ "field": field, "direction": direction });
            let expected: Vec<_> = expected.iter().map(|place| task_id(keys[*place])).collect();
            for first in [1, 2, 7] {
                let filter = json!({ "boards": [id] });
                let found = app.found(&ada, filter, order.clone(), first).await;
                assert_eq!(found, expected, "{field} {direction}, {first} at once");
            }
            let query = "query($id: ID!, $order: TaskOrder, $after: String) {
                node(id: $id) { ... on Board { tasks(orderBy: $order, first: 3, after: $after) {
                    nodes { id } pageInfo { endCursor } } } } }";
            let mut found = Vec::new();
            let mut after = json!(null);
            for _ in 0..3 {
                let variables = json!({ "id": id, "order": order, "after": after });
                let run = app.run_with(&ada, query, variables).await.ok();
                found.extend(ids(&run, "node.tasks.nodes"));
                after = run.at("node.tasks.pageInfo.endCursor").clone();
            }
            assert_eq!(found, expected, "{field} {direction} on the board");
            let mine =
                "query($order: TaskOrder) { viewer { tasks(orderBy: $order) { nodes { id } } } }";
            let run = app.run_with(&ada, mine, json!({ "order": order })).await.ok();
            let expected: Vec<_> = match (field, direction) {
                ("RANK", "ASC") => keys.iter().map(|key| task_id(*key)).collect(),
                ("RANK", _) => keys.iter().rev().map(|key| task_id(*key)).collect(),
                _ => expected,
            };
            assert_eq!(ids(&run, "viewer.tasks.nodes"), expected, "{field} {direction} of mine");
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.board_of("GLD", Visibility::Public, &[]).await;
    for number in 1..=2 {
        app.put_task(plain(&app, &board, number)).await;
    }
    let run = app.tasks(&ada, json!(null), json!({ "field": "DUE" }), json!({ "first": 1 })).await;
    let after = run.ok().at("tasks.pageInfo.endCursor").clone();
    for field in ["PRIORITY", "CREATED", "TITLE"] {
        let page = json!({ "after": after });
        let run = app.tasks(&ada, json!(null), json!({ "field": field }), page).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{field}");
    }
}
