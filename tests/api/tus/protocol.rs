//! What every request has to say, and what every answer says.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use guildhall::entity::account;
use reqwest::Method;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::json;

use super::{Tus, door, refusal};
use crate::{
    door::{Door, Reply},
    kit::lines,
};

#[tokio::test]
async fn the_server_says_what_it_speaks() {
    let door = Door::with(|config| config.file_bytes = 3_000_000).await;
    for path in ["/uploads", "/uploads/any"] {
        let reply = Reply::of(door.client.request(Method::OPTIONS, door.url(path))).await;
        assert_eq!(reply.status, 204);
        for (name, value) in [
            ("tus-resumable", "1.0.0"),
            ("tus-version", "1.0.0"),
            ("tus-extension", "creation,creation-with-upload,expiration,termination,checksum"),
            ("tus-max-size", "3000000"),
            ("tus-checksum-algorithm", "sha256,sha1"),
        ] {
            assert_eq!(reply.header(name), value, "{name} of {path}");
        }
    }
}

#[tokio::test]
async fn another_version_of_the_protocol_is_refused() {
    let door = door().await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 100);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    let before = door.test.contents().await;
    for version in [None, Some("0.2.2"), Some("1.0"), Some("2.0.0")] {
        for method in [Method::HEAD, Method::PATCH, Method::DELETE] {
            let request = door.client.request(method, door.url(&tus.path)).body("hi");
            let request = match version {
                Some(version) => request.header("tus-resumable", version),
                None => request,
            };
            let reply = Reply::of(request).await;
            assert_eq!(reply.status, 412);
            assert_eq!(reply.header("tus-version"), "1.0.0");
        }
        let post = door.client.post(door.url("/uploads")).header("upload-length", 1);
        assert_eq!(Reply::of(post).await.status, 412);
    }
    assert!(before == door.test.contents().await);
}

#[tokio::test]
async fn an_upload_says_where_it_stands() {
    let door = door().await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 100);
    let input = json!({ "name": "ä.txt", "mediaType": "text/plain" });
    let tus = Tus::start(&door, &ada, &bytes, input).await;
    let reply = tus.send(0, &bytes[..40]).await;
    assert_eq!((reply.status.as_u16(), reply.header("upload-offset")), (204, "40"));
    assert_eq!(reply.header("tus-resumable"), "1.0.0");
    assert_eq!(reply.header("upload-expires"), "Tue, 05 May 2026 09:30:00 GMT");
    let reply = tus.head().await;
    let metadata =
        format!("name {},filetype {}", STANDARD.encode("ä.txt"), STANDARD.encode("text/plain"));
    for (name, value) in [
        ("tus-resumable", "1.0.0"),
        ("upload-offset", "40"),
        ("upload-length", "100"),
        ("upload-metadata", metadata.as_str()),
        ("upload-expires", "Tue, 05 May 2026 09:30:00 GMT"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(reply.header(name), value, "{name}");
    }
}

/// The same letters, small ones large and large ones small.
fn other_case(text: &str) -> String {
    let turn = |c: char| {
        if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
    };
    text.chars().map(turn).collect()
}

#[tokio::test]
async fn an_address_is_good_only_as_it_was_given() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let bytes = lines(1, 100);
    let one = Tus::start(&door, &ada, &bytes, json!({})).await;
    let other = Tus::start(&door, &ada, &bytes, json!({})).await;
    let (path, query) = one.path.split_once('?').unwrap();
    let (expires, signature) = query.split_once("&sig=").unwrap();
    let later: i64 = expires.strip_prefix("expires=").unwrap().parse::<i64>().unwrap() + 1;
    let of_other = other.path.split_once('?').unwrap().0;
    let before = app.contents().await;
    for path in [
        path.to_owned(),
        format!("{path}?{expires}"),
        format!("{path}?{expires}&sig="),
        format!("{path}?{expires}&sig={}", other_case(signature)),
        format!("{path}?expires={later}&sig={signature}"),
        format!("{path}?expires=x&sig={signature}"),
        format!("{of_other}?{query}"),
        format!("/uploads/?{query}"),
        format!("/uploads/upload_?{query}"),
    ] {
        let tus = Tus { door: &door, id: one.id.clone(), path: path.clone() };
        assert_eq!(tus.head().await.status, 404, "{path}");
        assert_eq!(tus.send(0, &bytes).await.status, 404, "{path}");
        assert_eq!(Reply::of(tus.request(Method::DELETE)).await.status, 404, "{path}");
    }
    assert!(before == app.contents().await);
    assert_eq!(one.send(0, &bytes).await.status, 204);
}

