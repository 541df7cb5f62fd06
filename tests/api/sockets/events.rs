//! Server-sent events: the distinct connections of graphql-sse.

use std::time::{Duration, Instant};

use guildhall::server::Patience;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::{brisk, sessions::token};
use crate::{
    accounts::{access, actor, joined},
    door::{Door, Reply, until_closed},
    kit::{write_comment, write_post},
    live::EVENTS,
};

const STREAM: &str = "text/event-stream";

fn asking(door: &Door, query: &str, variables: Value) -> RequestBuilder {
    let body = json!({ "query": query, "variables": variables });
    door.post().header("accept", STREAM).json(&body)
}

/// A stream that is open.
struct Stream {
    response: Response,
    read: String,
}

impl Stream {
    async fn open(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Self { response, read: String::new() }
    }

    /// The next block of lines; `None` once the answer has ended, however it did.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let block = block.to_owned();
                self.read = rest.to_owned();
                return Some(block);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk());
            let chunk = chunk.await.unwrap().ok().flatten()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next result: its cursor and its payload. Signs of life are passed over.
    async fn next(&mut self) -> (Option<String>, Value) {
        loop {
            let block = self.block().await.unwrap();
            if block == ":" {
                continue;
            }
            let lines: Vec<_> = block.lines().collect();
            assert_eq!(lines[0], "event: next", "{block}");
            let cursor = lines[1].strip_prefix("id: ").map(str::to_owned);
            let data = lines.last().unwrap().strip_prefix("data: ").unwrap();
            return (cursor, serde_json::from_str(data).unwrap());
        }
    }

    /// The next event of a discussion.
    async fn event(&mut self) -> (Option<String>, Value) {
        let (cursor, mut payload) = self.next().await;
        (cursor, payload["data"]["discussionEvents"].take())
    }

    /// Whether the stream ends, and says that it is complete.
    async fn completes(&mut self) -> bool {
        let mut is_complete = false;
        while let Some(block) = self.block().await {
            is_complete |= block == "event: complete\ndata: ";
        }
        is_complete
    }
}

/// A door, and a post by Ada behind it.
async fn stage(patience: Patience) -> (Door, Value, String) {
    let door = Door::patient(|config| config.sockets_per_member = 2, patience).await;
    let ada = joined(&door.test, "ada").await;
    let author = actor(&door.test, &ada).await;
    let post = write_post(&door.test, &author, "Discuss this.", "PUBLIC").await;
    (door, ada, post)
}

#[tokio::test]
async fn a_query_is_one_event_and_the_end() {
    let door = Door::open().await;
    let whole =
        "event: next\ndata: {\"data\":{\"__typename\":\"Query\"}}\n\nevent: complete\ndata: \n\n";
    let get = door.get("/graphql?query=%7B__typename%7D").header("accept", STREAM);
    for request in [asking(&door, "{ __typename }", json!({})), get] {
        let reply = Reply::of(request).await;
        assert_eq!((reply.status.as_u16(), &reply.body), (200, &json!(whole)));
        assert_eq!(reply.header("content-type"), "text/event-stream; charset=utf-8");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("x-accel-buffering"), "no");
    }
}

#[tokio::test]
async fn who_takes_json_too_gets_it_where_there_is_one_answer() {
    let door = Door::open().await;
    let accept = "application/graphql-response+json, application/json, text/event-stream";
    let body = json!({ "query": "{ __typename }" });
    let reply = Reply::of(door.post().header("accept", accept).json(&body)).await;
    assert_eq!(reply.body, json!({ "data": { "__typename": "Query" } }));
    assert_eq!(reply.header("content-type"), "application/graphql-response+json; charset=utf-8");
    assert_eq!(reply.header("x-accel-buffering"), "");
}

#[tokio::test]
async fn what_is_refused_is_an_answer_and_no_stream() {
    let door = Door::open().await;
    for (query, status, code) in [
        ("{", 400, "PARSE_FAILED"),
        ("{ nothing }", 400, "VALIDATION_FAILED"),
        ("subscription { nothing }", 400, "VALIDATION_FAILED"),
    ] {
        let reply = Reply::of(asking(&door, query, json!({}))).await;
        assert_eq!((reply.error().0, reply.error().1), (status, code));
        let media = "application/graphql-response+json; charset=utf-8";
        assert_eq!(reply.header("content-type"), media);
    }
    let change = "mutation { bookmarkRemove(id: \"post_0\") { userErrors { code } } }";
    let get = door.get("/graphql").query(&[("query", change)]).header("accept", STREAM);
    assert_eq!(Reply::of(get).await.error().0, 405);
    let bad = asking(&door, "{ __typename }", json!({})).bearer_auth("x.y.z");
    assert_eq!(Reply::of(bad).await.error().0, 401);
}

#[tokio::test]
async fn events_come_with_their_cursors_and_go_on_after_the_last() {
    let (door, ada, post) = stage(brisk()).await;
    let ada = actor(&door.test, &ada).await;
    let variables = json!({ "id": post });
    let mut stream = Stream::open(asking(&door, EVENTS, variables.clone())).await;
    let headers = stream.response.headers();
    assert_eq!(headers["content-type"], "text/event-stream; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-accel-buffering"], "no");
    let (cursor, ready) = stream.event().await;
    assert_eq!(ready["__typename"], "StreamReady");
    assert_eq!(json!(cursor), ready["cursor"]);
    write_comment(&door.test, &ada, &post, "one").await;
    let (cursor, one) = stream.event().await;
    assert_eq!(one["comment"]["body"]["text"], "one");
    assert_eq!(json!(cursor), one["cursor"]);
    drop(stream);
    write_comment(&door.test, &ada, &post, "two").await;
    // A browser asks by GET, and says by itself what it heard last.
    let query = [("query", EVENTS.to_owned()), ("variables", variables.to_string())];
    let again = door.get("/graphql").query(&query).header("accept", STREAM);
    let mut again = Stream::open(again.header("last-event-id", cursor.unwrap())).await;
    let (_, two) = again.event().await;
    assert_eq!(two["comment"]["body"]["text"], "two");
    let (_, ready) = again.event().await;
    assert_eq!((&ready["__typename"], &ready["replayed"]), (&json!("StreamReady"), &json!(1)));
}

