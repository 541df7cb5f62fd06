//! Files that hang on comments.

use guildhall::{Actor::Guest, entity::file_use, graph::encode};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::kit::{comment, published, refusal};
use crate::kit::{TestApp, key, write_post};

const CREATE: &str = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) {
    comment { id attachments { id name } } userErrors { code path ... on LimitError { max actual } } } }";
const UPDATE: &str =
    "mutation($id: ID!, $files: [ID!]) { commentUpdate(id: $id, body: \"b\", attachments: $files) {
    comment { attachments { name } } userErrors { code path } } }";
const READ: &str = "query($id: ID!) { node(id: $id) { ... on Comment { attachments { name } } } }";

async fn hung(app: &TestApp, comment: &str) -> Vec<String> {
    app.run_with(&Guest, READ, json!({ "id": comment })).await.ok().list("node.attachments", "name")
}

#[tokio::test]
async fn files_hang_on_comments_in_their_order() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let item = published(&app, &ada, "PUBLIC").await;
    let (a, b) = (app.picture(&ada, "a.png").await, app.picture(&ada, "b.png").await);
    for subject in [&post, &item] {
        let input = json!({ "subject": subject, "body": "see", "attachments": [b, a] });
        let run = app.run_with(&ada, CREATE, json!({ "input": input })).await.done();
        assert_eq!(run.list("commentCreate.comment.attachments", "name"), ["b.png", "a.png"]);
        assert_eq!(run.list("commentCreate.comment.attachments", "id"), [b.as_str(), &a]);
        let id = run.text("commentCreate.comment.id");
        assert_eq!(hung(&app, id).await, ["b.png", "a.png"], "who sees the comment sees them");
    }
    let bare = comment(&app, &ada, &post, "bare", json!({})).await;
    assert_eq!(hung(&app, &bare).await, [""; 0]);
}

#[tokio::test]
async fn an_edit_keeps_replaces_or_clears_what_hangs_there() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let (a, b) = (app.picture(&ada, "a.png").await, app.picture(&ada, "b.png").await);
    let id = comment(&app, &ada, &post, "see", json!({ "attachments": [a, b] })).await;
    for (files, expected) in [
        (json!({ "id": id }), vec!["a.png", "b.png"]),
        (json!({ "id": id, "files": null }), vec!["a.png", "b.png"]),
        (json!({ "id": id, "files": [b, a] }), vec!["b.png", "a.png"]),
        (json!({ "id": id, "files": [a] }), vec!["a.png"]),
        (json!({ "id": id, "files": [] }), vec![]),
    ] {
        let run = app.run_with(&ada, UPDATE, files.clone()).await.done();
        assert_eq!(run.list("commentUpdate.comment.attachments", "name"), expected, "{files}");
        assert_eq!(hung(&app, &id).await, expected, "{files}");
    }
}

#[tokio::test]
async fn only_files_of_ones_own_hang_and_each_once() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let (mine, hers) = (app.picture(&ada, "a.png").await, app.picture(&grace, "b.png").await);
    let unknown = encode("file", app.app.clock.key()).to_string();
    let id = comment(&app, &ada, &post, "see", json!({ "attachments": [mine] })).await;
    let many: Vec<_> = (0..11).map(|_| mine.clone()).collect();
    for (files, refused) in [
        (json!([mine, hers]), "NOT_FOUND attachments.1"),
        (json!([unknown]), "NOT_FOUND attachments.0"),
        (json!([post, mine, ""]), "NOT_FOUND attachments.0, NOT_FOUND attachments.2"),
        (json!([mine, mine]), "DUPLICATE attachments.1"),
        (json!(many), "TOO_LONG attachments"),
    ] {
        let edit = json!({ "id": id, "files": files });
        assert_eq!(refusal(&app, &ada, UPDATE, edit).await, refused);
        let input = json!({ "subject": post, "body": "see", "attachments": files });
        let in_input = refused.replace("attachments", "input.attachments");
        assert_eq!(refusal(&app, &ada, CREATE, json!({ "input": input })).await, in_input);
    }
    let other = json!({ "id": id, "files": [hers] });
    assert_eq!(refusal(&app, &grace, UPDATE, other).await, "FORBIDDEN id");
    assert_eq!(hung(&app, &id).await, ["a.png"]);
}

#[tokio::test]
async fn a_deleted_comment_lets_its_files_go() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "PUBLIC").await;
    let mine = app.picture(&ada, "a.png").await;
    let top = comment(&app, &ada, &item, "see", json!({ "attachments": [mine] })).await;
    let alone = comment(&app, &ada, &item, "see", json!({ "attachments": [mine] })).await;
    let answer = app.reply_to(&grace, &item, &top, "answer").await;
    let uses =
        async || app.count::<file_use::Entity>(file_use::Column::CommentId.is_not_null()).await;
    assert_eq!(uses().await, 2);
    let delete = "mutation($id: ID!) { commentDelete(id: $id) {
        comment { attachments { name } } userErrors { code path } } }";
    for (id, left) in [(&top, 1), (&alone, 0)] {
        let run = app.run_with(&ada, delete, json!({ "id": id })).await.done();
        assert_eq!(run.at("commentDelete.comment.attachments"), &json!([]));
        assert_eq!(uses().await, left);
    }
    assert_eq!(hung(&app, &top).await, [""; 0]);
    app.act(&grace, "commentDelete", &answer).await.done();
    let file = guildhall::entity::file::Column::Id.eq(key("file", &mine));
    assert_eq!(app.count::<guildhall::entity::file::Entity>(file).await, 1, "the file stays ada's");
}

#[tokio::test]
async fn who_may_not_see_the_comment_sees_none_of_its_files() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "FOLLOWERS").await;
    let mine = app.picture(&ada, "a.png").await;
    let id = comment(&app, &ada, &item, "see", json!({ "attachments": [mine] })).await;
    for actor in [&Guest, &grace] {
        let run = app.run_with(actor, READ, json!({ "id": id })).await.ok();
        assert_eq!(run.at("node"), &Value::Null);
    }
    assert_eq!(
        app.run_with(&ada, READ, json!({ "id": id })).await.ok().list("node.attachments", "name"),
        ["a.png"]
    );
}
