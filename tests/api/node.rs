//! Anything by its id, and how an answer looks when a part of it fails.

use async_graphql::Variables;
use guildhall::{Actor::Guest, engine::Ask, graph::encode};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::kit::{TestApp, profile_id, write_comment, write_post};

#[tokio::test]
async fn nodes_answers_every_kind_in_the_order_asked() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello #loom", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "hi").await;
    let kept =
        "mutation($id: ID!) { bookmarkAdd(id: $id) { bookmark { id } userErrors { code path } } }";
    let kept = app.run_with(&ada, kept, json!({ "id": post })).await.done();
    let edit = "mutation($id: ID!) { postUpdate(id: $id, input: { body: \"new #loom\" }) {
        post { revisions { nodes { id } } tags { id } } userErrors { code path } } }";
    let edited = app.run_with(&ada, edit, json!({ "id": post })).await.done();
    let ids = [
        edited.text("postUpdate.post.tags.0.id"),
        kept.text("bookmarkAdd.bookmark.id"),
        &comment,
        &post,
        &profile_id(&ada),
        edited.text("postUpdate.post.revisions.nodes.0.id"),
        &post,
    ]
    .map(str::to_owned);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";

    let run = app.run_with(&ada, query, json!({ "ids": ids })).await.ok();

    let kinds = ["Tag", "Bookmark", "Comment", "Post", "Profile", "Revision", "Post"];
    let nodes = kinds.iter().zip(&ids).map(|(kind, id)| json!({ "__typename": kind, "id": id }));
    assert_eq!(run.at("nodes"), &nodes.collect::<Value>());
    for (kind, id) in kinds.iter().zip(&ids) {
        let run = app
            .run_with(
                &ada,
                "query($id: ID!) { node(id: $id) { __typename id } }",
                json!({ "id": id }),
            )
            .await
            .ok();
        assert_eq!(run.at("node"), &json!({ "__typename": kind, "id": id }));
    }
}

#[tokio::test]
async fn an_id_of_nothing_is_null_and_costs_no_statement() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = profile_id(&ada);
    let digits = id.strip_prefix("profile_").unwrap();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let nonsense = [
        String::new(),
        "_".to_owned(),
        "profile".to_owned(),
        digits.to_owned(),
        format!("_{digits}"),
        format!("session_{digits}"),
        format!("account_{digits}x"),
        format!("PROFILE_{digits}"),
        id.to_uppercase(),
        format!("{id}0"),
        format!(" {id}"),
        format!("profile_8{}", &digits[1..]),
        format!("profile_{}u", &digits[..25]),
        "\u{0}".to_owned(),
        "💥".to_owned(),
        "' OR 1=1 --".to_owned(),
        format!("apitoken_{digits}"),
    ];
    let run = app.run_with(&Guest, query, json!({ "ids": nonsense })).await.ok();
    assert!(run.at("nodes").as_array().unwrap().iter().all(Value::is_null), "{run:#?}");
    assert_eq!(run.sql, [""; 0]);
    let unknown = ["profile", "post", "comment", "revision", "bookmark", "tag"]
        .map(|kind| encode(kind, app.app.clock.key()).to_string());
    let run = app.run_with(&ada, query, json!({ "ids": unknown })).await.ok();
    assert_eq!(run.at("nodes"), &json!([null, null, null, null, null, null]));
}

#[tokio::test]
async fn nodes_takes_a_hundred_ids_at_most() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let run = app.run_with(&Guest, query, json!({ "ids": vec![profile_id(&ada); 100] })).await.ok();
    assert_eq!(run.at("nodes").as_array().unwrap().len(), 100);
    let run = app.run_with(&Guest, query, json!({ "ids": vec![profile_id(&ada); 101] })).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
    let run = app.run_with(&Guest, query, json!({ "ids": [] })).await.ok();
    assert_eq!(run.at("nodes"), &json!([]));
}

