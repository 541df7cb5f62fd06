//! Signing in over HTTP: by cookie, as a browser, and by bearer token, as every other program.

use chrono::TimeDelta;
use reqwest::{RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::json;

use super::PASSWORD;
use crate::door::{Door, Reply};

const WHO: &str = "{ viewer { profile { handle } } }";

fn asks(door: &Door, query: &str) -> RequestBuilder {
    door.post().json(&json!({ "query": query }))
}

async fn register(door: &Door) -> Reply {
    let query = format!(
        r#"mutation {{ accountRegister(input: {{ email: "ada@example.org", handle: "ada",
            name: "Ada", password: "{PASSWORD}" }}) {{ session {{ accessToken refreshToken }}
            viewer {{ profile {{ handle }} }} userErrors {{ code }} }} }}"#
    );
    Reply::of(asks(door, &query)).await
}

/// What a browser would send back.
fn kept(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all("set-cookie").into_iter().map(|line| line.to_str().unwrap());
    lines.map(|line| line.split_once(';').unwrap().0.to_owned()).collect()
}

#[tokio::test]
async fn a_program_sends_its_token() {
    let door = Door::open().await;
    let reply = register(&door).await;
    assert_eq!(
        reply.body["data"]["accountRegister"]["viewer"],
        json!({ "profile": { "handle": "ada" } })
    );

    let token = reply.body["data"]["accountRegister"]["session"]["accessToken"].as_str().unwrap();
    let reply = Reply::of(asks(&door, WHO).bearer_auth(token)).await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body, json!({ "data": { "viewer": { "profile": { "handle": "ada" } } } }));
    let reply = Reply::of(asks(&door, WHO).bearer_auth(format!("{token}x"))).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_browser_sends_its_cookies_and_is_renewed_by_them() {
    let door = Door::open().await;
    let first = kept(&register(&door).await.headers);
    let [access, refresh] = first.as_slice() else { panic!("{first:?}") };
    let both = format!("theme=dark; {access}; {refresh}");

    let reply = Reply::of(asks(&door, WHO).header("cookie", &both)).await;
    assert_eq!(reply.body, json!({ "data": { "viewer": { "profile": { "handle": "ada" } } } }));

    door.app.clock.advance(TimeDelta::minutes(16));
    let reply = Reply::of(asks(&door, WHO).header("cookie", &both)).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(kept(&reply.headers), ["__Host-guildhall_access="], "and it keeps the other");

    let query = "mutation { sessionRefresh { viewer { profile { handle } } } }";
    let reply = Reply::of(asks(&door, query).header("cookie", refresh)).await;
    assert_eq!(
        reply.body["data"]["sessionRefresh"],
        json!({ "viewer": { "profile": { "handle": "ada" } } })
    );
    let second = kept(&reply.headers);
    assert_ne!(second, first);
    let reply = Reply::of(asks(&door, WHO).header("cookie", second.join("; "))).await;
    assert_eq!(reply.body, json!({ "data": { "viewer": { "profile": { "handle": "ada" } } } }));
}

#[tokio::test]
async fn whoever_verifies_tokens_elsewhere_finds_the_keys() {
    let door = Door::open().await;
    register(&door).await;

    let reply = Reply::of(door.get("/.well-known/jwks.json")).await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body, guildhall::accounts::jwks(&door.app));
    assert_eq!(reply.body["keys"].as_array().unwrap().len(), 1);
}
