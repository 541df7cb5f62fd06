//! `fileUpload`: a small file within a request for the graph.

use guildhall::{
    Actor::Guest,
    entity::{blob, file},
    scope::Scope,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::get;
use crate::{
    door::Door,
    kit::{TestApp, picture, sha256},
};

const UPLOAD: &str = "mutation($file: Upload!, $name: String, $alt: String, $key: String) {
    fileUpload(input: { upload: $file, name: $name, altText: $alt, clientKey: $key }) {
    file { id name mediaType size altText visibility url image { width } }
    userErrors { code message path } } }";

const HOW: &str = "send the file as a part of a multipart request, with null in its place: \
    https://github.com/jaydenseric/graphql-multipart-request-spec";

#[tokio::test]
async fn a_small_file_is_stored_in_one_go() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let file = ("../notes.txt", b"hello".as_slice());
    let run = app.run_with_file(&ada, UPLOAD, json!({}), file).await.done();
    assert_eq!(run.at("fileUpload.file.name"), "notes.txt");
    assert_eq!(run.at("fileUpload.file.mediaType"), "text/plain");
    assert_eq!(run.at("fileUpload.file.size"), 5);
    assert_eq!(run.at("fileUpload.file.visibility"), "PRIVATE");
    let link = run.text("fileUpload.file.url").replace(&app.app.config.public_url(), "");
    assert_eq!(get(&door, &link).await.bytes, b"hello");
    let png = picture(6, 3, 255);
    let said = json!({ "name": "sea.png", "alt": " the sea " });
    let run = app.run_with_file(&ada, UPLOAD, said, ("x.bin", &png)).await.done();
    assert_eq!(run.at("fileUpload.file.name"), "sea.png");
    assert_eq!(run.at("fileUpload.file.altText"), "the sea");
    assert_eq!(run.at("fileUpload.file.image.width"), 6);
    assert_eq!(app.count::<file::Entity>(file::Column::OwnerId.eq(ada.id().unwrap())).await, 2);
}

#[tokio::test]
async fn what_is_not_taken_is_refused_and_nothing_is_kept() {
    let app = TestApp::with(|config| config.storage_quota = 60).await;
    let ada = app.member("ada").await;
    for (bytes, variables, refusal) in [
        (b"<html><script>".as_slice(), json!({}), "FILE_TYPE_REJECTED input.upload"),
        (
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            json!({}),
            "FILE_TYPE_REJECTED input.upload",
        ),
        (b"#!/bin/sh\n", json!({ "name": "notes.txt" }), "FILE_TYPE_REJECTED input.upload"),
        (b"", json!({}), "REQUIRED input.upload"),
        (&[b'a'; 61], json!({}), "QUOTA_EXCEEDED input.upload"),
        (b"hello", json!({ "alt": "a".repeat(1_001) }), "TOO_LONG input.altText"),
        (b"hello", json!({ "key": "" }), "INVALID input.clientKey"),
    ] {
        let before = app.contents().await;
        let run = app.run_with_file(&ada, UPLOAD, variables, ("a.txt", bytes)).await;
        assert_eq!(run.refusals(), [refusal]);
        assert_eq!(run.at("fileUpload.file"), &Value::Null);
        assert!(app.contents().await == before, "something was written: {refusal}");
    }
}

#[tokio::test]
async fn the_same_key_answers_the_first_file_again() {
    let app = TestApp::with(|config| config.storage_quota = 8).await;
    let ada = app.member("ada").await;
    let key = json!({ "key": "one" });
    let first = app.run_with_file(&ada, UPLOAD, key.clone(), ("a.txt", b"hello")).await.done();
    // Though there is no room for a second one.
    let again = app.run_with_file(&ada, UPLOAD, key.clone(), ("b.txt", b"other")).await.done();
    assert_eq!(again.text("fileUpload.file.id"), first.text("fileUpload.file.id"));
    assert_eq!(again.at("fileUpload.file.name"), "a.txt");
    assert_eq!(app.count::<file::Entity>(file::Column::OwnerId.eq(ada.id().unwrap())).await, 1);
    assert_eq!(app.count::<blob::Entity>(blob::Column::Size.gte(0)).await, 1);
    let delete = "mutation($ids: [ID!]!) { filesDelete(ids: $ids) { userErrors { code path } } }";
    let id = first.text("fileUpload.file.id");
    app.run_with(&ada, delete, json!({ "ids": [id] })).await.done();
    let gone = app.run_with_file(&ada, UPLOAD, key.clone(), ("a.txt", b"hello")).await;
    assert_eq!(gone.refusals(), ["NOT_FOUND input.clientKey"]);
    app.app.clock.advance(chrono::TimeDelta::hours(25));
    let anew = app.run_with_file(&ada, UPLOAD, key, ("a.txt", b"hello")).await.done();
    assert_ne!(anew.text("fileUpload.file.id"), id);
}

