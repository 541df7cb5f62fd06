//! What every answer carries.

use std::io::Write as _;

use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::door::{Door, Reply};

#[tokio::test]
async fn every_answer_says_what_browsers_must_not_do_with_it() {
    let door =
        Door::with(|config| config.base_url = Some("https://guild.example".parse().unwrap())).await;
    for path in ["/graphql?query=%7B__typename%7D", "/healthz", "/nothing", "/graphql?query=%7B"] {
        let reply = Reply::of(door.get(path)).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(reply.header(name), value, "{name} of {path}");
        }
        assert!(reply.header("x-request-id").len() >= 8);
        assert_eq!(reply.header("server"), "");
    }
}

#[tokio::test]
async fn a_sane_request_id_is_kept_and_any_other_replaced() {
    let door = Door::open().await;
    let named = |id: &'static str| Reply::of(door.get("/healthz").header("x-request-id", id));
    assert_eq!(named("client-0815-abc").await.header("x-request-id"), "client-0815-abc");
    for id in ["short", "with space in it", "semi;colon;semi"] {
        assert_eq!(named(id).await.header("x-request-id").len(), 36);
    }
}

#[tokio::test]
async fn only_listed_origins_may_read_with_credentials() {
    let door = Door::with(|config| {
        config.cors_origins =
            vec!["https://app.example".to_owned(), "null".to_owned(), "*".to_owned()];
    })
    .await;
    let from = |method: Method, origin: &'static str| {
        Reply::of(
            door.client
                .request(method, door.url("/graphql?query=%7B__typename%7D"))
                .header("origin", origin),
        )
    };
    for method in [Method::GET, Method::OPTIONS] {
        let reply = from(method.clone(), "https://app.example").await;
        assert_eq!(reply.header("access-control-allow-origin"), "https://app.example");
        assert_eq!(reply.header("access-control-allow-credentials"), "true");
        assert_eq!(reply.header("cross-origin-resource-policy"), "cross-origin");
        for origin in ["null", "https://app.example.evil.example", "http://app.example", "*"] {
            let reply = from(method.clone(), origin).await;
            assert_eq!(reply.header("access-control-allow-origin"), "", "{origin}");
            assert_eq!(reply.header("access-control-allow-credentials"), "", "{origin}");
            let vary: Vec<_> = reply.headers.get_all("vary").iter().collect();
            assert!(vary.iter().any(|value| *value == "origin"), "{vary:?}");
        }
    }
    let preflight = from(Method::OPTIONS, "https://app.example").await;
    assert!(preflight.header("access-control-allow-headers").contains("graphql-require-preflight"));
    assert_eq!(preflight.header("access-control-allow-methods"), "GET, POST");
}

#[tokio::test]
async fn large_answers_are_compressed_for_who_takes_it() {
    let door = Door::open().await;
    let large = json!({ "query": "{ __schema { types { name description } } }" });
    let plain =
        door.client.post(door.url("/graphql")).header("accept-encoding", "identity").json(&large);
    let plain = plain.send().await.unwrap();
    assert_eq!(plain.headers().get(header::CONTENT_ENCODING), None);
    assert!(plain.headers()["vary"].to_str().unwrap().contains("accept-encoding"));
    let plain = plain.bytes().await.unwrap();
    let client = reqwest::Client::builder().no_gzip().build().unwrap();
    let post = |body: &Value| {
        client.post(door.url("/graphql")).header("accept-encoding", "br, gzip").json(body)
    };
    let packed = post(&large).send().await.unwrap();
    assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
    let mut unpacked = flate2::write::GzDecoder::new(Vec::new());
    unpacked.write_all(&packed.bytes().await.unwrap()).unwrap();
    assert_eq!(unpacked.finish().unwrap(), plain);
    let small = post(&json!({ "query": "{ __typename }" })).send().await.unwrap();
    assert_eq!(small.headers().get(header::CONTENT_ENCODING), None);
}
