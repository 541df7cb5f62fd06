//! Subscriptions over a socket.

use chrono::TimeDelta;
use guildhall::Actor;
use serde_json::{Value, json};

use super::client::Socket;
use crate::{
    accounts::{access, actor, joined, renewal},
    door::Door,
    kit::{write_comment, write_post},
    live::EVENTS,
};

async fn stage() -> (Door, Actor, String) {
    let door = Door::open().await;
    let ada = actor(&door.test, &joined(&door.test, "ada").await).await;
    let post = write_post(&door.test, &ada, "Discuss this.", "PUBLIC").await;
    (door, ada, post)
}

async fn follow(socket: &mut Socket, id: &str, post: &str) {
    let payload = json!({ "query": EVENTS, "variables": { "id": post } });
    socket.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    assert_eq!(event(socket, id).await["__typename"], "StreamReady");
}

/// The next event, which must be one of this operation.
async fn event(socket: &mut Socket, id: &str) -> Value {
    let mut message = socket.next().await;
    assert_eq!((&message["id"], &message["type"]), (&json!(id), &json!("next")), "{message}");
    message["payload"]["data"]["discussionEvents"].take()
}

#[tokio::test]
async fn events_come_until_the_client_has_enough() {
    let (door, ada, post) = stage().await;
    let mut socket = Socket::guest(&door).await;
    follow(&mut socket, "a", &post).await;
    follow(&mut socket, "b", &post).await;
    write_comment(&door.test, &ada, &post, "one").await;
    let mut heard = [socket.next().await, socket.next().await];
    heard.sort_by_key(|message| message["id"].to_string());
    assert_eq!((&heard[0]["id"], &heard[1]["id"]), (&json!("a"), &json!("b")));
    assert_eq!(heard[0]["payload"], heard[1]["payload"]);
    socket.send(json!({ "id": "a", "type": "complete" })).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong" }));
    write_comment(&door.test, &ada, &post, "two").await;
    assert_eq!(event(&mut socket, "b").await["comment"]["body"]["text"], "two");
    // The name is free again.
    follow(&mut socket, "a", &post).await;
}

#[tokio::test]
async fn a_subscription_that_comes_to_its_end_completes() {
    let (door, ada, post) = stage().await;
    let mut socket = Socket::guest(&door).await;
    follow(&mut socket, "a", &post).await;
    let query = "mutation ($id: ID!) { postDelete(id: $id) { userErrors { message } } }";
    door.test.run_with(&ada, query, json!({ "id": post })).await.ok();
    assert_eq!(event(&mut socket, "a").await["reason"], "ACCESS_CHANGED");
    assert_eq!(socket.next().await, json!({ "id": "a", "type": "complete" }));
    let payload = json!({ "query": EVENTS, "variables": { "id": post } });
    socket.send(json!({ "id": "a", "type": "subscribe", "payload": payload })).await;
    let refused = socket.next().await;
    assert_ne!(refused["type"], "complete", "{refused}");
    assert!(refused.to_string().contains("\"errors\"") || refused["type"] == "error", "{refused}");
}

#[tokio::test]
async fn who_is_signed_in_hears_a_minute_ahead_that_the_session_ends() {
    let door = Door::patient(|_| (), super::brisk()).await;
    let session = joined(&door.test, "ada").await;
    let mut socket = Socket::member(&door, access(&session)).await;
    let query = "subscription { viewerEvents { __typename ... on SessionExpiring { expiresAt } } }";
    let next = async |socket: &mut Socket, id: &str| {
        let mut message = socket.next().await;
        assert_eq!(message["id"], id, "{message}");
        message["payload"]["data"]["viewerEvents"].take()
    };
    let expiring =
        json!({ "__typename": "SessionExpiring", "expiresAt": "2026-05-04T09:45:00.000Z" });
    socket.subscribe("before", query).await;
    assert_eq!(next(&mut socket, "before").await["__typename"], "StreamReady");
    door.app.clock.advance(TimeDelta::minutes(14));
    assert_eq!(next(&mut socket, "before").await, expiring);
    // Whoever comes later hears it at once.
    socket.subscribe("after", query).await;
    assert_eq!(next(&mut socket, "after").await["__typename"], "StreamReady");
    assert_eq!(next(&mut socket, "after").await, expiring);
    // The session is renewed, and its new end is told in time.
    let refresh = format!(
        "mutation {{ sessionRefresh(refreshToken: \"{}\") {{ userErrors {{ code }} }} }}",
        renewal(&session)
    );
    socket.ask("refresh", &refresh).await;
    socket.send(json!({ "id": "after", "type": "complete" })).await;
    door.app.clock.advance(TimeDelta::minutes(14));
    let later = json!({ "__typename": "SessionExpiring", "expiresAt": "2026-05-04T09:59:00.000Z" });
    assert_eq!(next(&mut socket, "before").await, later);
    door.app.clock.advance(TimeDelta::minutes(1));
    super::client::is_closed(socket.closed().await, 4403, "has ended");
}

#[tokio::test]
async fn a_running_subscription_holds_its_name() {
    let (door, _, post) = stage().await;
    let mut socket = Socket::guest(&door).await;
    follow(&mut socket, "a", &post).await;
    socket.subscribe("a", "{ __typename }").await;
    super::client::is_closed(socket.closed().await, 4409, "Subscriber for a already exists");
}

#[tokio::test]
async fn live_connections_and_their_operations_are_counted() {
    let (door, _, post) = stage().await;
    let mut socket = Socket::guest(&door).await;
    follow(&mut socket, "a", &post).await;
    let metrics = crate::door::Reply::of(door.get("/metrics")).await;
    let text = metrics.body.as_str().unwrap();
    // Other tests of this process count, too.
    for name in [
        "guildhall_live_connections{transport=\"websocket\"} ",
        "guildhall_live_operations{transport=\"websocket\"} ",
        "guildhall_live_messages_total{transport=\"websocket\"} ",
    ] {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let count: f64 = line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap();
        assert!(count >= 1.0, "{name}");
    }
}

/// Who has a socket open is around, and nobody else is.
#[tokio::test]
async fn whoever_is_connected_is_around() {
    let door = Door::open().await;
    let session = joined(&door.test, "ada").await;
    let ada = actor(&door.test, &session).await;
    let keeper = &mut guildhall::infra::presence::Keeper::new(&door.app.presence);
    let state = async || {
        let run = door.test.run(&ada, "{ viewer { profile { presence { state } } } }").await.ok();
        run.text("viewer.profile.presence.state").to_owned()
    };
    assert_eq!(state().await, "OFFLINE");
    let socket = Socket::member(&door, access(&session)).await;
    assert_eq!(state().await, "ONLINE");
    drop(socket);
    for _ in 0..200 {
        door.app.clock.advance(TimeDelta::seconds(11));
        keeper.turn().await;
        if state().await == "OFFLINE" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("still around");
}
