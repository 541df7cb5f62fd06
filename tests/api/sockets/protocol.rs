//! graphql-transport-ws, as its specification says.

use std::time::Duration;

use futures_util::StreamExt as _;
use guildhall::server::Patience;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Message, protocol::CloseFrame};

use super::client::{Socket, is_closed};
use crate::door::Door;

const HELLO: &str = "{ __typename }";

#[tokio::test]
async fn a_query_answers_once_and_completes() {
    let door = Door::open().await;
    let mut socket = Socket::guest(&door).await;
    for id in ["1", "2", "1", "a \"name\" of ours"] {
        assert_eq!(socket.ask(id, HELLO).await, json!({ "data": { "__typename": "Query" } }));
    }
}

#[tokio::test]
async fn the_handshake_names_the_protocol() {
    let door = Door::open().await;
    let answer = door
        .raw(
            "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
            Sec-WebSocket-Protocol: graphql-ws, graphql-transport-ws\r\n\r\n\u{88}",
        )
        .await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(answer.contains("sec-websocket-protocol: graphql-transport-ws\r\n"), "{answer}");
}

#[tokio::test]
async fn a_broken_handshake_is_a_bad_request() {
    let door = Door::open().await;
    let answer = door
        .raw("GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUpgrade: websocket\r\n\r\n")
        .await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("sec-websocket-version: 13"), "{answer}");
}

#[tokio::test]
async fn another_subprotocol_is_not_acceptable() {
    let door = Door::open().await;
    let mut socket = Socket::with(&door, &[("sec-websocket-protocol", "")]).await.unwrap();
    is_closed(socket.closed().await, 4406, "Subprotocol not acceptable");
}

#[tokio::test]
async fn a_socket_that_is_not_initialised_is_closed() {
    let init = Duration::from_millis(50);
    let door = Door::patient(|_| (), Patience { init, ..Patience::default() }).await;
    let mut socket = Socket::open(&door).await;
    socket.send(json!({ "type": "ping" })).await;
    is_closed(socket.closed().await, 4408, "Connection initialisation timeout");
    let mut ready = Socket::guest(&door).await;
    tokio::time::sleep(init * 2).await;
    ready.ask("1", HELLO).await;
}

#[tokio::test]
async fn a_second_initialisation_is_one_too_many() {
    let door = Door::open().await;
    let mut socket = Socket::guest(&door).await;
    socket.send(json!({ "type": "connection_init" })).await;
    is_closed(socket.closed().await, 4429, "Too many initialisation requests");
}

#[tokio::test]
async fn nothing_runs_before_the_acknowledgement() {
    let door = Door::open().await;
    let mut socket = Socket::open(&door).await;
    socket.subscribe("1", HELLO).await;
    is_closed(socket.closed().await, 4401, "Unauthorized");
}

