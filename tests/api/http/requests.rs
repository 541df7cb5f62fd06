//! What a request to `/graphql` may look like.

use reqwest::Method;
use serde_json::json;

use super::hello;
use crate::door::{Door, Reply};

const GRAPHQL: &str = "application/graphql-response+json";

#[tokio::test]
async fn a_query_is_answered_by_post_and_by_get() {
    let door = Door::open().await;
    let reply = door.ask("{ __typename }").await;
    assert_eq!((reply.status.as_u16(), &reply.body), (200, &hello()));
    assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
    let reply = Reply::of(door.get("/graphql?query=%7B__typename%7D&variables=%7B%7D")).await;
    assert_eq!((reply.status.as_u16(), &reply.body), (200, &hello()));
}

#[tokio::test]
async fn the_media_type_is_the_one_that_the_client_likes_best() {
    let door = Door::open().await;
    let accepts = |accept| {
        let request =
            door.post().header("accept", accept).json(&json!({ "query": "{ __typename }" }));
        Reply::of(request)
    };
    let reply = accepts("application/json;q=0.5, application/graphql-response+json").await;
    assert_eq!(reply.header("content-type"), "application/graphql-response+json; charset=utf-8");
    assert_eq!(accepts("*/*").await.header("content-type"), "application/json; charset=utf-8");
    let message = "answers come as application/json or application/graphql-response+json";
    assert_eq!(accepts("text/plain").await.error(), (406, "BAD_REQUEST", message));
}

#[tokio::test]
async fn what_can_not_run_is_400_or_200_as_the_media_type_asks() {
    let door = Door::open().await;
    for (body, code) in [
        (json!({ "query": "{" }), "PARSE_FAILED"),
        (json!({ "query": "{ nothing }" }), "VALIDATION_FAILED"),
        (json!({ "query": "{ __typename }", "operationName": "Q" }), "VALIDATION_FAILED"),
        (json!({ "query": "query A { __typename } query B { __typename }" }), "VALIDATION_FAILED"),
        (json!({ "query": "query($a: Int!) { __typename @include(if: $a) }" }), "BAD_VARIABLES"),
        (json!({ "documentId": "sha256:00" }), "DOCUMENT_NOT_FOUND"),
    ] {
        let reply = door.ask_with(body.clone()).await;
        assert_eq!((reply.error().0, reply.error().1), (200, code));
        let reply = Reply::of(door.post().header("accept", GRAPHQL).json(&body)).await;
        assert_eq!((reply.error().0, reply.error().1), (400, code));
    }
}

#[tokio::test]
async fn a_body_that_is_no_request_is_told_why_and_not_repeated() {
    let door = Door::open().await;
    for (body, message) in [
        ("", "the body is not JSON"),
        ("{\"query\": \"secret", "the body is not JSON"),
        (
            "[{\"query\":\"{ __typename }\"}]",
            "batches are not accepted: send one request at a time",
        ),
        ("\"secret\"", "the body must be a JSON object"),
        ("{\"query\": [\"secret\"]}", "`query` must be a string"),
        (
            "{\"query\":\"{ __typename }\",\"variables\":\"secret\"}",
            "`variables` must be a JSON object or null",
        ),
        (
            "{\"query\":\"{ __typename }\",\"operationName\":7}",
            "`operationName` must be a string or null",
        ),
        (
            "{\"query\":\"{ __typename }\",\"extensions\":[7]}",
            "`extensions` must be a JSON object or null",
        ),
        ("{}", "`query` is missing"),
        ("{\"query\":null}", "`query` is missing"),
    ] {
        let request = door.post().header("content-type", "application/json").body(body);
        assert_eq!(Reply::of(request).await.error(), (400, "BAD_REQUEST", message), "{body}");
    }
}

#[tokio::test]
async fn null_parameters_count_as_absent() {
    let door = Door::open().await;
    let body = json!({ "query": "{ __typename }", "operationName": null, "variables": null, "extensions": null });
    assert_eq!(door.ask_with(body).await.body, hello());
}

