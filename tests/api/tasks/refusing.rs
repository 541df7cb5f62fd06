//! Who may not do what: nothing is written.

use guildhall::{
    Actor,
    entity::{board, board::Visibility},
    scope::Scope,
};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use super::kit::{CREATE, Desk, MOVE, RELATE, STEPS, UPDATE, UPDATE_ALL, add, desk};
use crate::kit::TestApp;

const DELETE: &str =
    "mutation($id: ID!) { taskDelete(id: $id) { deletedIds userErrors { code path } } }";

/// Every mutation on a task, with the argument that names it.
fn all(desk: &Desk, task: &str, other: &str) -> Vec<(&'static str, Value, &'static str)> {
    let (board, column) = (&desk.board.id, &desk.board.columns[1]);
    vec![
        (CREATE, json!({ "input": { "board": board, "title": "x" } }), "input.board"),
        (UPDATE, json!({ "id": task, "input": { "title": "x" } }), "id"),
        (UPDATE_ALL, json!({ "ids": [task], "input": { "title": "x" } }), "ids"),
        (MOVE, json!({ "id": task, "column": column }), "id"),
        (RELATE, json!({ "id": task, "kind": "BLOCKS", "other": other, "related": true }), "id"),
        (STEPS, json!({ "task": task, "items": [{ "text": "x" }] }), "task"),
        (DELETE, json!({ "id": task }), "id"),
    ]
}

async fn two(desk: &Desk) -> (String, String) {
    let one = add(&desk.app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    (one, add(&desk.app, &desk.eve, &desk.board, json!({ "title": "two" })).await)
}

async fn refusals(app: &TestApp, actor: &Actor, call: &(&'static str, Value, &str)) -> Vec<String> {
    app.refuses(actor, call.0, call.1.clone()).await.refusals()
}

#[tokio::test]
async fn only_editors_change_tasks() {
    let desk = desk(Visibility::Members).await;
    let (one, two) = two(&desk).await;
    for actor in [&desk.vic, &desk.cora, &desk.stan] {
        for call in all(&desk, &one, &two) {
            assert_eq!(refusals(&desk.app, actor, &call).await, [format!("FORBIDDEN {}", call.2)]);
        }
    }
}

#[tokio::test]
async fn what_one_may_not_see_is_not_there() {
    let desk = desk(Visibility::Private).await;
    let (one, two) = two(&desk).await;
    let staff = desk.app.with_role("root", guildhall::entity::account::Role::Admin).await;
    for actor in [&desk.stan, &staff] {
        for call in all(&desk, &one, &two) {
            let path = if call.2 == "ids" { "ids.0" } else { call.2 };
            assert_eq!(refusals(&desk.app, actor, &call).await, [format!("NOT_FOUND {path}")]);
        }
        let query = "query($id: ID!) { task(by: { id: $id }) { id } node(id: $id) { id } }";
        let run = desk.app.run_with(actor, query, json!({ "id": one })).await.ok();
        assert_eq!(run.data, json!({ "task": null, "node": null }));
        let run = desk.app.run(actor, r#"{ task(by: { key: "GLD-1" }) { id } }"#).await.ok();
        assert_eq!(run.data, json!({ "task": null }));
    }
}

#[tokio::test]
async fn guests_and_tokens_without_the_scope_change_nothing() {
    let desk = desk(Visibility::Public).await;
    let (one, two) = two(&desk).await;
    let scopes = [Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteSocial];
    let token = desk.app.by_token(desk.eve, &scopes);
    for call in all(&desk, &one, &two) {
        for (actor, code) in [(&Actor::Guest, "UNAUTHENTICATED"), (&token, "SCOPE_MISSING")] {
            let run = desk.app.refuses(actor, call.0, call.1.clone()).await;
            assert_eq!(run.error_code(), code, "{}", call.2);
        }
    }
    let query = "query($id: ID!) { task(by: { id: $id }) { title viewer { canEdit } } }";
    let run = desk.app.run_with(&Actor::Guest, query, json!({ "id": one })).await.ok();
    assert_eq!(run.data, json!({ "task": { "title": "one", "viewer": null } }));
}

#[tokio::test]
async fn on_a_board_that_was_put_away_nothing_changes() {
    let desk = desk(Visibility::Members).await;
    let (one, two) = two(&desk).await;
    let row = board::ActiveModel {
        id: Set(desk.board.key),
        archived_at: Set(Some(desk.app.app.clock.now())),
        ..Default::default()
    };
    board::Entity::update(row).exec(&desk.app.app.db.write).await.unwrap();
    for call in all(&desk, &one, &two) {
        let refused = refusals(&desk.app, &desk.ada, &call).await;
        assert_eq!(refused, [format!("STATE_NOT_ALLOWED {}", call.2)]);
    }
}

#[tokio::test]
async fn a_task_that_was_put_away_is_not_changed() {
    let desk = desk(Visibility::Members).await;
    let (one, _) = two(&desk).await;
    super::kit::update(&desk.app, &desk.eve, &one, json!({ "archived": true })).await.done();
    for (query, variables, path) in [
        (UPDATE, json!({ "id": one, "input": { "title": "x" } }), "id"),
        (UPDATE_ALL, json!({ "ids": [one], "input": { "title": "x" } }), "ids.0"),
        (MOVE, json!({ "id": one, "column": desk.board.columns[1] }), "id"),
        (STEPS, json!({ "task": one, "items": [{ "text": "x" }] }), "task"),
    ] {
        let refused = desk.app.refuses(&desk.eve, query, variables).await.refusals();
        assert_eq!(refused, [format!("STATE_NOT_ALLOWED {path}")]);
    }
}