#[tokio::test]
async fn who_is_suspended_sends_no_more() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let bytes = lines(1, 100);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    assert_eq!(tus.send(0, &bytes[..50]).await.status, 204);
    account::Entity::update_many()
        .col_expr(account::Column::State, Expr::value(account::State::Suspended))
        .filter(account::Column::Id.eq(ada.id().unwrap()))
        .exec(&app.app.db.write)
        .await
        .unwrap();
    let before = app.contents().await;
    assert_eq!(tus.send(50, &bytes[50..]).await.status, 404);
    assert_eq!(tus.head().await.status, 404);
    assert!(before == app.contents().await);
}

#[tokio::test]
async fn only_what_the_protocol_knows_is_understood() {
    let door = door().await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 100);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    for method in [Method::GET, Method::PUT, Method::POST] {
        let reply = Reply::of(tus.request(method)).await;
        assert_eq!(reply.status, 405);
        assert_eq!(reply.header("allow"), "OPTIONS, HEAD, PATCH, DELETE");
    }
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        let request = door.client.request(method, door.url("/uploads"));
        let reply = Reply::of(request.header("tus-resumable", "1.0.0")).await;
        assert_eq!(reply.status, 405);
        assert_eq!(reply.header("allow"), "OPTIONS, POST");
    }
}

#[tokio::test]
async fn a_method_may_be_named_in_a_header() {
    let door = door().await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 100);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    let named = |method: &'static str| {
        tus.request(Method::POST)
            .header("x-http-method-override", method)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", 0)
    };
    assert_eq!(Reply::of(named("PATCH").body(bytes[..10].to_vec())).await.status, 204);
    let reply = Reply::of(named("HEAD")).await;
    assert_eq!((reply.status.as_u16(), reply.header("upload-offset")), (200, "10"));
    assert_eq!(Reply::of(named("DELETE")).await.status, 204);
    assert_eq!(tus.head().await.status, 404);
}

#[tokio::test]
async fn an_upload_that_is_ended_leaves_nothing() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    app.start_upload(&ada, 1, json!({})).await.done();
    let (before, kept) = (app.contents_without_events().await, app.kept().await);
    let bytes = lines(1, 100);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    tus.send(0, &bytes[..50]).await;
    assert_eq!(app.kept().await, ["part"]);
    assert_eq!(Reply::of(tus.request(Method::DELETE)).await.status, 204);
    assert!(before == app.contents_without_events().await);
    assert_eq!(app.kept().await, kept);
    assert_eq!(Reply::of(tus.request(Method::DELETE)).await.status, 404);
    assert_eq!(tus.send(50, &bytes[50..]).await.status, 404);

    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    tus.send(0, &bytes).await;
    let (status, words) = refusal(&Reply::of(tus.request(Method::DELETE)).await);
    assert_eq!(
        (status, words.as_str()),
        (403, "this is a file by now: delete the file in the graph")
    );
    assert_eq!(app.storage(&ada).await, [100, 1, 1]);
}

#[tokio::test]
async fn pages_of_listed_origins_may_send_files() {
    let door =
        Door::with(|config| config.cors_origins = vec!["https://app.example".to_owned()]).await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 100);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    let preflight = |origin: &'static str| {
        let request = door.client.request(Method::OPTIONS, door.url(&tus.path));
        let request = request.header("access-control-request-method", "PATCH");
        Reply::of(request.header("origin", origin))
    };
    let reply = preflight("https://app.example").await;
    assert_eq!(reply.header("access-control-allow-origin"), "https://app.example");
    let methods = reply.header("access-control-allow-methods");
    assert_eq!(methods, "POST, HEAD, PATCH, DELETE, OPTIONS");
    for name in
        ["upload-offset", "upload-length", "upload-metadata", "upload-checksum", "tus-resumable"]
    {
        assert!(reply.header("access-control-allow-headers").contains(name), "{name}");
    }
    assert_eq!(preflight("https://evil.example").await.header("access-control-allow-origin"), "");

    let sent = tus.patch(0).header("origin", "https://app.example").body(bytes[..10].to_vec());
    let reply = Reply::of(sent).await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), "https://app.example");
    for name in ["location", "upload-offset", "upload-expires", "tus-resumable"] {
        assert!(reply.header("access-control-expose-headers").contains(name), "{name}");
    }
    door.app.clock.advance(TimeDelta::hours(25));
    let reply = Reply::of(tus.patch(10).header("origin", "https://app.example")).await;
    assert_eq!(reply.status, 410);
    assert_eq!(
        reply.header("access-control-allow-origin"),
        "https://app.example",
        "refusals are read too"
    );
}