#[tokio::test]
async fn of_many_at_once_under_one_key_one_is_stored() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let runs = futures_util::future::join_all((0..6).map(|n| {
        let (app, ada, bytes) = (&app, &ada, format!("hello {n}").into_bytes());
        async move {
            let file = ("a.txt", bytes.as_slice());
            app.run_with_file(ada, UPLOAD, json!({ "key": "one" }), file).await.done()
        }
    }))
    .await;
    let first = runs[0].text("fileUpload.file.id");
    assert!(runs.iter().all(|run| run.text("fileUpload.file.id") == first));
    assert_eq!(app.count::<file::Entity>(file::Column::OwnerId.eq(ada.id().unwrap())).await, 1);
    assert_eq!(app.count::<blob::Entity>(blob::Column::Size.gte(0)).await, 1);
}

#[tokio::test]
async fn only_members_store_files() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let token = app.by_token(ada, &[Scope::ReadPrivate, Scope::WriteSocial]);
    let file = ("a.txt", b"hello".as_slice());
    for (actor, code) in [(&Guest, "UNAUTHENTICATED"), (&token, "SCOPE_MISSING")] {
        let before = app.contents().await;
        let run = app.run_with_file(actor, UPLOAD, json!({}), file).await;
        assert_eq!(run.error_code(), code);
        assert!(app.contents().await == before);
    }
    let token = app.by_token(ada, &[Scope::WriteFiles]);
    app.run_with_file(&token, UPLOAD, json!({}), file).await.done();
}

#[tokio::test]
async fn a_file_that_did_not_come_along_is_refused_with_words() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for file in [
        Value::Null,
        json!("#__graphql_file__:0"),
        json!("hello"),
        json!(0),
        json!([0, 0, 0, 0, 0, 0, 0, 0]),
        json!({ "name": "a.txt" }),
    ] {
        let run = app.refuses(&ada, UPLOAD, json!({ "file": file })).await;
        assert_eq!(run.error_code(), "BAD_VARIABLES", "{file}");
        assert_eq!(run.errors[0]["message"], format!("$file: {HOW}"), "{file}");
    }
    let run = app.refuses(&ada, UPLOAD, json!({})).await;
    assert_eq!(run.errors[0]["message"], "the variable $file of type Upload! was not given");
    let input = "mutation($input: FileUploadInput!) { fileUpload(input: $input) { file { id } } }";
    let run = app.refuses(&ada, input, json!({ "input": { "upload": null } })).await;
    assert_eq!(run.errors[0]["message"], format!("$input.upload: {HOW}"));
    for literal in ["\"#__graphql_file__:0\"", "\"#__graphql_file__:99999999999999999999\"", "0"] {
        let query = format!(
            "mutation {{ fileUpload(input: {{ upload: {literal} }}) {{ file {{ id }} }} }}"
        );
        let run = app.refuses(&ada, &query, json!({})).await;
        assert_eq!(run.errors.len(), 1, "{run:#?}");
        assert!(run.errors[0]["message"].as_str().unwrap().contains(HOW), "{run:#?}");
    }
}

#[tokio::test]
async fn a_file_stands_only_where_one_is_expected() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for (query, message) in [
        ("query($file: ID!) { node(id: $file) { id } }", "$file: the value is no ID"),
        (
            "query($file: String!) { profile(by: { handle: $file }) { id } }",
            "$file: the value is no String",
        ),
        (
            "mutation($file: Markdown!) { postCreate(input: { body: $file }) { post { id } } }",
            "$file: the value is no Markdown",
        ),
    ] {
        let run = app.run_with_file(&ada, query, json!({}), ("a.txt", b"hello")).await;
        assert_eq!(run.errors[0]["message"], message, "{query}");
        assert_eq!(run.error_code(), "BAD_VARIABLES");
    }
}

#[tokio::test]
async fn a_file_that_is_named_twice_is_stored_twice() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let twice = "mutation($file: Upload!) {
        a: fileUpload(input: { upload: $file, name: \"a.txt\" }) { file { size sha256 } userErrors { code path } }
        b: fileUpload(input: { upload: $file, name: \"b.txt\" }) { file { size sha256 } userErrors { code path } } }";
    let run = app.run_with_file(&ada, twice, json!({}), ("x", b"hello")).await.ok();
    let file = json!({ "size": 5, "sha256": sha256(b"hello") });
    assert_eq!((run.at("a.file"), run.at("b.file")), (&file, &file));
    assert_eq!(app.count::<blob::Entity>(blob::Column::Size.gte(0)).await, 1);
}
