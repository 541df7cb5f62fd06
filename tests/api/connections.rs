//! Connections: slow ones, crowded ones, ambiguous ones, and how a server ends them.

use std::time::{Duration, Instant};

use guildhall::server::Patience;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::door::{Door, until_closed};

const SHORT: Duration = Duration::from_millis(100);

fn impatient() -> Patience {
    Patience { head: SHORT, body: SHORT, idle: SHORT, stop: SHORT, ..Patience::default() }
}

fn post(headers: &str, body: &str) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}\r\n{body}"
    )
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let door = Door::patient(|_| (), impatient()).await;
    for start in ["", "P", "POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
        let began = Instant::now();
        door.raw(start).await;
        assert!((SHORT..SHORT * 20).contains(&began.elapsed()), "{start:?}: {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let door = Door::patient(|_| (), impatient()).await;
    let answer = door.raw(&post("Content-Length: 100\r\n", "{")).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("the body took too long to arrive"), "{answer}");
}

#[tokio::test]
async fn an_idle_connection_is_closed_whatever_the_protocol() {
    let door = Door::patient(|_| (), impatient()).await;
    let mut http1 = door.connect().await;
    http1.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(until_closed(&mut http1).await.starts_with("HTTP/1.1 200 "));
    let began = Instant::now();
    let mut http2 = door.connect().await;
    http2.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    until_closed(&mut http2).await;
    assert!(began.elapsed() < SHORT * 20);
}

#[tokio::test]
async fn http2_is_spoken_without_tls() {
    let door = Door::open().await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let response = client.get(door.url("/healthz")).send().await.unwrap();
    assert_eq!((response.version(), response.status().as_u16()), (reqwest::Version::HTTP_2, 200));
}

#[tokio::test]
async fn a_body_whose_length_can_be_read_in_two_ways_is_refused() {
    let door = Door::patient(|_| (), impatient()).await;
    let smuggled = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for headers in [
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\ncontent-length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: +5\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
    ] {
        let answer = door.raw(&post(headers, smuggled)).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{headers}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{headers}: {answer}");
    }
    let chunk = "zz\r\n{}\r\n0\r\n\r\n";
    let answer = door.raw(&post("Transfer-Encoding: chunked\r\n", chunk)).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn chunked_bodies_may_follow_each_other() {
    let door = Door::open().await;
    let query = r#"{"query":"{ __typename }"}"#;
    let body = format!("{query}{}", " ".repeat(40_000));
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let mut stream = door.connect().await;
    for _ in 0..3 {
        stream
            .write_all(post("Transfer-Encoding: chunked\r\n", &chunked).as_bytes())
            .await
            .unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(br#"{"data":{"__typename":"Query"}}"#) {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "{answer:?}");
        }
    }
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_for_a_place() {
    let door = Door::patient(|_| (), Patience { connections: 1, ..impatient() }).await;
    let _first = door.connect().await;
    let mut second = door.connect().await;
    let began = Instant::now();
    second.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(until_closed(&mut second).await.starts_with("HTTP/1.1 200 "));
    assert!(began.elapsed() >= SHORT / 2, "it waited until the idle one was closed");
}

#[tokio::test]
async fn a_thousand_idle_connections_harm_nobody() {
    let door = Door::open().await;
    let mut idle = Vec::new();
    for _ in 0..1_000 {
        idle.push(door.connect().await);
    }
    let reply = door.ask("{ __typename }").await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_server_that_stops_lets_running_requests_end() {
    let mut door =
        Door::patient(|_| (), Patience { stop: Duration::from_secs(10), ..Patience::default() })
            .await;
    let mut running = door.connect().await;
    let body = r#"{"query":"{ __typename }"}"#;
    let request = post(&format!("Content-Length: {}\r\n", body.len()), "");
    running.write_all(request.as_bytes()).await.unwrap();
    // Answered, so the request above has surely begun.
    assert_eq!(door.ask("{ __typename }").await.status, 200);
    let mut idle = door.connect().await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut some = [0; 16];
    idle.read_exact(&mut some).await.unwrap();
    door.stop();
    until_closed(&mut idle).await;
    running.write_all(body.as_bytes()).await.unwrap();
    let answer = until_closed(&mut running).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    door.stopped().await;
    assert!(tokio::net::TcpStream::connect(door.address).await.is_err(), "no new connections");
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_ever() {
    let mut door = Door::patient(|_| (), Patience { stop: SHORT, ..Patience::default() }).await;
    let mut running = door.connect().await;
    running.write_all(post("Content-Length: 100\r\n", "{").as_bytes()).await.unwrap();
    assert_eq!(door.ask("{ __typename }").await.status, 200);
    door.stop();
    let began = Instant::now();
    door.stopped().await;
    assert!((SHORT..SHORT * 20).contains(&began.elapsed()), "{:?}", began.elapsed());
}
