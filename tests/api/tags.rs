//! Tags: what is one, how often it is used, and how it is found.

use futures_util::future::join_all;
use guildhall::{Actor::Guest, entity::tag};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use crate::kit::{TestApp, write_post};

const UPDATE: &str =
    "mutation($id: ID!, $input: PostUpdateInput!) { postUpdate(id: $id, input: $input) {
    post { tags { name useCount } } userErrors { code path } } }";
const TAGS: &str = "query($text: String, $first: Int! = 20) { tags(text: $text, first: $first) { name useCount } }";

async fn tags(app: &TestApp) -> Vec<String> {
    let run = app.run(&Guest, "{ tags { name useCount } }").await.ok();
    let tag = |tag: &Value| format!("{} {}", tag["name"].as_str().unwrap(), tag["useCount"]);
    let mut tags: Vec<_> = run.at("tags").as_array().unwrap().iter().map(tag).collect();
    tags.sort();
    tags
}

#[tokio::test]
async fn uses_are_counted_as_posts_come_change_and_go() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let one =
        app.publish(&ada, json!({ "body": "#Rust and #rust", "tags": ["rust", "#SQL"] })).await;
    let two = write_post(&app, &ada, "more #rust", "PUBLIC").await;
    assert_eq!(tags(&app).await, ["rust 2", "sql 1"]);

    let change = json!({ "id": two, "input": { "body": "now #go and #sql" } });
    let run = app.run_with(&ada, UPDATE, change).await.done();
    let now = json!([{ "name": "go", "useCount": 1 }, { "name": "sql", "useCount": 2 }]);
    assert_eq!(run.at("postUpdate.post.tags"), &now);
    assert_eq!(tags(&app).await, ["go 1", "rust 1", "sql 2"]);

    app.act(&ada, "postDelete", &one).await.done();
    assert_eq!(tags(&app).await, ["go 1", "sql 1"], "a tag that nobody uses is not listed");
    app.act(&ada, "postDelete", &two).await.done();
    assert_eq!(tags(&app).await, [""; 0]);
    assert_eq!(app.count::<tag::Entity>(tag::Column::UseCount.ne(0)).await, 0);
}

#[tokio::test]
async fn an_edit_of_the_text_keeps_the_tags_that_were_named_beside_it() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post =
        app.publish(&ada, json!({ "body": "a #loom", "tags": ["weaving", "History"] })).await;
    for (input, expected) in [
        (json!({ "body": "a #spindle" }), vec!["history", "spindle", "weaving"]),
        (json!({ "visibility": "PUBLIC" }), vec!["history", "spindle", "weaving"]),
        (json!({ "tags": ["wool"] }), vec!["spindle", "wool"]),
        (json!({ "tags": null, "body": "plain" }), vec!["wool"]),
        (json!({ "tags": [] }), vec![]),
        (json!({ "tags": ["a1"], "body": "and #b2" }), vec!["a1", "b2"]),
    ] {
        let change = json!({ "id": post, "input": input });
        let run = app.run_with(&ada, UPDATE, change).await.done();
        assert_eq!(run.list("postUpdate.post.tags", "name"), expected, "{input}");
        let counted: Vec<_> = expected.iter().map(|name| format!("{name} 1")).collect();
        assert_eq!(tags(&app).await, counted);
    }
}

#[tokio::test]
async fn counts_are_exact_when_many_use_the_same_new_tags_at_once() {
    let app = TestApp::new().await;
    let mut authors = Vec::new();
    for handle in ["ada", "bob", "cleo", "dan", "eve"] {
        authors.push(app.member(handle).await);
    }
    let bodies = ["#one #two #three", "#three #one", "#two #three #four", "#four #one"];
    let author = |n: usize| &authors[n % 5];
    let writes = (0..40).map(|n| write_post(&app, author(n), bodies[n % 4], "PUBLIC"));
    let posts = join_all(writes).await;
    assert_eq!(tags(&app).await, ["four 20", "one 30", "three 30", "two 20"]);

    let edits = posts.iter().enumerate().map(|(n, post)| {
        let input = json!({ "body": bodies[(n + 1) % 4] });
        app.run_with(author(n), UPDATE, json!({ "id": post, "input": input }))
    });
    join_all(edits).await.into_iter().for_each(|run| drop(run.done()));
    assert_eq!(tags(&app).await, ["four 20", "one 30", "three 30", "two 20"]);
    assert_eq!(app.profile(author(0)).await.post_count, 8);
}

