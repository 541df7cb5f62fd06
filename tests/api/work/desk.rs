//! Background work on the staff desk.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    entity::{
        account::Role,
        work_item::{self, State},
    },
    graph::encode,
    operations,
    queue::{self, Queue},
    scope::Scope,
};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::kit::{Deed, LETTER, PLAIN, Probe, ask, drain, item};
use crate::kit::{Run, TestApp};

const LIST: &str = "query($states: [WorkState!], $queue: String, $first: Int! = 50, $after: String) { admin { \
    work(states: $states, queue: $queue, first: $first, after: $after) { nodes { id workState } \
    pageInfo { hasNextPage endCursor } } } }";

async fn admin(app: &TestApp) -> Actor {
    app.with_role("root", Role::Admin).await
}

fn id(key: Uuid) -> String {
    encode("work", key).to_string()
}

async fn change(app: &TestApp, actor: &Actor, verb: &str, ids: &[String]) -> Run {
    let query = format!(
        "mutation($ids: [ID!]!) {{ {verb}(ids: $ids) {{ done userErrors {{ code message path }} }} }}"
    );
    app.run_with(actor, &query, json!({ "ids": ids })).await
}

/// What every kind of item there is looks like now.
async fn rows(app: &TestApp) -> Vec<work_item::Model> {
    let mut rows = work_item::Entity::find().all(&app.app.db.write).await.unwrap();
    rows.sort_by_key(|row| row.id);
    rows
}

/// One that waits, one that runs, one that failed, and one that waits in another queue, in this order.
async fn some(app: &TestApp, root: &Actor) -> [Uuid; 5] {
    let probe = Probe::new();
    let failed = ask(&app.app, &PLAIN, &probe, Deed::Park).await;
    let cancelled = ask(&app.app, &PLAIN, &probe, Deed::Again(3600)).await;
    drain(app).await;
    change(app, root, "workCancel", &[id(cancelled)]).await.ok();
    let running = ask(&app.app, &PLAIN, &probe, Deed::Gate).await;
    assert_eq!(queue::claim(&app.app, Queue::Default, 1).await.unwrap().len(), 1);
    let waits = ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    let letter = ask(&app.app, &LETTER, &probe, Deed::Done).await;
    [failed, cancelled, running, waits, letter]
}

fn ids(run: &Run) -> Vec<String> {
    let nodes = run.at("admin.work.nodes").as_array().unwrap().iter();
    nodes.map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_admin_sees_all_about_a_piece_of_work() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let probe = Probe::new();
    let failed = ask(&app.app, &PLAIN, &probe, Deed::Park).await;
    drain(&app).await;
    let fields =
        "id queue kind workState attempts maxAttempts runAt startedAt finishedAt error payload";
    let query = format!("{{ admin {{ work {{ nodes {{ {fields} }} }} }} }}");
    let run = app.run(&root, &query).await.ok();
    let now = "2026-05-04T09:30:00.000Z";
    let expected = json!({
        "id": id(failed), "queue": "default", "kind": "test.plain", "workState": "FAILED", "attempts": 1,
        "maxAttempts": 3, "runAt": now, "startedAt": now, "finishedAt": now, "error": "nobody lives there",
        "payload": [probe.key, "Park"],
    });
    assert_eq!(run.at("admin.work.nodes.0"), &expected);
    let query = format!("{{ node(id: \"{}\") {{ ... on Work {{ {fields} }} }} }}", id(failed));
    assert_eq!(app.run(&root, &query).await.ok().at("node"), &expected);
}

#[tokio::test]
async fn nobody_else_sees_it() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let [failed, ..] = some(&app, &root).await;
    let moderator = app.with_role("mod", Role::Moderator).await;
    let member = app.member("ada").await;
    let weak = app.by_token(root, &[Scope::ReadPrivate]);
    let list = "{ admin { work { nodes { id } } } }";
    let node = format!("{{ node(id: \"{}\") {{ id }} }}", id(failed));
    assert_eq!(app.run(&moderator, list).await.error_code(), "FORBIDDEN");
    assert_eq!(app.run(&weak, list).await.error_code(), "SCOPE_MISSING");
    assert_eq!(app.run(&weak, &node).await.error_code(), "SCOPE_MISSING");
    for actor in [Actor::Guest, member] {
        assert_eq!(app.run(&actor, list).await.ok().data, json!({ "admin": null }));
    }
    for actor in [Actor::Guest, member, moderator] {
        assert_eq!(app.run(&actor, &node).await.ok().data, json!({ "node": null }));
    }
    let strong = app.by_token(root, &[Scope::Admin]);
    assert_eq!(ids(&app.run(&strong, list).await.ok()).len(), 5);
    assert_eq!(app.run(&strong, &node).await.ok().text("node.id"), id(failed));
}

