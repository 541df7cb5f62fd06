//! Bookmarks: private, on posts and comments, with a note.

use futures_util::future::join_all;
use guildhall::{Actor::Guest, entity::bookmark, graph::encode, scope::Scope};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use crate::kit::{TestApp, block, follow, profile_id, write_comment, write_post};

const ADD: &str = "mutation($id: ID!, $note: String) { bookmarkAdd(id: $id, note: $note) {
    bookmark { id note } target { __typename ... on Node { id } }
    userErrors { code path ... on LimitError { max actual } } } }";
const REMOVE: &str = "mutation($id: ID!) { bookmarkRemove(id: $id) {
    bookmark { id } target { __typename ... on Post { id } ... on Comment { id } }
    userErrors { code path } } }";
const LIST: &str = "{ viewer { bookmarks { nodes { id note createdAt
    target { ... on Post { id viewer { isBookmarked } } ... on Comment { id } } } } } }";

#[tokio::test]
async fn keeping_twice_changes_the_note_and_removing_takes_it_away() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "hello").await;
    let first = app.run_with(&ada, ADD, json!({ "id": post, "note": " later " })).await.done();
    assert_eq!(first.at("bookmarkAdd.bookmark.note"), "later");
    assert_eq!(first.at("bookmarkAdd.target"), &json!({ "__typename": "Post", "id": post }));
    let second = app.run_with(&ada, ADD, json!({ "id": post })).await.done();
    assert_eq!(second.text("bookmarkAdd.bookmark.id"), first.text("bookmarkAdd.bookmark.id"));
    assert_eq!(second.at("bookmarkAdd.bookmark.note"), &Value::Null);
    let on_comment = app.run_with(&ada, ADD, json!({ "id": comment })).await.done();

    let run = app.run(&ada, LIST).await.ok();
    let kept = json!([
        { "id": on_comment.text("bookmarkAdd.bookmark.id"), "note": null,
            "createdAt": "2026-05-04T09:30:00.000Z", "target": { "id": comment } },
        { "id": first.text("bookmarkAdd.bookmark.id"), "note": null,
            "createdAt": "2026-05-04T09:30:00.000Z",
            "target": { "id": post, "viewer": { "isBookmarked": true } } },
    ]);
    assert_eq!(run.at("viewer.bookmarks.nodes"), &kept);

    let run = app.run_with(&ada, REMOVE, json!({ "id": post })).await.done();
    assert_eq!(run.at("bookmarkRemove.target"), &json!({ "__typename": "Post", "id": post }));
    let by_own_id = json!({ "id": on_comment.text("bookmarkAdd.bookmark.id") });
    app.run_with(&ada, REMOVE, by_own_id.clone()).await.done();
    assert_eq!(app.run(&ada, LIST).await.ok().at("viewer.bookmarks.nodes"), &json!([]));
    let again = app.refuses(&ada, REMOVE, by_own_id).await;
    assert_eq!(again.refusals(), ["NOT_FOUND id"]);
}

#[tokio::test]
async fn of_many_at_once_on_one_thing_one_stands() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let many = (0..8).map(|_| app.run_with(&ada, ADD, json!({ "id": post })));
    join_all(many).await.into_iter().for_each(|run| drop(run.done()));
    assert_eq!(app.count::<bookmark::Entity>(bookmark::Column::Note.is_null()).await, 1);
}

#[tokio::test]
async fn a_bookmark_is_its_owners_alone() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let kept = app.run_with(&ada, ADD, json!({ "id": post, "note": "mine" })).await.done();
    let id = json!({ "id": kept.text("bookmarkAdd.bookmark.id") });

    let node = "query($id: ID!) { node(id: $id) { ... on Bookmark { note } } }";
    for other in [&Guest, &grace] {
        assert_eq!(app.run_with(other, node, id.clone()).await.ok().at("node"), &Value::Null);
    }
    assert_eq!(app.run_with(&ada, node, id.clone()).await.ok().at("node.note"), "mine");
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::WriteSocial]);
    assert_eq!(app.run_with(&token, node, id.clone()).await.error_code(), "SCOPE_MISSING");
    assert_eq!(app.refuses(&grace, REMOVE, id).await.refusals(), ["NOT_FOUND id"]);
    let run = app.refuses(&grace, REMOVE, json!({ "id": post })).await;
    assert_eq!(run.refusals(), ["NOT_FOUND id"]);
    let seen = "query($id: ID!) { post(by: { id: $id }) { viewer { isBookmarked } } }";
    let run = app.run_with(&grace, seen, json!({ "id": post })).await.ok();
    assert_eq!(run.at("post.viewer.isBookmarked"), false);
}

#[tokio::test]
async fn only_what_one_may_see_is_kept_with_a_short_note() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let hidden = write_post(&app, &ada, "hello", "FOLLOWERS").await;
    let hidden_comment = write_comment(&app, &ada, &hidden, "hello").await;
    let open = write_post(&app, &ada, "hello", "PUBLIC").await;
    let unknown = encode("post", app.app.clock.key()).to_string();
    let grace_id = profile_id(&grace);
    for id in [&hidden, &hidden_comment, &unknown, &grace_id, "", "bookmark_1"] {
        assert_eq!(app.refuses_act(&grace, "bookmarkAdd", id).await, ["NOT_FOUND id"], "{id:?}");
        assert_eq!(app.refuses_act(&grace, "bookmarkRemove", id).await, ["NOT_FOUND id"], "{id:?}");
    }
    for (note, refusal) in [
        ("n".repeat(501), "TOO_LONG note"),
        ("a\u{0}".to_owned(), "INVALID note"),
        ("two\nlines".to_owned(), "INVALID note"),
    ] {
        let run = app.refuses(&grace, ADD, json!({ "id": open, "note": note })).await;
        assert_eq!(run.refusals(), [refusal]);
    }
    app.run_with(&grace, ADD, json!({ "id": open, "note": "ж".repeat(500) })).await.done();
}

#[tokio::test]
async fn a_bookmark_of_what_was_hidden_since_has_no_target_and_can_be_removed() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    follow(&app, &grace, &ada).await;
    let post = write_post(&app, &ada, "hello", "FOLLOWERS").await;
    let comment = write_comment(&app, &grace, &post, "hello").await;
    for id in [&post, &comment] {
        app.act(&grace, "bookmarkAdd", id).await.done();
    }

    block(&app, &ada, &grace).await;

    let targets = "{ viewer { bookmarks { nodes { target { __typename } } } } }";
    let run = app.run(&grace, targets).await.ok();
    let nothing = json!([{ "target": null }, { "target": null }]);
    assert_eq!(run.at("viewer.bookmarks.nodes"), &nothing);
    let run = app.run_with(&grace, REMOVE, json!({ "id": post })).await.done();
    assert_eq!(run.at("bookmarkRemove.target"), &Value::Null);
    app.act(&ada, "postDelete", &post).await.done();
    let run = app.run(&grace, targets).await.ok();
    assert_eq!(run.at("viewer.bookmarks.nodes"), &json!([]), "what is deleted is kept no more");
}