#[tokio::test]
async fn words_of_every_script_are_tags() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for word in [
        "İstanbul",
        "हिन्दी",
        "ภาษาไทย",
        "ไม้เอก",
        "日本語",
        "Straße",
        "العربية",
        "c_1",
        "cafe\u{301}",
    ] {
        let post = write_post(&app, &ada, &format!("so: #{word}, yes"), "PUBLIC").await;
        let run = app
            .run_with(
                &Guest,
                "query($id: ID!, $name: String!) { tag(name: $name) { name label }
            post(by: { id: $id }) { tags { name label } } }",
                json!({ "id": post, "name": word }),
            )
            .await
            .ok();
        assert_eq!(run.list("post.tags", "label"), [word]);
        assert_eq!(run.at("tag"), run.at("post.tags.0"));
        let by_name = json!({ "id": post, "name": run.text("tag.name") });
        let again = app
            .run_with(&Guest, "query($name: String!) { tag(name: $name) { label } }", by_name)
            .await
            .ok();
        assert_eq!(again.text("tag.label"), word, "its name finds it");
    }
}

#[tokio::test]
async fn a_tag_is_found_by_name_and_by_beginning_and_nonsense_finds_nothing() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    app.publish(
        &ada,
        json!({ "body": "b", "tags": ["rust", "ruby", "r", "c++", "a_b", "axb", "50"] }),
    )
    .await;
    app.publish(&ada, json!({ "body": "b #rust" })).await;
    for (text, found) in [
        ("ru", vec!["rust", "ruby"]),
        (" #RU", vec!["rust", "ruby"]),
        ("a_b", vec!["a_b"]),
        ("%", vec![]),
        ("_", vec![]),
        ("r%", vec![]),
        ("", vec![]),
        ("' OR 1=1 --", vec![]),
        ("r\u{0}", vec![]),
        ("c+", vec!["c++"]),
        ("\u{10ffff}", vec![]),
    ] {
        let run = app.run_with(&Guest, TAGS, json!({ "text": text })).await.ok();
        assert_eq!(run.list("tags", "name"), found, "{text:?}");
    }
    let top = app.run_with(&Guest, TAGS, json!({ "first": 1 })).await.ok();
    assert_eq!(top.at("tags"), &json!([{ "name": "rust", "useCount": 2 }]));
    for first in [0, -1, 101, i32::MIN] {
        let run = app.run_with(&Guest, TAGS, json!({ "first": first })).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{first}");
    }
    for name in ["", "#", "no such", "'; DROP TABLE tag; --", "\u{0}", "ru"] {
        let run = app
            .run_with(&Guest, "query($n: String!) { tag(name: $n) { id } }", json!({ "n": name }))
            .await;
        assert_eq!(run.ok().at("tag"), &Value::Null, "{name:?}");
    }
}

#[tokio::test]
async fn a_tag_shows_only_the_posts_that_one_may_see() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    for visibility in ["PUBLIC", "MEMBERS", "FOLLOWERS"] {
        write_post(&app, &ada, &format!("{visibility} #loom"), visibility).await;
    }
    let query =
        "{ tag(name: \"loom\") { useCount posts { nodes { visibility author { handle } } } } }";
    for (actor, seen) in [
        (&Guest, vec!["PUBLIC"]),
        (&grace, vec!["MEMBERS", "PUBLIC"]),
        (&ada, vec!["FOLLOWERS", "MEMBERS", "PUBLIC"]),
    ] {
        let run = app.run(actor, query).await.ok();
        assert_eq!(run.list("tag.posts.nodes", "visibility"), seen);
        assert_eq!(run.at("tag.useCount"), 3);
    }
}
