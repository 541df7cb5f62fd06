//! Announcing a file, and thinking better of it.

use chrono::TimeDelta;
use futures_util::future::join_all;
use guildhall::{Actor::Guest, entity::upload, scope::Scope};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use crate::kit::{START, TestApp, announced, by_id, lines, sha256};

#[tokio::test]
async fn an_announced_file_keeps_room_and_says_where_to_send() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let input =
        json!({ "name": "../a/notes.txt", "mediaType": "text/plain", "altText": " notes " });
    let run = app.start_upload(&ada, 400_000_000, input).await.done();
    let upload = run.at("uploadStart.upload");
    assert_eq!(upload["name"], "notes.txt");
    assert_eq!(upload["method"], "TUS");
    assert_eq!(upload["received"], 0);
    assert_eq!(upload["size"], 400_000_000);
    assert_eq!(upload["uploadState"], "RECEIVING");
    assert_eq!(upload["expiresAt"], "2026-05-05T09:30:00.000Z");
    assert_eq!((&upload["failure"], &upload["file"]), (&Value::Null, &Value::Null));
    let url = upload["url"].as_str().unwrap();
    let id = upload["id"].as_str().unwrap();
    let begins = format!("{}/uploads/{id}?expires=", app.app.config.public_url());
    assert!(url.starts_with(&begins), "{url}");
    assert_eq!(app.storage(&ada).await, [0, 400_000_000, 0]);
    let again = app
        .run_with(
            &ada,
            "query($id: ID!) { node(id: $id) { ... on UploadSession { url } } }",
            json!({ "id": id }),
        )
        .await
        .ok();
    assert_eq!(again.text("node.url"), url, "the address stays the same");
}

#[tokio::test]
async fn a_file_is_announced_by_who_may_store_files() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let run = app.refuses(&Guest, START, announced(1, json!({}))).await;
    assert_eq!(run.error_code(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteSocial]);
    let run = app.refuses(&token, START, announced(1, json!({}))).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    let run = app.refuses(&token, &by_id("uploadAbort"), json!({ "id": "upload_" })).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    let token = app.by_token(ada, &[Scope::WriteFiles]);
    app.start_upload(&token, 1, json!({})).await.done();
}

#[tokio::test]
async fn what_can_not_be_stored_is_refused_before_it_is_sent() {
    let app = TestApp::with(|config| config.file_bytes = 2_000_000).await;
    let ada = app.member("ada").await;
    for (size, input, refusal) in [
        (0, json!({}), "REQUIRED input.size"),
        (2_000_001, json!({}), "FILE_TOO_LARGE input.size"),
        (1, json!({ "sha256": "abc" }), "INVALID input.sha256"),
        (1, json!({ "sha256": "g".repeat(64) }), "INVALID input.sha256"),
        (1, json!({ "altText": "a".repeat(1_001) }), "TOO_LONG input.altText"),
        (1, json!({ "mediaType": "a".repeat(256) }), "TOO_LONG input.mediaType"),
        (1, json!({ "mediaType": "a\nb" }), "INVALID input.mediaType"),
        (1, json!({ "clientKey": "" }), "INVALID input.clientKey"),
    ] {
        let run = app.refuses(&ada, START, announced(size, input.clone())).await;
        assert_eq!(run.refusals(), [refusal], "{size} {input}");
    }
    let run = app.refuses(&ada, START, announced(2_000_001, json!({}))).await;
    let limit = run.at("uploadStart.userErrors.0");
    assert_eq!((&limit["max"], &limit["actual"]), (&json!(2e6), &json!(2_000_001.0)));
    for size in [json!(-1), json!(1.5), json!("1"), json!(1_u64 << 53)] {
        let run =
            app.run_with(&ada, START, json!({ "input": { "name": "a", "size": size } })).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{size}");
    }
    app.start_upload(&ada, 2_000_000, json!({ "altText": "ä".repeat(1_000) })).await.done();
}

