//! Who hears what happens on boards, and how it is told.

use guildhall::{
    Actor::{Audience, Guest},
    boards::service::{
        hears,
        told::{Added, Changed, Moved, TASK_ADDED, TASK_CHANGED, TASK_MOVED, TASK_REMOVED},
    },
    entity::account::Role,
    scope::Scope,
    streams::NewEvent,
};
use serde_json::{Value, json};

use super::kit::{ARCHIVE, UPDATE, task_id};
use crate::kit::{TestApp, key};

const EVENTS: &str =
    "subscription($id: ID!, $after: EventCursor) { boardEvents(id: $id, after: $after) { __typename
    ... on StreamEvent { cursor }
    ... on StreamReset { reason }
    ... on TaskAdded { task { id } actor { handle } clientKey }
    ... on TaskChanged { task { id } actor { handle } changed }
    ... on TaskMoved { task { id } actor { handle } fromColumn }
    ... on TaskRemoved { id }
    ... on BoardChanged { board { name columns { name } labels { name } } } } }";

#[tokio::test]
async fn what_happens_to_tasks_and_boards_is_told_and_told_again_after_a_cursor() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let board = app.make_board(&ada, "Looms", "PUBLIC").await;
    let query = "query($id: ID!) { board(by: { id: $id }) { eventCursor } }";
    let run = app.run_with(&Guest, query, json!({ "id": board.id })).await.ok();
    let start = run.text("board.eventCursor").to_owned();
    let mut followers = Vec::new();
    for who in [&Guest, &ada, &ben] {
        let mut follower = app.follow(who, EVENTS, json!({ "id": board.id })).await;
        follower.ready().await;
        followers.push(follower);
    }
    let task = app.put_in_column(&board.columns[0], "a0", |_| ()).await;
    let gone = app.app.clock.key();
    let added = Added { client_key: Some("one".to_owned()) };
    let changed = Changed { fields: vec!["title".to_owned()] };
    let moved = Moved { from_column: key("board_column", &board.columns[1]) };
    for event in [
        NewEvent::new(TASK_ADDED, task).with(&added).unwrap(),
        NewEvent::new(TASK_CHANGED, gone).with(&changed).unwrap(),
        NewEvent::new(TASK_CHANGED, task).with(&changed).unwrap(),
        NewEvent::new(TASK_MOVED, task).with(&moved).unwrap(),
        NewEvent::new(TASK_REMOVED, gone),
    ] {
        app.happen(&ada, &board, event).await;
    }
    let change = json!({ "id": board.id, "input": { "name": "New" } });
    app.run_with(&ada, UPDATE, change).await.done();
    let (id, ada_is) = (task_id(task), json!({ "handle": "ada" }));
    let expected = [
        json!({ "__typename": "TaskAdded", "task": { "id": id }, "actor": ada_is, "clientKey": "one" }),
        json!({ "__typename": "TaskChanged", "task": { "id": id }, "actor": ada_is, "changed": ["title"] }),
        json!({ "__typename": "TaskMoved", "task": { "id": id }, "actor": ada_is, "fromColumn": board.columns[1] }),
        json!({ "__typename": "TaskRemoved", "id": task_id(gone) }),
        json!({ "__typename": "BoardChanged", "board": { "name": "New", "labels": [{ "name": "bug" }],
            "columns": [{ "name": "Backlog" }, { "name": "To do" }, { "name": "Doing" }, { "name": "Review" }, { "name": "Done" }] } }),
    ];
    let mut again = app.follow(&Guest, EVENTS, json!({ "id": board.id, "after": start })).await;
    let mut third = Value::Null;
    for follower in followers.iter_mut().chain([&mut again]) {
        let mut told = follower.take(5).await;
        third = told[2]["cursor"].clone();
        for event in &mut told {
            event.as_object_mut().unwrap().remove("cursor").unwrap();
        }
        assert_eq!(told, expected);
    }
    again.ready().await;
    let mut rest = app.follow(&ben, EVENTS, json!({ "id": board.id, "after": third })).await;
    let told = rest.take(3).await;
    let kinds: Vec<_> = told.iter().map(|event| event["__typename"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["TaskRemoved", "BoardChanged", "StreamReady"]);
}

