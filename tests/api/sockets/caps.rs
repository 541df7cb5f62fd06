//! How much one may have at a time, and how fast.

use std::time::Duration;

use futures_util::SinkExt as _;
use guildhall::server::Patience;
use sea_orm::TransactionTrait as _;
use serde_json::json;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::{
    client::{Socket, is_closed},
    sessions::token,
};
use crate::door::Door;

const HELLO: &str = "{ __typename }";

#[tokio::test]
async fn a_socket_runs_fifty_operations_at_a_time() {
    let door = Door::with(|config| config.database_connections = 1).await;
    let mut socket = Socket::guest(&door).await;
    let held = door.app.db.read.begin().await.unwrap();
    for n in 0..50 {
        socket.subscribe(&n.to_string(), "{ feed { nodes { id } } }").await;
    }
    socket.subscribe("one too many", HELLO).await;
    let error = socket.next().await;
    assert_eq!((&error["id"], &error["type"]), (&json!("one too many"), &json!("error")));
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    held.rollback().await.unwrap();
    let mut answers = Vec::new();
    while answers.len() < 100 {
        answers.push(socket.next().await);
    }
    let completed = answers.iter().filter(|answer| answer["type"] == "complete").count();
    assert_eq!(completed, 50);
    socket.ask("one too many", HELLO).await;
}

#[tokio::test]
async fn a_member_has_so_many_sockets_and_no_more() {
    let door = Door::with(|config| config.sockets_per_member = 2).await;
    let (ada, bea) = (token(&door, "ada").await, token(&door, "bea").await);
    let mut first = Socket::member(&door, &ada).await;
    let _second = Socket::member(&door, &ada).await;
    let mut third = Socket::open(&door).await;
    third.send(json!({ "type": "connection_init", "payload": { "token": ada } })).await;
    is_closed(third.closed().await, 1013, "too many live connections");
    Socket::member(&door, &bea).await;
    Socket::guest(&door).await;
    first.frame(Message::Close(None)).await;
    let mut again = Socket::open(&door).await;
    // The close was sent first, and on another connection.
    while door_is_full(&mut again, &ada).await {
        again = Socket::open(&door).await;
    }
}

/// Whether a member has no place for one more socket.
async fn door_is_full(socket: &mut Socket, token: &str) -> bool {
    socket.send(json!({ "type": "connection_init", "payload": { "token": token } })).await;
    matches!(socket.received().await, Message::Close(_))
}

#[tokio::test]
async fn guests_of_one_address_have_so_many_sockets_and_no_more() {
    let door = Door::with(|config| {
        config.sockets_per_address = 2;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let ada = token(&door, "ada").await;
    let from = |address: &'static str| {
        let door = &door;
        async move { Socket::with(door, &[("x-forwarded-for", address)]).await }
    };
    let _first = from("192.0.2.1").await.unwrap();
    let mut second = from("192.0.2.1").await.unwrap();
    assert_eq!(from("192.0.2.1").await.err(), Some(429));
    let _other = from("192.0.2.2").await.unwrap();
    // Whoever signs in is no guest any more.
    second.init(json!({ "token": ada })).await;
    let _third = from("192.0.2.1").await.unwrap();
    assert_eq!(from("192.0.2.1").await.err(), Some(429));
}

#[tokio::test]
async fn a_server_has_so_many_sockets_and_no_more() {
    let door = Door::with(|config| config.sockets = 1).await;
    let _only = Socket::guest(&door).await;
    assert_eq!(Socket::with(&door, &[]).await.err(), Some(503));
    assert_eq!(door.ask(HELLO).await.status, 200);
}

#[tokio::test]
async fn who_says_too_much_at_once_is_asked_to_come_back_later() {
    let door = Door::open().await;
    let mut socket = Socket::guest(&door).await;
    for _ in 0..150 {
        socket.frame(Message::Ping("".into())).await;
    }
    socket.ask("1", HELLO).await;
    for _ in 0..150 {
        // The socket may be gone before the last.
        let _ = socket.0.send(Message::Ping("".into())).await;
    }
    is_closed(socket.closed().await, 1013, "too many messages");
}

#[tokio::test]
async fn a_message_that_is_too_large_is_not_read() {
    let door = Door::open().await;
    let mut socket = Socket::guest(&door).await;
    let ping = |size: usize| json!({ "type": "ping", "payload": { "text": "x".repeat(size) } });
    let most = 256 * 1024 - ping(0).to_string().len();
    socket.send(ping(most)).await;
    assert_eq!(socket.next().await["payload"]["text"].as_str().unwrap().len(), most);
    socket.send(ping(most + 1)).await;
    is_closed(socket.closed().await, 1009, "at most 256 KiB");
}

/// Says more than the machine holds between the two ends, without reading what is answered; answers once the
/// server takes no more.
async fn clog(socket: &mut Socket) {
    let ping = json!({ "type": "ping", "payload": { "text": "x".repeat(250_000) } }).to_string();
    for _ in 0..100 {
        let sent =
            timeout(Duration::from_secs(1), socket.0.send(Message::text(ping.clone()))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

#[tokio::test]
async fn who_does_not_read_is_cut_off_and_costs_no_place() {
    let write = Duration::from_millis(100);
    let patience = Patience { write, ..Patience::default() };
    let door = Door::patient(|config| config.sockets = 1, patience).await;
    let mut socket = Socket::guest(&door).await;
    clog(&mut socket).await;
    let free = async {
        while Socket::with(&door, &[]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    // Its place is free again, and nothing of it was read meanwhile.
    timeout(Duration::from_secs(20), free).await.unwrap();
    drop(socket);
}

#[tokio::test]
async fn who_reads_slowly_hears_why() {
    let (write, farewell) = (Duration::from_millis(100), Duration::from_secs(20));
    let door = Door::patient(|_| (), Patience { write, farewell, ..Patience::default() }).await;
    let mut socket = Socket::guest(&door).await;
    clog(&mut socket).await;
    is_closed(socket.closed().await, 1013, "was not read in time");
}