#[tokio::test]
async fn the_same_client_key_answers_the_first_upload() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let calls = (0..8).map(|_| app.start_upload(&ada, 100, json!({ "clientKey": "k" })));
    let runs = join_all(calls).await;
    let ids: Vec<_> =
        runs.into_iter().map(|run| run.done().text("uploadStart.upload.id").to_owned()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(app.storage(&ada).await, [0, 100, 0]);
    app.act(&ada, "uploadAbort", &ids[0]).await.done();
    let run = app.refuses(&ada, START, announced(100, json!({ "clientKey": "k" }))).await;
    assert_eq!(run.refusals(), ["NOT_FOUND input.clientKey"]);
}

#[tokio::test]
async fn bytes_that_one_has_stored_need_not_be_sent_again() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let bytes = lines(1, 1_000);
    let first = app.store(&ada, "first.txt", &bytes).await.unwrap();
    let hash = sha256(&bytes).to_uppercase();
    let input = json!({ "name": "second.txt", "sha256": hash, "altText": "two", "clientKey": "k" });
    let run = app.start_upload(&ada, 1_000, input.clone()).await.done();
    assert_eq!(run.at("uploadStart.upload"), &Value::Null);
    let file = run.at("uploadStart.file");
    assert_eq!(file["name"], "second.txt");
    assert_eq!((&file["mediaType"], &file["altText"]), (&json!("text/plain"), &json!("two")));
    assert_eq!(app.storage(&ada).await, [2_000, 0, 2]);
    assert_eq!(app.kept().await, [format!("blob {}", first.sha256)]);

    let again = app.refuses(&ada, START, announced(1_000, input.clone())).await.done();
    assert_eq!(again.at("uploadStart.file"), file, "the same client key answers the same file");

    let run = app.start_upload(&grace, 1_000, input).await.done();
    assert_eq!(run.at("uploadStart.file"), &Value::Null, "nobody learns what others have stored");
    assert_eq!(app.storage(&grace).await, [0, 1_000, 0]);
}

#[tokio::test]
async fn bytes_that_one_has_stored_count_each_time() {
    let app = TestApp::with(|config| config.storage_quota = 1_048_576).await;
    let ada = app.member("ada").await;
    let bytes = lines(1, 600_000);
    app.store(&ada, "first.txt", &bytes).await.unwrap();
    let known = json!({ "sha256": sha256(&bytes) });
    let run = app.refuses(&ada, START, announced(600_000, known)).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED input.size"]);
}

#[tokio::test]
async fn uploads_on_the_way_take_room_and_at_most_twenty_are() {
    let app = TestApp::with(|config| config.storage_quota = 2_000_000).await;
    let ada = app.member("ada").await;
    let calls = (0..30).map(|_| app.start_upload(&ada, 10_000, json!({})));
    let runs = join_all(calls).await;
    let begun = runs.iter().filter(|run| run.refusals().is_empty()).count();
    assert_eq!(begun, 20);
    assert_eq!(app.storage(&ada).await, [0, 200_000, 0]);
    let run = app.refuses(&ada, START, announced(1, json!({}))).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED input"]);
    let ids: Vec<_> =
        runs.iter().filter_map(|run| run.at("uploadStart.upload.id").as_str()).collect();
    app.act(&ada, "uploadAbort", ids[0]).await.done();
    app.act(&ada, "uploadAbort", ids[1]).await.done();
    let run = app.refuses(&ada, START, announced(1_820_001, json!({}))).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED input.size"]);
    app.start_upload(&ada, 1_820_000, json!({})).await.done();
    assert_eq!(app.storage(&ada).await, [0, 2_000_000, 0]);
}