#[tokio::test]
async fn only_who_sees_a_board_may_follow_it() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let root = app.with_role("root", Role::Admin).await;
    let token = app.by_token(ada, &[Scope::ReadPublic]);
    let private = app.make_board(&ada, "Looms", "PRIVATE").await;
    let members = app.make_board(&ada, "Threads", "MEMBERS").await;
    for (who, board) in [
        (&Guest, &private),
        (&Guest, &members),
        (&ben, &private),
        (&root, &private),
        (&token, &private),
    ] {
        assert_eq!(
            app.open(who, EVENTS, json!({ "id": board.id })).await.unwrap_err(),
            "BAD_REQUEST"
        );
    }
    for (who, board) in [(&ada, &private), (&ben, &members), (&token, &members)] {
        app.open(who, EVENTS, json!({ "id": board.id })).await.unwrap();
    }
    let actors = [ada, ben, Guest, token, ada];
    app.statements();
    let heard = hears(&app.app, private.key(), &actors).await.unwrap();
    assert_eq!(heard, [true, false, false, false, true]);
    assert_eq!(
        hears(&app.app, members.key(), &actors).await.unwrap(),
        [true, true, false, true, true]
    );
    assert_eq!(app.statements().len(), 2, "one for each board, however many ask");
    assert_eq!(
        hears(&app.app, app.app.clock.key(), &[ada, Audience]).await.unwrap(),
        [false, false]
    );
}

#[tokio::test]
async fn who_is_removed_from_a_private_board_hears_nothing_more() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let board = app.make_board(&ada, "Looms", "PRIVATE").await;
    app.set_on(&ada, &board.id, &ben, json!("EDITOR")).await.done();
    let mut hers = app.follow(&ada, EVENTS, json!({ "id": board.id })).await;
    let mut his = app.follow(&ben, EVENTS, json!({ "id": board.id })).await;
    hers.ready().await;
    let last = his.ready().await;
    app.set_on(&ada, &board.id, &ben, Value::Null).await.done();
    let event = his.next().await;
    assert_eq!(
        (&event["__typename"], &event["reason"]),
        (&json!("StreamReset"), &json!("ACCESS_CHANGED"))
    );
    his.ends().await;
    assert_eq!(hers.next().await["__typename"], "BoardChanged");
    let again = app.open(&ben, EVENTS, json!({ "id": board.id, "after": last })).await;
    assert_eq!(again.unwrap_err(), "BAD_REQUEST");
}

#[tokio::test]
async fn a_board_that_becomes_private_is_lost_to_others_and_one_put_away_is_still_followed() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.make_board(&ada, "Looms", "PUBLIC").await;
    let mut guest = app.follow(&Guest, EVENTS, json!({ "id": board.id })).await;
    guest.ready().await;
    app.run_with(&ada, ARCHIVE, json!({ "id": board.id })).await.done();
    assert_eq!(guest.next().await["__typename"], "BoardChanged");
    app.follow(&Guest, EVENTS, json!({ "id": board.id })).await.ready().await;
    app.run_with(&ada, ARCHIVE, json!({ "id": board.id, "archived": false })).await.done();
    guest.next().await;
    let hide = json!({ "id": board.id, "input": { "visibility": "PRIVATE" } });
    app.run_with(&ada, UPDATE, hide).await.done();
    assert_eq!(guest.next().await["reason"], "ACCESS_CHANGED");
    guest.ends().await;
}

#[tokio::test]
async fn a_deleted_board_ends_what_followed_it() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.make_board(&ada, "Looms", "PUBLIC").await;
    app.run_with(&ada, ARCHIVE, json!({ "id": board.id })).await.done();
    let mut hers = app.follow(&ada, EVENTS, json!({ "id": board.id })).await;
    hers.ready().await;
    app.act(&ada, "boardDelete", &board.id).await.done();
    assert_eq!(hers.next().await["reason"], "ACCESS_CHANGED");
    hers.ends().await;
}