#[tokio::test]
async fn an_answer_has_its_fields_in_the_order_of_the_query() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    write_post(&app, &ada, "hello", "PUBLIC").await;
    let query = "query { tags { id } z: feed { pageInfo { hasNextPage } nodes { version ...P author { name handle name }
        ... on Post { createdAt } a: commentCount } } server { name } profiles(first: 1) { nodes { name bio { html source } handle } } }
        fragment P on Post { tags { name } title version postKind }";
    for _ in 0..2 {
        let ask = Ask {
            query: Some(query.to_owned()),
            variables: Variables::default(),
            ..Ask::default()
        };
        let response = app.answer(&ada, ask).await.response;
        let expected = r#"{"tags":[],"z":{"pageInfo":{"hasNextPage":false},"nodes":[{"version":1,"tags":[],"title":"hello","postKind":"NOTE","author":{"name":"Ada","handle":"ada"},"createdAt":"2026-05-04T09:30:00.000Z","a":0}]},"server":{"name":"Guildhall"},"profiles":{"nodes":[{"name":"Ada","bio":{"html":"","source":""},"handle":"ada"}]}}"#;
        assert_eq!(serde_json::to_string(&response.data).unwrap(), expected);
    }
}

async fn without(table: &str) -> (TestApp, guildhall::Actor) {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    write_post(&app, &ada, "hello", "PUBLIC").await;
    app.app
        .db
        .write
        .execute_unprepared(&format!("ALTER TABLE {table} RENAME TO {table}_gone"))
        .await
        .unwrap();
    (app, ada)
}

#[tokio::test]
async fn a_field_that_fails_is_null_beside_its_error_and_tells_nothing_of_the_database() {
    let (app, ada) = without("tag").await;
    let query =
        "{ server { name } tag(name: \"loom\") { id } profile(by: { handle: \"ada\" }) { name } }";

    let run = app.run(&ada, query).await;

    assert_eq!(run.error_code(), "INTERNAL");
    assert_eq!(
        (&run.errors[0]["message"], &run.errors[0]["path"]),
        (&json!("internal error"), &json!(["tag"]))
    );
    assert!(run.errors[0]["extensions"]["requestId"].is_string());
    let data =
        json!({ "server": { "name": "Guildhall" }, "tag": null, "profile": { "name": "Ada" } });
    assert_eq!(run.data, data);
    let text = serde_json::to_string(&run.errors).unwrap().to_lowercase();
    for word in ["select", "tag_gone", "no such", "relation", "sqlite", "postgres", "syntax"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

#[tokio::test]
async fn a_nullable_field_deep_inside_fails_alone() {
    let (app, ada) = without("follow").await;
    let query = "{ feed { nodes { body { source } author { handle viewer { following } } } } }";
    let run = app.run(&Guest, query).await.ok();
    assert_eq!(run.text("feed.nodes.0.author.handle"), "ada");
    let run = app.run(&ada, query).await;
    // Reading the feed of a member asks whom they follow, so the feed itself fails.
    assert_eq!((run.error_code(), &run.data), ("INTERNAL", &Value::Null));

    let (app, ada) = without("mute").await;
    let query = "{ profiles { nodes { handle viewer { isMuted } name } } }";
    let run = app.run(&ada, query).await;
    assert_eq!(run.error_code(), "INTERNAL");
    assert_eq!(run.errors[0]["path"], json!(["profiles", "nodes", 0, "viewer"]));
    let data =
        json!({ "profiles": { "nodes": [{ "handle": "ada", "viewer": null, "name": "Ada" }] } });
    assert_eq!(run.data, data);
}

#[tokio::test]
async fn a_change_that_fails_writes_nothing_and_tells_nothing() {
    let (app, ada) = without("post_tag").await;
    let query =
        "mutation { postCreate(input: { body: \"x #loom\" }) { post { id } userErrors { code } } }";
    let run = app.refuses(&ada, query, json!({})).await;
    assert_eq!((run.error_code(), &run.data), ("INTERNAL", &Value::Null));
    assert_eq!(run.errors[0]["message"], "internal error");
}
