//! The demo's boards.

use guildhall::{Actor, entity::task};
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::{actor, demo};

#[tokio::test]
async fn each_sees_the_boards_that_they_may() {
    let app = demo().await;
    let query = r#"{ boards { nodes { key taskCount doneCount } }
        staff: board(by: { key: "STAFF" }) { name }
        secret: task(by: { key: "STAFF-1" }) { title }
        shared: task(by: { key: "MEET-1" }) { title } }"#;
    let site = json!({ "key": "SITE", "taskCount": 6, "doneCount": 2 });
    let meet = json!({ "key": "MEET", "taskCount": 10, "doneCount": 2 });
    let staff = json!({ "key": "STAFF", "taskCount": 3, "doneCount": 1 });
    let hall = "Book the hall at the library";

    let guest = app.run(&Actor::Guest, query).await.ok();
    assert_eq!(guest.at("boards.nodes"), &json!([site]));
    assert!(guest.at("shared").is_null() && guest.at("staff").is_null());
    for handle in ["jonas", "kofi", "elif"] {
        let run = app.run(&actor(&app, handle).await, query).await.ok();
        assert_eq!(run.at("boards.nodes"), &json!([site, meet]), "{handle}");
        assert_eq!(run.text("shared.title"), hall);
        assert!(run.at("staff").is_null() && run.at("secret").is_null(), "{handle}");
    }
    for handle in ["ada", "ben"] {
        let run = app.run(&actor(&app, handle).await, query).await.ok();
        assert_eq!(run.at("boards.nodes"), &json!([staff, site, meet]), "{handle}");
        assert_eq!(run.text("secret.title"), "Turn on backups of the pictures");
    }
}

#[tokio::test]
async fn a_board_has_all_that_a_board_can_have() {
    let app = demo().await;
    let kofi = actor(&app, "kofi").await;
    let query = r#"{ board(by: { key: "MEET" }) { labels { name } members { edges { role } }
        columns { name limit taskCount tasks { nodes { key title } } } activity(first: 100) { nodes { kind } } }
      speakers: task(by: { key: "MEET-2" }) { priority estimate dueAt startOn checklist { text done }
        assignees { handle } labels { name } children { title completedAt } childCount doneChildCount
        commentCount comments { nodes { author { handle } } } reactions { emoji count }
        relations { kind task { key } } viewer { watching } }
      bread: task(by: { key: "MEET-7" }) { title isBlocked relations { kind task { key } } } }"#;
    let run = app.run(&kofi, query).await.ok();
    let column = |name: &str, limit: Option<i32>, tasks: &[(i32, &str)]| {
        let nodes: Vec<_> = tasks
            .iter()
            .map(|(number, title)| json!({ "key": format!("MEET-{number}"), "title": title }))
            .collect();
        json!({ "name": name, "limit": limit, "taskCount": nodes.len(), "tasks": { "nodes": nodes } })
    };
    let mut columns = run.at("board.columns").clone();
    for column in columns.as_array_mut().unwrap() {
        let tasks = column["tasks"]["nodes"].as_array_mut().unwrap();
        tasks.sort_by_key(|task| task["key"].as_str().unwrap()[5..].parse::<i32>().unwrap());
    }
    let expected = json!([
        column("Backlog", None, &[(10, "A table for children's books")]),
        column(
            "To do",
            None,
            &[
                (4, "Write to the evening school"),
                (6, "Count who is coming"),
                (7, "Order bread for sixty"),
                (8, "Borrow two microphones"),
            ]
        ),
        column("Doing", Some(4), &[(2, "Find six speakers"), (5, "Captions for all talks")]),
        column("Review", Some(3), &[(9, "Code of conduct on the invitation")]),
        column(
            "Done",
            None,
            &[(1, "Book the hall at the library"), (3, "Ask the two who spoke last year")]
        ),
    ]);
    assert_eq!(columns, expected);
    assert_eq!(run.at("board.labels").as_array().unwrap().len(), 4);
    assert_eq!(run.at("board.members.edges").as_array().unwrap().len(), 6);
    let kinds = run.list("board.activity.nodes", "kind");
    for kind in ["CREATED", "MOVED", "COMPLETED", "COMMENTED", "LINKED", "UPDATED", "MEMBER_ADDED"]
    {
        assert!(kinds.iter().any(|found| found == kind), "{kind}");
    }
    let speakers = json!({ "priority": "URGENT", "estimate": 8.0, "startOn": "2026-05-07",
        "dueAt": "2026-05-10T00:00:00.000Z",
        "checklist": [{ "text": "Open the form", "done": true },
            { "text": "Answer everybody who wrote", "done": false },
            { "text": "Pair newcomers with somebody", "done": false }],
        "assignees": [{ "handle": "ada" }, { "handle": "ben" }], "labels": [{ "name": "Talks" }],
        "children": [{ "title": "Ask the two who spoke last year", "completedAt": null },
            { "title": "Write to the evening school", "completedAt": null }],
        "childCount": 2, "doneChildCount": 1, "commentCount": 2,
        "comments": { "nodes": [{ "author": { "handle": "kofi" } }, { "author": { "handle": "ben" } }] },
        "reactions": [{ "emoji": "👀", "count": 1 }],
        "relations": [{ "kind": "RELATES_TO", "task": { "key": "MEET-5" } }],
        "viewer": { "watching": "ALL" } });
    let mut found = run.at("speakers").clone();
    assert!(found["children"][0]["completedAt"].is_string());
    found["children"][0]["completedAt"] = json!(null);
    assert_eq!(found, speakers);
    let bread = json!({ "title": "Order bread for sixty", "isBlocked": true,
        "relations": [{ "kind": "BLOCKED_BY", "task": { "key": "MEET-6" } }] });
    assert_eq!(run.at("bread"), &bread);
}

#[tokio::test]
async fn what_a_member_is_to_do_stands_in_their_list() {
    let app = demo().await;
    let query = "{ viewer { tasks { nodes { key } } boards { nodes { key } } } }";
    let run = app.run(&actor(&app, "ben").await, query).await.ok();
    let mut mine = run.list("viewer.tasks.nodes", "key");
    mine.sort();
    assert_eq!(mine, ["MEET-2", "STAFF-2"]);
    assert_eq!(run.list("viewer.boards.nodes", "key"), ["STAFF", "MEET"]);
}

#[tokio::test]
async fn tasks_stand_in_order_and_no_key_comes_twice() {
    let app = demo().await;
    let mut tasks = task::Entity::find().all(&app.app.db.write).await.unwrap();
    assert_eq!(tasks.len(), 19);
    tasks.sort_by(|one, next| (one.column_id, &one.rank).cmp(&(next.column_id, &next.rank)));
    let in_order = |one: &task::Model, next: &task::Model| {
        one.column_id != next.column_id || one.rank < next.rank
    };
    assert!(tasks.is_sorted_by(in_order));
    tasks.sort_by_key(|task| (task.board_id, task.id));
    for board in tasks.chunk_by(|one, next| one.board_id == next.board_id) {
        let numbers: Vec<i32> = board.iter().map(|task| task.number).collect();
        let counted: Vec<i32> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, counted, "in the order of time");
    }
}
