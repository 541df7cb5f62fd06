//! A page of boards is a fixed number of statements.

use guildhall::Actor::{self, Guest};
use serde_json::json;

use super::kit::LABEL;
use crate::kit::TestApp;

async fn crowd(size: usize) -> (TestApp, Actor) {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    for n in 0..size {
        let other = app.member(&format!("member{n}")).await;
        let board = app.make_board(&other, &format!("Board {n:02}"), "PUBLIC").await;
        for who in [&ada, &ben] {
            app.set_on(&other, &board.id, who, json!("EDITOR")).await.done();
        }
        let label = json!({ "board": board.id, "name": "more", "color": "#000000" });
        app.run_with(&other, LABEL, label).await.done();
    }
    (app, ada)
}

const FIELDS: &str = "id key name description { html } columns { id name category taskCount } labels { name color }
    members { edges { role node { handle } } } activity(first: 5) { nodes { kind field actor { handle } member { handle } } }
    eventCursor";

#[tokio::test]
async fn a_list_of_boards_costs_the_same_for_two_and_for_twenty() {
    for size in [2, 20] {
        let (app, ada) = crowd(size).await;
        let query = format!(
            "{{ boards {{ nodes {{ {FIELDS} viewer {{ role canEdit canAddTasks }} }} }} }}"
        );
        // Boards, columns, labels, members, activity, who did it, to whom, streams; and for members their role.
        for (who, expected) in [(&Guest, 8), (&ada, 9)] {
            let run = app.run(who, &query).await.ok();
            assert_eq!(run.at("boards.nodes").as_array().unwrap().len(), size);
            let sql: Vec<_> = run.sql.iter().filter(|s| s.starts_with("SELECT")).collect();
            assert_eq!(sql.len(), expected, "{size} {sql:#?}");
        }
        let query =
            format!("{{ viewer {{ boards {{ nodes {{ {FIELDS} viewer {{ role }} }} }} }} }}");
        let run = app.run(&ada, &query).await.ok();
        assert_eq!(run.at("viewer.boards.nodes").as_array().unwrap().len(), size);
        let sql: Vec<_> = run.sql.iter().filter(|s| s.starts_with("SELECT")).collect();
        assert_eq!(sql.len(), 9, "{size} {sql:#?}");
    }
}

#[tokio::test]
async fn boards_are_found_by_name_and_key_and_paged() {
    let (app, ada) = crowd(5).await;
    let query =
        "query($text: String, $after: String) { boards(text: $text, first: 2, after: $after) {
        nodes { name } pageInfo { hasNextPage endCursor } } }";
    let run = app.run_with(&ada, query, json!({ "text": "BOARD 03" })).await.ok();
    assert_eq!(run.list("boards.nodes", "name"), ["Board 03"]);
    let run = app.run_with(&ada, query, json!({ "text": "\u{0}" })).await.ok();
    assert_eq!(run.at("boards.nodes"), &json!([]));
    let (mut after, mut names) = (json!(null), Vec::new());
    loop {
        let run = app.run_with(&ada, query, json!({ "after": after })).await.ok();
        names.extend(run.list("boards.nodes", "name"));
        if run.at("boards.pageInfo.hasNextPage") == &json!(false) {
            break;
        }
        after = run.at("boards.pageInfo.endCursor").clone();
    }
    assert_eq!(names, ["Board 00", "Board 01", "Board 02", "Board 03", "Board 04"]);
}
