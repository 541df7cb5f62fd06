//! What is served beside the graph.

use guildhall::{config::Secret, server::Patience};
use serde_json::json;

use super::hello;
use crate::{
    door::{Door, Reply},
    kit::s3::{Fault, S3},
};

#[tokio::test]
async fn a_browser_gets_the_playground_where_the_operator_lets_it() {
    let door = Door::open().await;
    let reply = Reply::of(door.get("/graphql").header("accept", "text/html,*/*;q=0.8")).await;
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    let reply = Reply::of(
        door.get("/graphql?query=%7B__typename%7D").header("accept", "text/html,*/*;q=0.8"),
    )
    .await;
    assert_eq!(reply.body, hello());
    let door = Door::with(|config| config.playground = false).await;
    let reply = Reply::of(door.get("/graphql").header("accept", "text/html,*/*;q=0.8")).await;
    assert_eq!(reply.error(), (400, "BAD_REQUEST", "`query` is missing"));
}

#[tokio::test]
async fn health_says_yes_or_no_and_nothing_else() {
    let door = Door::open().await;
    for path in ["/healthz", "/readyz"] {
        let reply = Reply::of(door.get(path)).await;
        assert_eq!((reply.status.as_u16(), reply.body), (200, json!({ "status": "ok" })));
    }
    door.app.db.read.clone().close().await.unwrap();
    door.app.db.write.clone().close().await.unwrap();
    let reply = Reply::of(door.get("/readyz")).await;
    assert_eq!((reply.status.as_u16(), reply.body), (503, json!({ "status": "unavailable" })));
    assert_eq!(Reply::of(door.get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn without_its_redis_a_server_is_ready_and_says_that_something_is_missing() {
    // Nobody listens there.
    let url = "redis://127.0.0.1:1".to_owned();
    let door = Door::with(|config| config.redis_url = Some(Secret(url))).await;
    let reply = Reply::of(door.get("/readyz")).await;
    assert_eq!((reply.status.as_u16(), reply.body), (200, json!({ "status": "degraded" })));
    let text = Reply::of(door.get("/metrics")).await.body.as_str().unwrap().to_owned();
    assert!(text.contains("guildhall_bus_whole 0"));
}

#[tokio::test]
async fn a_server_that_can_not_keep_files_is_not_ready() {
    let s3 = S3::start().await;
    let door = Door::with(|config| s3.set(config, "files")).await;
    // However many ask, the store is asked once, and again only when its answer is old.
    let all = (0..20).map(|_| Reply::of(door.get("/readyz")));
    for reply in futures_util::future::join_all(all).await {
        assert_eq!((reply.status.as_u16(), reply.body), (200, json!({ "status": "ok" })));
    }
    assert_eq!(s3.asked().len(), 1);

    for fault in [Fault::Forbidden, Fault::Silence] {
        s3.next([fault; 20]);
        let door = door.beside(Patience::default()).await;
        let reply = Reply::of(door.get("/readyz")).await;
        assert_eq!((reply.status.as_u16(), reply.body), (503, json!({ "status": "unavailable" })));
        assert_eq!(Reply::of(door.get("/healthz")).await.status, 200);
        s3.heal();
    }
    // A bucket that is not there.
    std::fs::remove_dir_all(s3.bucket()).unwrap();
    let door = door.beside(Patience::default()).await;
    assert_eq!(Reply::of(door.get("/readyz")).await.status, 503);
}

#[tokio::test]
async fn a_server_whose_folder_of_files_is_gone_is_not_ready() {
    let door = Door::open().await;
    let folder = door.app.config.data_dir.join("files");
    std::fs::remove_dir_all(folder).unwrap();
    let reply = Reply::of(door.get("/readyz")).await;
    assert_eq!((reply.status.as_u16(), reply.body), (503, json!({ "status": "unavailable" })));
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_for_who_has_the_token() {
    let door =
        Door::with(|config| config.metrics_token = Some(Secret("an operator's token".to_owned())))
            .await;
    door.ask("query Who { __typename }").await;
    door.ask("query Who { nothing }").await;
    let text = Reply::of(door.get("/metrics")).await.body.as_str().unwrap().to_owned();
    for line in [
        "guildhall_requests_total{operation=\"Who\"}",
        "guildhall_refused_total{code=\"VALIDATION_FAILED\"}",
        "guildhall_documents_total{known=\"no\"}",
        "guildhall_request_seconds_bucket{kind=\"query\",le=\"0.0005\"}",
        "guildhall_connections{pool=\"read\",state=\"open\"}",
    ] {
        assert!(text.contains(line), "{line}");
    }
    let proxied = || door.get("/metrics").header("x-forwarded-for", "192.0.2.1");
    assert_eq!(Reply::of(proxied()).await.error().0, 401);
    assert_eq!(Reply::of(proxied().bearer_auth("a guess")).await.error().0, 401);
    assert_eq!(Reply::of(proxied().bearer_auth("an operator's token")).await.status, 200);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_json() {
    let door = Door::open().await;
    let message = "there is nothing here: the graph is at /graphql";
    assert_eq!(Reply::of(door.get("/nothing")).await.error(), (404, "BAD_REQUEST", message));
    let post = Reply::of(door.client.post(door.url("/healthz"))).await;
    assert_eq!((post.error().0, post.header("allow")), (405, "GET,HEAD"));
}
