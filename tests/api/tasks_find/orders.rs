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
    // Nor do texts take each other's cursors where the tasks are read as they stand.
    let id = guildhall::graph::encode("board", board.id).to_string();
    let of_board = json!({ "boards": [id] });
    for field in ["DUE", "CREATED", "TITLE"] {
        let order = json!({ "field": field });
        let run = app.tasks(&ada, of_board.clone(), order, json!({ "first": 1 })).await.ok();
        let page = json!({ "after": run.at("tasks.pageInfo.endCursor") });
        let run = app.tasks(&ada, of_board.clone(), json!({ "field": "RANK" }), page).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{field}");
    }
}

#[tokio::test]
async fn a_large_board_is_read_whole_as_it_stands_in_pages_of_any_size() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.board_of("GLD", Visibility::Private, &[&ada]).await;
    let other = app.board_of("OTH", Visibility::Members, &[]).await;
    app.put_task(plain(&app, &other, 1)).await;
    let mut rows = Vec::new();
    for number in 0..60 {
        let place = usize::try_from(number * 7 % 60).unwrap();
        let row = task::Model {
            // One column is empty, and some ranks stand in several.
            column_id: board.columns[place % 5],
            rank: format!("a{}", place / 3),
            priority: number % 3,
            archived_at: (number % 4 == 0).then(|| app.app.clock.now()),
            ..plain(&app, &board, number)
        };
        rows.push((place % 5, row.rank.clone(), row.id, row.priority, row.archived_at));
        app.put_task(row).await;
    }
    rows.sort();
    let id = guildhall::graph::encode("board", board.id).to_string();
    let filters = [
        (json!({}), 45),
        (json!({ "archived": null }), 60),
        (json!({ "archived": true }), 15),
        (json!({ "priorities": ["LOW"], "archived": null }), 20),
    ];
    for (mut filter, many) in filters {
        let keeps = |row: &&(usize, String, uuid::Uuid, i32, Option<_>)| {
            let archived = filter.get("archived");
            (archived.is_none_or(|archived| archived.is_null() || *archived == row.4.is_some()))
                && (archived.is_some() || row.4.is_none())
                && (filter["priorities"].is_null() || row.3 == 1)
        };
        let mut expected: Vec<_> = rows.iter().filter(keeps).map(|row| task_id(row.2)).collect();
        assert_eq!(expected.len(), many);
        filter["boards"] = json!([id]);
        for direction in ["ASC", "DESC"] {
            for first in [1, 7, 100] {
                let order = json!({ "field": "RANK", "direction": direction });
                let found = app.found(&ada, filter.clone(), order, first).await;
                assert_eq!(found, expected, "{filter} {direction} {first}");
            }
            expected.reverse();
        }
    }
    // Of a board that is not seen nothing is found.
    for actor in [app.member("ben").await, guildhall::Actor::Guest] {
        let order = json!({ "field": "RANK" });
        let found = app.found(&actor, json!({ "boards": [id] }), order, 100).await;
        assert_eq!(found, [""; 0]);
    }
}