#[tokio::test]
async fn only_json_is_read() {
    let door = Door::open().await;
    let send = |content_type: Option<&'static str>| {
        let request = door.post().body(r#"{"query":"{ __typename }"}"#);
        let request = match content_type {
            Some(content_type) => request.header("content-type", content_type),
            None => request,
        };
        // A form or plain text from another origin stays refused when it says that it asked first.
        Reply::of(request.header("graphql-require-preflight", "1"))
    };
    for refused in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
        Some("application/json; charset=latin1"),
    ] {
        let reply = send(refused).await;
        assert_eq!((reply.error().0, reply.error().1), (415, "BAD_REQUEST"), "{refused:?}");
    }
    // A form may come, if it is one.
    let reply = send(Some("multipart/form-data; boundary=x")).await;
    assert_eq!(reply.error(), (401, "UNAUTHENTICATED", "sign in to send files"));
    assert_eq!(send(Some("Application/JSON; Charset=\"UTF-8\"")).await.body, hello());
    let zipped =
        door.post().header("content-type", "application/json").header("content-encoding", "gzip");
    assert_eq!(Reply::of(zipped.body("x")).await.error().0, 415);
}

#[tokio::test]
async fn other_methods_hear_which_are_allowed() {
    let door = Door::open().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let reply = Reply::of(door.client.request(method, door.url("/graphql"))).await;
        assert_eq!(reply.error(), (405, "BAD_REQUEST", "use POST or GET"));
        assert_eq!(reply.header("allow"), "GET, POST, OPTIONS");
    }
    let reply = Reply::of(door.client.request(Method::OPTIONS, door.url("/graphql"))).await;
    assert_eq!((reply.status.as_u16(), reply.header("allow")), (204, "GET, POST, OPTIONS"));
}

#[tokio::test]
async fn a_large_body_is_refused_whether_its_length_is_said_or_not() {
    let door = Door::with(|config| config.limits.body_bytes = 10_000).await;
    let long = format!("{{\"query\":\"{{ __typename }}\",\"x\":\"{}\"}}", "x".repeat(10_000));
    let request = door.post().header("content-type", "application/json").body(long.clone());
    let message = "the body is larger than this server takes";
    assert_eq!(Reply::of(request).await.error(), (413, "BAD_REQUEST", message));
    let head = "POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n";
    let chunked =
        format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    assert!(door.raw(&chunked).await.starts_with("HTTP/1.1 413 "));
    let short = r#"{"query":"{ __typename }"}"#;
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{short}\r\n0\r\n\r\n",
        short.len()
    );
    assert!(door.raw(&chunked).await.ends_with(r#"{"data":{"__typename":"Query"}}"#));
}

#[tokio::test]
async fn nothing_is_changed_by_a_get() {
    let door = Door::open().await;
    let change = "mutation Change { bookmarkRemove(id: \"post_0\") { userErrors { code } } }";
    let hidden = format!("query Ask {{ __typename }} {change}");
    for (query, name) in [(change, ""), (&hidden, "Change")] {
        let get = door.get("/graphql").query(&[("query", query), ("operationName", name)]);
        let reply = Reply::of(get).await;
        assert_eq!(reply.error(), (405, "BAD_REQUEST", "only queries run by GET: use POST"));
        assert_eq!(reply.header("allow"), "POST");
    }
    let get = door.get("/graphql").query(&[("query", hidden.as_str()), ("operationName", "Ask")]);
    assert_eq!(Reply::of(get).await.body, hello());
}

#[tokio::test]
async fn a_panic_is_an_internal_error_and_the_server_lives_on() {
    let door = Door::haunted().await;
    for _ in 0..3 {
        let reply = door.ask("{ feed { nodes { id } } }").await;
        assert_eq!(reply.error(), (500, "INTERNAL", "internal error"));
        let reply = Reply::of(door.get("/readyz")).await;
        assert_eq!(reply.error(), (500, "INTERNAL", "internal error"));
    }
    assert_eq!(door.ask("{ __typename }").await.body, hello());
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_ended() {
    let door = Door::with(|config| {
        config.operation_timeout = std::time::Duration::from_millis(50);
        config.database_connections = 1;
    })
    .await;
    let held = sea_orm::TransactionTrait::begin(&door.app.db.read).await.unwrap();
    let reply = door.ask("{ feed { nodes { id } } }").await;
    let message = "the operation took too long and was ended";
    assert_eq!(reply.error(), (503, "TIMEOUT", message));
    held.rollback().await.unwrap();
    assert_eq!(door.ask("{ feed { nodes { id } } }").await.status, 200);
}