#[tokio::test]
async fn it_is_listed_by_state_and_queue_latest_first_page_by_page() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let [failed, cancelled, running, waits, letter] = some(&app, &root).await;
    let cases = [
        (json!({}), vec![letter, waits, running, cancelled, failed]),
        (json!({ "states": ["FAILED", "CANCELLED", "FAILED"] }), vec![cancelled, failed]),
        (json!({ "states": ["QUEUED"] }), vec![letter, waits]),
        (json!({ "states": ["QUEUED"], "queue": "mail" }), vec![letter]),
        (json!({ "queue": "default" }), vec![waits, running, cancelled, failed]),
        (json!({ "queue": "upkeep" }), vec![]),
        (json!({ "states": [] }), vec![]),
    ];
    for (variables, expected) in cases {
        let run = app.run_with(&root, LIST, variables.clone()).await.ok();
        assert_eq!(ids(&run), expected.into_iter().map(id).collect::<Vec<_>>(), "{variables}");
    }
    let (mut after, mut found) = (Value::Null, Vec::new());
    loop {
        let run = app.run_with(&root, LIST, json!({ "first": 2, "after": after })).await.ok();
        found.extend(ids(&run));
        after = run.at("admin.work.pageInfo.endCursor").clone();
        if run.at("admin.work.pageInfo.hasNextPage") == &json!(false) {
            break;
        }
    }
    assert_eq!(found, [letter, waits, running, cancelled, failed].map(id));
    for wrong in [json!({ "first": 0 }), json!({ "first": 101 }), json!({ "queue": "que" })] {
        assert_eq!(app.run_with(&root, LIST, wrong).await.error_code(), "BAD_REQUEST");
    }
}

#[tokio::test]
async fn a_page_and_its_counts_are_two_statements_however_many_there_are() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let query = "{ admin { work { nodes { id payload } counts { workState count hasMore } } } }";
    let mut statements = Vec::new();
    for _ in 0..2 {
        some(&app, &root).await;
        statements.push(app.run(&root, query).await.ok().sql.len());
    }
    assert_eq!(statements, [2, 2]);
    let counts = json!([
        { "workState": "QUEUED", "count": 2, "hasMore": false },
        { "workState": "RUNNING", "count": 2, "hasMore": false },
        { "workState": "FAILED", "count": 2, "hasMore": false },
        { "workState": "CANCELLED", "count": 2, "hasMore": false },
    ]);
    // Of the first round the waiting ones were run by the second.
    assert_eq!(app.run(&root, query).await.ok().at("admin.work.counts"), &counts);
}

#[tokio::test]
async fn counting_ends_at_a_thousand() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let probe = Probe::new();
    let one = ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    let one = item(&app, one).await.unwrap();
    let more = (0..1000).map(|_| work_item::ActiveModel {
        id: sea_orm::Set(app.app.clock.key()),
        ..one.clone().into()
    });
    work_item::Entity::insert_many(more).exec(&app.app.db.write).await.unwrap();
    let query = "{ admin { work(first: 1) { counts { workState count hasMore } } } }";
    let run = app.run(&root, query).await.ok();
    let queued = json!({ "workState": "QUEUED", "count": 1000, "hasMore": true });
    assert_eq!(run.at("admin.work.counts.0"), &queued);
}

