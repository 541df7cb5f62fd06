//! `fileUpdate`.

use guildhall::{
    Actor::Guest,
    entity::{account::Role, file::Visibility},
    graph::encode,
    scope::Scope,
};
use serde_json::{Value, json};

use super::get;
use crate::{
    door::Door,
    kit::{Stored, TestApp},
};

const UPDATE: &str =
    "mutation($id: ID!, $input: FileUpdateInput!) { fileUpdate(id: $id, input: $input) {
    file { id name altText caption visibility image { focusX focusY } }
    userErrors { code message path ... on LimitError { min max actual } } } }";

#[tokio::test]
async fn what_is_left_out_stays_and_null_clears() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::png("a.png", 4, 4)).await;
    let update = async |input: Value| {
        let run = app.run_with(&ada, UPDATE, json!({ "id": id, "input": input })).await.done();
        run.at("fileUpdate.file").clone()
    };
    let all = json!({ "name": " b.png ", "altText": " fish ", "caption": "two\nlines", "visibility": "PUBLIC",
        "focusX": 0.1234, "focusY": 1 });
    let mut expected = json!({ "id": id, "name": "b.png", "altText": "fish", "caption": "two\nlines",
        "visibility": "PUBLIC", "image": { "focusX": 0.123, "focusY": 1.0 } });
    assert_eq!(update(all).await, expected);
    assert_eq!(update(json!({})).await, expected);
    expected["caption"] = Value::Null;
    expected["image"]["focusY"] = json!(0.0);
    assert_eq!(update(json!({ "caption": null, "focusY": 0, "name": null })).await, expected);
    expected["altText"] = Value::Null;
    assert_eq!(update(json!({ "altText": "  " })).await, expected);
    let name = update(json!({ "name": "../../etc/pass\u{202e}wd.png" })).await["name"].clone();
    assert_eq!(name, "passwd.png");
}

#[tokio::test]
async fn what_can_not_be_kept_is_refused() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::png("a.png", 4, 4)).await;
    let text = app.keep(&ada, &Stored::text("a.txt", "a")).await;
    for (input, refusals) in [
        (json!({ "name": " " }), vec!["REQUIRED input.name"]),
        (json!({ "name": "n".repeat(256) }), vec!["TOO_LONG input.name"]),
        (json!({ "name": "a\nb" }), vec!["INVALID input.name"]),
        (json!({ "altText": "a".repeat(1_001) }), vec!["TOO_LONG input.altText"]),
        (json!({ "caption": "a".repeat(1_001) }), vec!["TOO_LONG input.caption"]),
        (json!({ "caption": "a\u{0}" }), vec!["INVALID input.caption"]),
        (json!({ "focusX": 1.01 }), vec!["OUT_OF_RANGE input.focusX"]),
        (
            json!({ "focusY": -0.1, "focusX": 1e300 }),
            vec!["OUT_OF_RANGE input.focusX", "OUT_OF_RANGE input.focusY"],
        ),
        (json!({ "visibility": "PUBLIC", "name": "" }), vec!["REQUIRED input.name"]),
    ] {
        let run = app.refuses(&ada, UPDATE, json!({ "id": id, "input": input })).await;
        assert_eq!(run.refusals(), refusals, "{input}");
        assert_eq!(run.at("fileUpdate.file"), &Value::Null);
    }
    let input = json!({ "id": text, "input": { "focusX": 0.5 } });
    assert_eq!(app.refuses(&ada, UPDATE, input).await.refusals(), ["INVALID input.focusX"]);
}

#[tokio::test]
async fn a_file_is_its_owners_to_change() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let staff = app.with_role("staff", Role::Admin).await;
    let public = Stored::text("a.txt", "a").with(Visibility::Public);
    let id = app.keep(&ada, &public).await;
    let input = |id: &str| json!({ "id": id, "input": { "name": "mine.txt" } });
    for other in [&grace, &staff] {
        assert_eq!(app.refuses(other, UPDATE, input(&id)).await.refusals(), ["NOT_FOUND id"]);
    }
    let unknown = encode("file", app.app.clock.key()).to_string();
    for id in [&unknown, "", "post_0"] {
        assert_eq!(app.refuses(&ada, UPDATE, input(id)).await.refusals(), ["NOT_FOUND id"]);
    }
    assert_eq!(app.refuses(&Guest, UPDATE, input(&id)).await.error_code(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &[Scope::ReadPrivate, Scope::WriteSocial]);
    assert_eq!(app.refuses(&token, UPDATE, input(&id)).await.error_code(), "SCOPE_MISSING");
    let token = app.by_token(ada, &[Scope::WriteFiles]);
    app.run_with(&token, UPDATE, input(&id)).await.done();
}

#[tokio::test]
async fn a_link_of_a_public_file_dies_when_it_is_public_no_more() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::text("a.txt", "hello").with(Visibility::Public)).await;
    let link = app.link(&ada, &id).await;
    assert_eq!(get(&door, &link).await.status, 200);
    let renamed = json!({ "id": id, "input": { "name": "b.txt" } });
    app.run_with(&ada, UPDATE, renamed).await.done();
    assert_ne!(app.link(&ada, &id).await, link);
    assert_eq!(get(&door, &link).await.status, 200, "the old address still leads there");
    for visibility in ["MEMBERS", "PRIVATE"] {
        let input = json!({ "id": id, "input": { "visibility": visibility } });
        app.run_with(&ada, UPDATE, input).await.done();
        assert_eq!(get(&door, &link).await.status, 404);
    }
    assert_eq!(get(&door, &app.link(&ada, &id).await).await.status, 200);
    let input = json!({ "id": id, "input": { "visibility": "PUBLIC" } });
    app.run_with(&ada, UPDATE, input).await.done();
    assert_eq!(get(&door, &link).await.status, 200);
}