#[tokio::test]
async fn an_upload_is_aborted_by_its_owner_and_leaves_nothing() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    app.start_upload(&ada, 1, json!({})).await.done();
    let before = app.contents_without_events().await;
    let run = app.start_upload(&ada, 100, json!({})).await.done();
    let id = run.text("uploadStart.upload.id").to_owned();
    assert_eq!(app.refuses_act(&grace, "uploadAbort", &id).await, ["NOT_FOUND id"]);
    for id in ["", "upload_", "post_01jcz"] {
        assert_eq!(app.refuses_act(&ada, "uploadAbort", id).await, ["NOT_FOUND id"]);
    }
    let query =
        "mutation($id: ID!) { uploadAbort(id: $id) { deletedIds userErrors { code path } } }";
    let run = app.run_with(&ada, query, json!({ "id": id })).await.done();
    assert_eq!(run.at("uploadAbort.deletedIds"), &json!([id]));
    assert_eq!(app.contents_without_events().await, before);
    assert_eq!(app.refuses_act(&ada, "uploadAbort", &id).await, ["NOT_FOUND id"]);
}

#[tokio::test]
async fn uploads_are_listed_for_their_owner_alone() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mut ids = Vec::new();
    for name in ["a.txt", "b.txt", "c.txt"] {
        app.app.clock.advance(TimeDelta::seconds(1));
        let run = app.start_upload(&ada, 1, json!({ "name": name })).await.done();
        ids.insert(0, run.text("uploadStart.upload.id").to_owned());
    }
    let list = "query($after: String) { viewer { uploads(first: 2, after: $after) {
        nodes { id name url file { id } } pageInfo { hasNextPage endCursor } } } }";
    let run = app.run(&ada, list).await.ok();
    assert_eq!(run.list("viewer.uploads.nodes", "id"), ids[..2]);
    assert_eq!(run.sql.len(), 1, "{:#?}", run.sql);
    let after = run.text("viewer.uploads.pageInfo.endCursor");
    let run = app.run_with(&ada, list, json!({ "after": after })).await.ok();
    assert_eq!(run.list("viewer.uploads.nodes", "name"), ["a.txt"]);
    assert_eq!(run.at("viewer.uploads.pageInfo.hasNextPage"), false);
    let run = app.run(&grace, list).await.ok();
    assert_eq!(run.at("viewer.uploads.nodes"), &json!([]));

    let node = "query($id: ID!) { node(id: $id) { id } }";
    let id = json!({ "id": ids[0] });
    assert_eq!(app.run_with(&ada, node, id.clone()).await.ok().text("node.id"), ids[0]);
    for other in [&grace, &Guest] {
        assert_eq!(app.run_with(other, node, id.clone()).await.ok().at("node"), &Value::Null);
    }
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::WriteFiles]);
    assert_eq!(app.run_with(&token, node, id).await.error_code(), "SCOPE_MISSING");
    assert_eq!(app.run(&token, list).await.error_code(), "SCOPE_MISSING");
    let storage = "{ viewer { storage { used } } }";
    assert_eq!(app.run(&token, storage).await.error_code(), "SCOPE_MISSING");
}

#[tokio::test]
async fn the_files_of_many_uploads_take_one_statement() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let list = "{ viewer { uploads(first: 20) { nodes { file { id } } } } }";
    for number in 0..12 {
        let bytes = lines(number, 100);
        let file = app.store(&ada, "a.txt", &bytes).await.unwrap();
        let run = app.start_upload(&ada, 100, json!({})).await.done();
        let id = crate::kit::key("upload", run.text("uploadStart.upload.id"));
        let row = upload::ActiveModel {
            id: sea_orm::ActiveValue::Unchanged(id),
            file_id: sea_orm::ActiveValue::Set(Some(file.id)),
            ..Default::default()
        };
        sea_orm::ActiveModelTrait::update(row, &app.app.db.write).await.unwrap();
        if number % 11 == 0 {
            let run = app.run(&ada, list).await.ok();
            assert_eq!(run.sql.len(), 2, "{number}: {:#?}", run.sql);
            assert!(
                run.list("viewer.uploads.nodes", "file.id").len()
                    > usize::try_from(number).unwrap()
            );
        }
    }
    assert_eq!(app.count::<upload::Entity>(upload::Column::FileId.is_not_null()).await, 12);
}
