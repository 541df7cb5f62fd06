//! Who calls, and how much they may.

use serde_json::json;

use crate::door::{Door, Reply};

#[tokio::test]
async fn a_bad_token_is_an_error_and_no_guest() {
    let door = Door::open().await;
    for token in ["Bearer x.y.z", "bearer gh_nothing", "Bearer "] {
        let reply = Reply::of(
            door.post().header("authorization", token).json(&json!({ "query": "{ __typename }" })),
        )
        .await;
        assert_eq!(
            reply.error(),
            (401, "UNAUTHENTICATED", "the token sent is not valid"),
            "{token}"
        );
        assert_eq!(reply.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        assert_eq!(reply.header("set-cookie"), "");
    }
    let cookie = door
        .get("/graphql?query=%7B__typename%7D")
        .header("cookie", "a=b; __Host-guildhall_access=x");
    let reply = Reply::of(cookie).await;
    assert_eq!(reply.error().0, 401);
    assert_eq!(reply.header("set-cookie"), guildhall::accounts::cookies::NO_ACCESS);
}

#[tokio::test]
async fn who_spends_too_much_waits() {
    let door = Door::with(|config| {
        config.guest_cost_per_minute = 3;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let from = |address: &'static str| {
        Reply::of(
            door.post()
                .header("x-forwarded-for", address)
                .json(&json!({ "query": "{ server { name } }" })),
        )
    };
    for _ in 0..3 {
        assert_eq!(from("192.0.2.1").await.status, 200);
    }
    let reply = from("192.0.2.1").await;
    let message = "too much was asked for in a short time: try again later";
    assert_eq!(reply.error(), (429, "RATE_LIMITED", message));
    assert_eq!(reply.header("retry-after"), "20");
    assert_eq!(from("192.0.2.2").await.status, 200);
    assert_eq!(from("192.0.2.1, 192.0.2.3").await.status, 200, "the proxy's word counts");
}
