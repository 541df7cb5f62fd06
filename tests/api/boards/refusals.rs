//! Who may not.

use guildhall::{
    Actor::{self, Guest},
    entity::account::Role,
    scope::Scope,
};
use serde_json::{Value, json};

use super::kit::{ARCHIVE, COLUMN, COLUMN_DELETE, LABEL, LABEL_DELETE, MAKE, Made, SET, UPDATE};
use crate::kit::{TestApp, by_id, profile_id};

/// Every change of a board, and the argument that names it.
fn changes(board: &Made, other: &Actor) -> Vec<(String, Value, &'static str)> {
    let id = &board.id;
    vec![
        (UPDATE.to_owned(), json!({ "id": id, "input": { "name": "Mine" } }), "id"),
        (ARCHIVE.to_owned(), json!({ "id": id }), "id"),
        (by_id("boardDelete").replace("message", ""), json!({ "id": id }), "id"),
        (SET.to_owned(), json!({ "id": id, "profile": profile_id(other), "role": "VIEWER" }), "id"),
        (
            COLUMN.to_owned(),
            json!({ "board": id, "input": { "name": "x", "category": "TODO" } }),
            "board",
        ),
        (COLUMN_DELETE.to_owned(), json!({ "id": board.columns[0], "to": board.columns[1] }), "id"),
        (LABEL.to_owned(), json!({ "board": id, "name": "x", "color": "#000000" }), "board"),
        (LABEL_DELETE.to_owned(), json!({ "id": board.label }), "id"),
    ]
}

#[tokio::test]
async fn nobody_but_admins_of_a_board_changes_it() {
    let app = TestApp::new().await;
    let (ada, other) = (app.member("ada").await, app.member("other").await);
    let root = app.with_role("root", Role::Admin).await;
    for visibility in ["PUBLIC", "MEMBERS", "PRIVATE"] {
        let board = app.make_board(&ada, "Looms", visibility).await;
        let mut people = vec![(root, visibility == "PRIVATE"), (other, visibility == "PRIVATE")];
        for role in ["VIEWER", "COMMENTER", "EDITOR"] {
            let who = app.member(&format!("{role}_{visibility}").to_lowercase()).await;
            app.set_on(&ada, &board.id, &who, json!(role)).await.done();
            people.push((who, false));
        }
        for (query, variables, path) in changes(&board, &other) {
            for (who, is_hidden) in &people {
                let run = app.refuses(who, &query, variables.clone()).await;
                let code = if *is_hidden { "NOT_FOUND" } else { "FORBIDDEN" };
                assert_eq!(run.refusals(), [format!("{code} {path}")], "{visibility} {query}");
            }
        }
    }
}

#[tokio::test]
async fn guests_and_tokens_without_the_scope_change_nothing() {
    let app = TestApp::new().await;
    let (ada, other) = (app.member("ada").await, app.member("other").await);
    let board = app.make_board(&ada, "Looms", "PUBLIC").await;
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteSocial]);
    let mut all = changes(&board, &other);
    all.push((MAKE.to_owned(), json!({ "input": { "name": "x" } }), ""));
    for (query, variables, _) in all {
        for (who, expected) in [(&Guest, "UNAUTHENTICATED"), (&token, "SCOPE_MISSING")] {
            let run = app.refuses(who, &query, variables.clone()).await;
            assert_eq!(run.error_code(), expected, "{query}");
        }
    }
}

#[tokio::test]
async fn boards_are_seen_by_those_they_are_for_staff_included() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let root = app.with_role("root", Role::Admin).await;
    let reads_public = app.by_token(ada, &[Scope::ReadPublic]);
    let reads_all = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate]);
    let reads_nothing = app.by_token(ada, &[]);
    let query =
        "query($id: ID!, $ids: [ID!]!) { board(by: { id: $id }) { name } node(id: $id) { id }
        nodes(ids: $ids) { id } boards { nodes { name } } }";
    let mut names = Vec::new();
    for (visibility, seen) in [
        ("PUBLIC", [true, true, true, true, true, true, true]),
        ("MEMBERS", [false, true, true, true, true, true, false]),
        ("PRIVATE", [false, true, false, false, false, true, false]),
    ] {
        let board = app.make_board(&ada, visibility, visibility).await;
        names.push((visibility, seen));
        let callers = [Guest, ada, ben, root, reads_public, reads_all, reads_nothing];
        for (at, who) in callers.iter().enumerate() {
            let variables = json!({ "id": board.id, "ids": [board.columns[0], board.label] });
            let run = app.run_with(who, query, variables).await.ok();
            assert_eq!(run.at("board").is_object(), seen[at], "{visibility} {at}");
            assert_eq!(run.at("node").is_object(), seen[at], "{visibility} {at}");
            for node in run.at("nodes").as_array().unwrap() {
                assert_eq!(node.is_object(), seen[at], "{visibility} {at}");
            }
            let mut expected: Vec<&str> =
                names.iter().filter(|(_, seen)| seen[at]).map(|(name, _)| *name).collect();
            expected.sort_unstable();
            assert_eq!(run.list("boards.nodes", "name"), expected, "{at}");
        }
    }
    let mine = app.run(&reads_public, "{ viewer { boards { nodes { id } } } }").await;
    assert_eq!(mine.error_code(), "SCOPE_MISSING");
}