#[tokio::test]
async fn what_failed_or_was_given_up_is_tried_again_from_the_first() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let probe = Probe::new();
    let failed = ask(&app.app, &PLAIN, &probe, Deed::Park).await;
    let later = ask(&app.app, &PLAIN, &probe, Deed::Fail).await;
    let gone = ask(&app.app, &PLAIN, &probe, Deed::Again(900)).await;
    drain(&app).await;
    change(&app, &root, "workCancel", &[id(gone)]).await.ok();
    let done = change(&app, &root, "workRetry", &[id(failed), id(later), id(gone)]).await.ok();
    assert_eq!(done.at("workRetry"), &json!({ "done": true, "userErrors": [] }));
    let now = app.app.clock.now();
    for (key, attempts) in [(failed, 0), (later, 1), (gone, 0)] {
        let row = item(&app, key).await.unwrap();
        assert_eq!((row.state, row.attempts), (State::Queued, attempts));
        assert_eq!((row.run_at, row.finished_at), (now, None));
    }
    assert_eq!(drain(&app).await, 3);
}

#[tokio::test]
async fn what_is_given_up_is_not_done() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let probe = Probe::new();
    let waits = ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    let token = app.by_token(root, &[Scope::Admin]);
    let done = change(&app, &token, "workCancel", &[id(waits)]).await.ok();
    assert_eq!(done.at("workCancel"), &json!({ "done": true, "userErrors": [] }));
    app.app.clock.advance(TimeDelta::days(1));
    assert_eq!(drain(&app).await, 0);
    assert_eq!(probe.counts().begun, 0);
    let row = item(&app, waits).await.unwrap();
    assert_eq!(row.state, State::Cancelled);
    assert_eq!(row.finished_at, Some(app.app.clock.now() - TimeDelta::days(1)));
}

#[tokio::test]
async fn what_is_not_there_or_can_not_be_done_is_named_and_nothing_is_done() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let [failed, cancelled, running, ..] = some(&app, &root).await;
    let before = rows(&app).await;
    let strange = encode("post", failed).to_string();
    let named = [id(failed), id(Uuid::now_v7()), id(running), strange, id(cancelled)];
    let not_found = |at: &str| json!({ "code": "NOT_FOUND", "message": "there is no such work", "path": ["ids", at] });
    let not_now = |at: &str, message: &str| json!({ "code": "STATE_NOT_ALLOWED", "message": message, "path": ["ids", at] });
    let run = change(&app, &root, "workRetry", &named).await.ok();
    let expected = json!([not_found("1"), not_now("2", "it runs already"), not_found("3")]);
    assert_eq!(run.at("workRetry"), &json!({ "done": false, "userErrors": expected }));
    let run = change(&app, &root, "workCancel", &named).await.ok();
    let words = "only what waits or failed can be given up";
    let expected =
        json!([not_found("1"), not_now("2", words), not_found("3"), not_now("4", words)]);
    assert_eq!(run.at("workCancel"), &json!({ "done": false, "userErrors": expected }));
    let many = vec![id(failed); 101];
    for (verb, ids, code) in [
        ("workRetry", &[][..], "REQUIRED"),
        ("workCancel", &[][..], "REQUIRED"),
        ("workRetry", &many[..], "TOO_LONG"),
        ("workCancel", &many[..], "TOO_LONG"),
    ] {
        let run = change(&app, &root, verb, ids).await.ok();
        assert_eq!(run.at(&format!("{verb}.userErrors.0.code")), &json!(code));
    }
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn nobody_but_an_admin_steers_it() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let [failed, ..] = some(&app, &root).await;
    let before = rows(&app).await;
    let moderator = app.with_role("mod", Role::Moderator).await;
    let member = app.member("ada").await;
    let weak = app.by_token(root, &[Scope::ReadPrivate]);
    for verb in ["workRetry", "workCancel"] {
        for (actor, code) in [
            (Actor::Guest, "UNAUTHENTICATED"),
            (member, "FORBIDDEN"),
            (moderator, "FORBIDDEN"),
            (weak, "SCOPE_MISSING"),
        ] {
            assert_eq!(change(&app, &actor, verb, &[id(failed)]).await.error_code(), code);
        }
    }
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn what_failed_or_was_given_up_is_kept_for_ninety_days() {
    let app = TestApp::new().await;
    let root = admin(&app).await;
    let [_, _, running, waits, letter] = some(&app, &root).await;
    app.app.clock.advance(TimeDelta::days(90));
    assert_eq!(operations::service::prune(&app.app).await.unwrap(), 0);
    app.app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(operations::service::prune(&app.app).await.unwrap(), 2);
    let left: Vec<_> = rows(&app).await.iter().map(|row| row.id).collect();
    assert_eq!(left, [running, waits, letter]);
}