#[tokio::test]
async fn what_is_no_message_is_told_why() {
    let door = Door::open().await;
    let id = "x".repeat(256);
    let long = format!(r#"{{"id":"{id}","type":"complete"}}"#);
    for (text, words) in [
        ("", "not JSON"),
        ("secret", "not JSON"),
        ("[]", "must be a JSON object"),
        ("{}", "`type` is missing"),
        (r#"{"type":7}"#, "`type` is missing, or no string"),
        (r#"{"type":"start","id":"1"}"#, "unknown message type"),
        (r#"{"type":"next","id":"1","payload":{}}"#, "only the server"),
        (r#"{"type":"connection_init","payload":"secret"}"#, "`payload` must be a JSON object"),
        (r#"{"type":"ping","payload":[]}"#, "`payload` must be a JSON object"),
        (r#"{"type":"pong","payload":1}"#, "`payload` must be a JSON object"),
        (r#"{"type":"subscribe","payload":{"query":"{a}"}}"#, "`id` is missing"),
        (r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#, "`id` must not be empty"),
        (r#"{"type":"subscribe","id":7,"payload":{"query":"{a}"}}"#, "`id` must be a string"),
        (r#"{"type":"subscribe","id":"1"}"#, "`payload` is missing"),
        (r#"{"type":"complete"}"#, "`id` is missing"),
        (&long, "at most 255 bytes"),
        (r#"{"type":"ping","type":"ping"}"#, "given twice"),
    ] {
        let mut socket = Socket::open(&door).await;
        socket.frame(Message::text(text)).await;
        let (code, reason) = socket.closed().await;
        assert!(!reason.contains("secret"), "{reason}");
        is_closed((code, reason), 4400, words);
    }
    for (payload, words) in [
        (json!({ "query": 7 }), "`query` must be a string"),
        (json!({ "query": HELLO, "variables": "secret" }), "`variables` must be"),
        (json!({ "query": HELLO, "operationName": 7 }), "`operationName` must be"),
        (json!({ "query": HELLO, "extensions": [] }), "`extensions` must be"),
    ] {
        let mut socket = Socket::guest(&door).await;
        socket.send(json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
        is_closed(socket.closed().await, 4400, words);
    }
}

#[tokio::test]
async fn binary_messages_are_not_read() {
    let door = Door::open().await;
    let mut socket = Socket::open(&door).await;
    socket.frame(Message::binary(&br#"{"type":"connection_init"}"#[..])).await;
    is_closed(socket.closed().await, 4400, "send text");
}

#[tokio::test]
async fn the_same_name_twice_at_a_time_is_a_conflict() {
    let door = Door::with(|config| config.database_connections = 1).await;
    let mut socket = Socket::guest(&door).await;
    // Nothing is answered while the only connection is taken.
    let held = sea_orm::TransactionTrait::begin(&door.app.db.read).await.unwrap();
    socket.subscribe("twice", "{ feed { nodes { id } } }").await;
    socket.subscribe("twice", HELLO).await;
    is_closed(socket.closed().await, 4409, "Subscriber for twice already exists");
    held.rollback().await.unwrap();
}

#[tokio::test]
async fn pings_are_answered_both_ways() {
    let ping = Duration::from_millis(50);
    let door = Door::patient(|_| (), Patience { ping, ..Patience::default() }).await;
    let mut socket = Socket::open(&door).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong" }));
    let payload = json!({ "n": [1, "zwei", null] });
    socket.send(json!({ "type": "ping", "payload": payload })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong", "payload": payload }));
    socket.send(json!({ "type": "pong", "payload": { "unasked": true } })).await;
    socket.frame(Message::Ping("hello".into())).await;
    let mut pings = 0;
    loop {
        match socket.received().await {
            Message::Ping(_) => pings += 1,
            Message::Pong(payload) => assert_eq!(payload, "hello"),
            other => panic!("{other:?}"),
        }
        if pings == 3 {
            break;
        }
    }
    socket.init(json!({})).await;
}

#[tokio::test]
async fn a_socket_that_fell_silent_is_closed_and_one_that_answers_pings_is_not() {
    let (ping, silence) = (Duration::from_millis(50), Duration::from_millis(300));
    let door = Door::patient(|_| (), Patience { ping, silence, ..Patience::default() }).await;
    let mut lively = Socket::guest(&door).await;
    let mut silent = Socket::guest(&door).await;
    let until = Instant::now() + silence * 3;
    // Reading answers pings; the other one reads nothing meanwhile.
    while tokio::time::timeout_at(until, lively.received()).await.is_ok() {}
    lively.ask("1", HELLO).await;
    is_closed(silent.closed().await, 1013, "nothing was heard");
}

#[tokio::test]
async fn what_can_not_run_is_an_error_and_ends_there() {
    let door = Door::open().await;
    let mut socket = Socket::guest(&door).await;
    for (query, code) in [
        ("{", "PARSE_FAILED"),
        ("{ nothing }", "VALIDATION_FAILED"),
        ("query ($a: Int!) { __typename @include(if: $a) }", "BAD_VARIABLES"),
        ("subscription { nothing }", "VALIDATION_FAILED"),
    ] {
        socket.subscribe("1", query).await;
        let error = socket.next().await;
        assert_eq!((&error["id"], &error["type"]), (&json!("1"), &json!("error")), "{error}");
        let errors = error["payload"].as_array().unwrap();
        assert_eq!(errors.len(), 1);
        if !query.starts_with("subscription") {
            assert_eq!(errors[0]["extensions"]["code"], code, "{error}");
        }
    }
    socket.send(json!({ "id": "1", "type": "subscribe", "payload": {} })).await;
    let error = socket.next().await;
    assert_eq!(error["payload"][0]["message"], "`query` is missing");
    // No complete came after the errors, and the name is free again.
    socket.ask("1", HELLO).await;
}

#[tokio::test]
async fn a_failing_field_is_a_result_with_errors() {
    let door = Door::open().await;
    let mut socket = Socket::guest(&door).await;
    let query = r#"mutation { bookmarkRemove(id: "post_0") { userErrors { code } } }"#;
    let payload = socket.ask("1", query).await;
    assert_eq!(payload["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{payload}");
}

#[tokio::test]
async fn what_the_client_completes_says_nothing_more() {
    let door = Door::with(|config| config.database_connections = 1).await;
    let mut socket = Socket::guest(&door).await;
    let held = sea_orm::TransactionTrait::begin(&door.app.db.read).await.unwrap();
    socket.subscribe("1", "{ feed { nodes { id } } }").await;
    socket.send(json!({ "id": "1", "type": "complete" })).await;
    socket.send(json!({ "id": "never there", "type": "complete" })).await;
    // Once this is answered, those are taken in.
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong" }));
    held.rollback().await.unwrap();
    assert_eq!(socket.ask("1", HELLO).await, json!({ "data": { "__typename": "Query" } }));
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong" }));
}

#[tokio::test]
async fn operations_do_not_wait_for_each_other() {
    let door = Door::with(|config| config.database_connections = 1).await;
    let mut socket = Socket::guest(&door).await;
    let held = sea_orm::TransactionTrait::begin(&door.app.db.read).await.unwrap();
    socket.subscribe("slow", "{ feed { nodes { id } } }").await;
    socket.ask("quick", HELLO).await;
    held.rollback().await.unwrap();
    assert_eq!(socket.next().await["id"], "slow");
}

#[tokio::test]
async fn a_member_comes_in_by_the_first_message_or_by_the_handshake() {
    let door = Door::open().await;
    let token = super::sessions::token(&door, "ada").await;
    let me = "{ viewer { profile { handle } } }";
    let ada = json!({ "data": { "viewer": { "profile": { "handle": "ada" } } } });
    let bearer = format!("Bearer {token}");
    for payload in [
        json!({ "authorization": bearer }),
        json!({ "Authorization": bearer }),
        json!({ "token": token }),
    ] {
        let mut socket = Socket::open(&door).await;
        socket.init(payload).await;
        assert_eq!(socket.ask("1", me).await, ada);
    }
    let cookie = format!("a=b; __Host-guildhall_access={token}");
    for header in [("authorization", bearer.as_str()), ("cookie", cookie.as_str())] {
        let mut socket = Socket::with(&door, &[header]).await.unwrap();
        socket.init(Value::Null).await;
        assert_eq!(socket.ask("1", me).await, ada);
    }
    let mut guest = Socket::guest(&door).await;
    assert_eq!(guest.ask("1", me).await, json!({ "data": { "viewer": null } }));
}

#[tokio::test]
async fn a_bad_credential_is_forbidden_and_no_guest() {
    let door = Door::open().await;
    for payload in [
        json!({ "authorization": "Bearer x.y.z" }),
        json!({ "authorization": "gh_nothing" }),
        json!({ "token": "gh_nothing" }),
        json!({ "token": 7 }),
    ] {
        let mut socket = Socket::open(&door).await;
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        is_closed(socket.closed().await, 4403, "");
    }
    let mut socket = Socket::with(&door, &[("authorization", "Bearer nothing")]).await.unwrap();
    socket.send(json!({ "type": "connection_init" })).await;
    is_closed(socket.closed().await, 4403, "the token sent is not valid");
}

#[tokio::test]
async fn pages_of_other_origins_do_not_get_in_by_a_cookie() {
    let allowed = "https://app.example.org";
    let door = Door::with(|config| {
        config.cors_origins = vec![allowed.to_owned()];
        config.base_url = Some("https://guild.example/at/home".parse().unwrap());
    })
    .await;
    let token = super::sessions::token(&door, "ada").await;
    let cookie = format!("__Host-guildhall_access={token}");
    let here = format!("http://{}", door.address);
    for origin in [allowed, "https://guild.example", &here, ""] {
        let mut socket =
            Socket::with(&door, &[("cookie", &cookie), ("origin", origin)]).await.unwrap();
        socket.init(json!({})).await;
        let viewer = socket.ask("1", "{ viewer { profile { handle } } }").await;
        assert_eq!(viewer["data"]["viewer"]["profile"]["handle"], "ada");
    }
    for origin in ["https://evil.example", "null", "https://app.example.org.evil.example"] {
        for cookie in [&*cookie, "__Host-guildhall_refresh=x"] {
            let refused = Socket::with(&door, &[("cookie", cookie), ("origin", origin)]).await;
            assert_eq!(refused.err(), Some(403), "{origin}");
        }
        // Without a cookie it is nobody, whatever page asks.
        let mut socket = Socket::with(&door, &[("origin", origin)]).await.unwrap();
        socket.init(json!({})).await;
        let viewer = socket.ask("1", "{ viewer { profile { handle } } }").await;
        assert_eq!(viewer, json!({ "data": { "viewer": null } }));
    }
}

#[tokio::test]
async fn a_client_that_closes_hears_that_it_was_heard() {
    let door = Door::open().await;
    let mut socket = Socket::guest(&door).await;
    let close = CloseFrame { code: 1000.into(), reason: "enough".into() };
    socket.frame(Message::Close(Some(close))).await;
    is_closed(socket.closed().await, 1000, "enough");
    assert!(socket.0.next().await.is_none());
}

#[tokio::test]
async fn a_server_that_stops_closes_its_sockets_and_waits_for_them() {
    let mut door = Door::open().await;
    let (mut ready, mut fresh) = (Socket::guest(&door).await, Socket::open(&door).await);
    door.stop();
    is_closed(ready.closed().await, 1001, "the server stops");
    is_closed(fresh.closed().await, 1001, "the server stops");
    // The other ends answer the goodbye as they read on.
    drop((ready, fresh));
    door.stopped().await;
}

#[tokio::test]
async fn a_cookie_is_not_renewed_over_a_socket() {
    let door = Door::open().await;
    let token = super::sessions::token(&door, "ada").await;
    let cookie = format!("__Host-guildhall_access={token}; __Host-guildhall_refresh=x");
    let mut socket = Socket::with(&door, &[("cookie", &cookie)]).await.unwrap();
    socket.init(json!({})).await;
    let answer = socket.ask("1", "mutation { sessionRefresh { session { accessToken } } }").await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_REQUEST");
    assert!(error["message"].as_str().unwrap().contains("by a POST"), "{error}");
}