#[tokio::test]
async fn a_stream_that_comes_to_its_end_says_so() {
    let (door, ada, post) = stage(brisk()).await;
    let mut stream = Stream::open(asking(&door, EVENTS, json!({ "id": post }))).await;
    stream.event().await;
    let query = "mutation ($id: ID!) { postDelete(id: $id) { userErrors { message } } }";
    let ada = actor(&door.test, &ada).await;
    door.test.run_with(&ada, query, json!({ "id": post })).await.ok();
    let (_, reset) = stream.event().await;
    assert_eq!(reset["reason"], "ACCESS_CHANGED", "{reset}");
    assert!(stream.completes().await);
}

#[tokio::test]
async fn a_quiet_stream_shows_that_it_lives_and_is_not_taken_for_idle() {
    let short = Duration::from_millis(100);
    let patience = Patience { sign: short / 2, idle: short, head: short, ..brisk() };
    let (door, _, post) = stage(patience).await;
    let mut stream = Stream::open(asking(&door, EVENTS, json!({ "id": post }))).await;
    let mut signs = 0;
    while signs < 12 {
        signs += u32::from(stream.block().await.as_deref() == Some(":"));
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_says_why() {
    let (door, ada, post) = stage(brisk()).await;
    let request = asking(&door, EVENTS, json!({ "id": post })).bearer_auth(access(&ada));
    let mut stream = Stream::open(request).await;
    stream.event().await;
    let ada = actor(&door.test, &ada).await;
    let query = "mutation { sessionRevoke { userErrors { message } } }";
    let began = Instant::now();
    door.test.run(&ada, query).await.ok();
    let (_, last) = stream.next().await;
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{last}");
    assert!(!stream.completes().await);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_stream_does_not_outlive_its_access_token() {
    let (door, ada, post) = stage(brisk()).await;
    let request = asking(&door, EVENTS, json!({ "id": post })).bearer_auth(access(&ada));
    let mut stream = Stream::open(request).await;
    stream.event().await;
    door.app.clock.advance(chrono::TimeDelta::minutes(15));
    let (_, last) = stream.next().await;
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{last}");
    assert!(!stream.completes().await);
}

#[tokio::test]
async fn streams_take_places_as_sockets_do_and_give_them_back() {
    let (door, ada, post) = stage(brisk()).await;
    let ask = || asking(&door, EVENTS, json!({ "id": post })).bearer_auth(access(&ada));
    let first = Stream::open(ask()).await;
    let _second = Stream::open(ask()).await;
    let reply = Reply::of(ask()).await;
    let message = "you have too many live connections open";
    assert_eq!(reply.error(), (429, "RATE_LIMITED", message));
    assert_eq!(reply.header("retry-after"), "10");
    let query = asking(&door, "{ __typename }", json!({})).bearer_auth(access(&ada));
    assert_eq!(Reply::of(query).await.status, 200, "what has one answer takes no place");
    drop(first);
    let until = Instant::now() + Duration::from_secs(5);
    while ask().send().await.unwrap().status() != 200 {
        assert!(Instant::now() < until, "the place is free again");
    }
    let full = Door::with(|config| config.sockets = 1).await;
    let _socket = super::client::Socket::guest(&full).await;
    let ada = actor(&full.test, &joined(&full.test, "ada").await).await;
    let post = write_post(&full.test, &ada, "Discuss this.", "PUBLIC").await;
    let reply = Reply::of(asking(&full, EVENTS, json!({ "id": post }))).await;
    assert_eq!((reply.error().0, reply.error().1), (503, "UNAVAILABLE"));
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let (mut door, _, post) = stage(brisk()).await;
    let mut stream = Stream::open(asking(&door, EVENTS, json!({ "id": post }))).await;
    stream.event().await;
    door.stop();
    assert!(!stream.completes().await);
    door.stopped().await;
}

#[tokio::test]
async fn who_does_not_read_a_stream_is_cut_off() {
    let write = Duration::from_millis(100);
    let (door, ada, post) = stage(Patience { write, ..brisk() }).await;
    let ada = actor(&door.test, &ada).await;
    let texts: String = (0..25).map(|n| format!("a{n}: text ")).collect();
    let query = format!(
        "subscription($id: ID!) {{ discussionEvents(id: $id) {{ ... on CommentAdded {{ comment {{ \
        body {{ {texts} }} }} }} }} }}"
    );
    let body = json!({ "query": query, "variables": { "id": post } }).to_string();
    let head = "POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\
        Content-Type: application/json\r\n";
    let mut stream = door.connect().await;
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    // Until the stream stands.
    stream.readable().await.unwrap();
    let text = "x".repeat(4_900);
    for _ in 0..160 {
        write_comment(&door.test, &ada, &post, &text).await;
    }
    let read = until_closed(&mut stream).await;
    assert!(read.starts_with("HTTP/1.1 200 "), "{}", &read[..100]);
    assert!(!read.contains("event: complete"));
    assert!(read.matches("event: next").count() < 160);
    assert!(!token(&door, "bea").await.is_empty(), "others are served");
}
