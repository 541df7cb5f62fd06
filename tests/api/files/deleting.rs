//! `filesDelete`.

use futures_util::future::join_all;
use guildhall::{
    Actor::{self, Guest},
    entity::{
        account::Role,
        blob, file,
        file_use::Place,
        storage::{self, Entity as Storage},
    },
    files::service::On,
    graph::encode,
    scope::Scope,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};
use serde_json::{Value, json};

use super::get;
use crate::{
    door::Door,
    kit::{Stored, TestApp, key, write_comment, write_post},
};

const DELETE: &str =
    "mutation($ids: [ID!]!) { filesDelete(ids: $ids) { files { id name } deletedIds
    userErrors { code message path ... on LimitError { max actual } } } }";

async fn counters(app: &TestApp, actor: &Actor) -> storage::Model {
    let row = Storage::find_by_id(actor.id().unwrap()).one(&app.app.db.write).await.unwrap();
    row.unwrap()
}

#[tokio::test]
async fn files_are_deleted_together_and_no_longer_counted() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let kept = app.keep(&ada, &Stored::text("kept.txt", "kept")).await;
    let a = app.keep(&ada, &Stored::text("a.txt", "the same")).await;
    let b = app.keep(&ada, &Stored::text("b.txt", "the same")).await;
    let link = app.link(&ada, &a).await;
    assert_eq!(get(&door, &link).await.status, 200);
    let run = app.run_with(&ada, DELETE, json!({ "ids": [b, a, b] })).await.done();
    let mut deleted = vec![json!(a), json!(b)];
    deleted.sort_by_key(|id| id.as_str().unwrap().to_owned());
    assert_eq!(run.at("filesDelete.deletedIds"), &Value::Array(deleted));
    assert_eq!(run.list("filesDelete.files", "name"), ["a.txt", "b.txt"]);
    let row = counters(app, &ada).await;
    assert_eq!((row.used, row.file_count, row.reserved), (4, 1, 0));
    assert_eq!(get(&door, &link).await.status, 404);
    assert_eq!(app.count::<file::Entity>(file::Column::OwnerId.eq(ada.id().unwrap())).await, 1);
    assert_eq!(
        app.count::<blob::Entity>(blob::Column::Size.gt(0)).await,
        2,
        "bytes are swept later"
    );
    assert_eq!(get(&door, &app.link(&ada, &kept).await).await.bytes, b"kept");
    let again = app.refuses(&ada, DELETE, json!({ "ids": [kept, a] })).await;
    assert_eq!(again.refusals(), ["NOT_FOUND ids.1"]);
    app.run_with(&ada, DELETE, json!({ "ids": [] })).await.done();
}

#[tokio::test]
async fn a_file_that_is_used_stays_and_says_where() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let me = ada.id().unwrap();
    let unused = app.keep(&ada, &Stored::text("unused.txt", "a")).await;
    let used = app.keep(&ada, &Stored::png("used.png", 2, 2)).await;
    let posts = [
        write_post(&app, &ada, "one", "PUBLIC").await,
        write_post(&app, &ada, "two", "PUBLIC").await,
    ];
    let comment = write_comment(&app, &ada, &posts[0], "hello").await;
    let file = key("file", &used);
    app.use_file(file, On::Profile(me), Place::Avatar, 0).await;
    for post in &posts {
        app.use_file(file, On::Post(key("post", post)), Place::Attachment, 0).await;
    }
    app.use_file(file, On::Comment(key("comment", &comment)), Place::Attachment, 0).await;
    let run = app.refuses(&ada, DELETE, json!({ "ids": [unused, used, "file_0"] })).await;
    assert_eq!(run.refusals(), ["STATE_NOT_ALLOWED ids.1", "NOT_FOUND ids.2"]);
    let message =
        "this file is in use: attached to a comment, attached to 2 posts, the avatar of a profile";
    assert_eq!(run.at("filesDelete.userErrors.0.message"), message);
    assert_eq!(run.at("filesDelete.deletedIds"), &json!([]));
    for post in &posts {
        app.act(&ada, "postDelete", post).await.done();
    }
    let run = app.refuses(&ada, DELETE, json!({ "ids": [used] })).await;
    let message = "this file is in use: the avatar of a profile";
    assert_eq!(
        run.at("filesDelete.userErrors.0.message"),
        message,
        "the comment went with its post"
    );
}

#[tokio::test]
async fn nobody_deletes_what_is_anothers() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let staff = app.with_role("staff", Role::Admin).await;
    let id = app.keep(&ada, &Stored::text("a.txt", "a")).await;
    let ids = json!({ "ids": [id] });
    for other in [&grace, &staff] {
        assert_eq!(app.refuses(other, DELETE, ids.clone()).await.refusals(), ["NOT_FOUND ids.0"]);
    }
    assert_eq!(app.refuses(&Guest, DELETE, ids.clone()).await.error_code(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &[Scope::ReadPrivate]);
    assert_eq!(app.refuses(&token, DELETE, ids).await.error_code(), "SCOPE_MISSING");
}

#[tokio::test]
async fn at_most_a_hundred_go_at_once_in_as_many_statements_as_one() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut ids = Vec::new();
    for n in 0..101 {
        ids.push(app.keep(&ada, &Stored::text(&format!("{n}.txt"), "a")).await);
    }
    let run = app.refuses(&ada, DELETE, json!({ "ids": ids })).await;
    assert_eq!(run.refusals(), ["TOO_LONG ids"]);
    assert_eq!(run.at("filesDelete.userErrors.0.actual"), 101.0);
    let one = app.run_with(&ada, DELETE, json!({ "ids": [ids.pop()] })).await.done();
    let many = app.run_with(&ada, DELETE, json!({ "ids": ids })).await.done();
    assert_eq!(many.at("filesDelete.deletedIds").as_array().unwrap().len(), 100);
    assert_eq!(one.sql.len(), many.sql.len(), "{:#?}", many.sql);
    let row = counters(&app, &ada).await;
    assert_eq!((row.used, row.file_count), (0, 0));
}

#[tokio::test]
async fn of_many_at_once_one_deletes_and_the_counters_are_right() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(app.keep(&ada, &Stored::text(&format!("{n}.txt"), "abc")).await);
    }
    let backwards: Vec<_> = ids.iter().rev().cloned().collect();
    let all = [&ids, &backwards].into_iter().cycle().take(8);
    let runs = join_all(all.map(|ids| app.run_with(&ada, DELETE, json!({ "ids": ids })))).await;
    let done = runs.iter().filter(|run| run.refusals().is_empty()).count();
    assert_eq!(done, 1, "{runs:#?}");
    let row = counters(&app, &ada).await;
    assert_eq!((row.used, row.file_count), (0, 0));
    let unknown = encode("file", app.app.clock.key()).to_string();
    assert_eq!(
        app.refuses(&ada, DELETE, json!({ "ids": [unknown] })).await.refusals(),
        ["NOT_FOUND ids.0"]
    );
}
