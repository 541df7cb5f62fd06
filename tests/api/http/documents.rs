//! Documents that are named by their hash.

use serde_json::json;

use super::hello;
use crate::door::{Door, Reply};

#[tokio::test]
async fn a_persisted_query_is_sent_once_and_named_by_its_hash_from_then_on() {
    let door = Door::open().await;
    let hash = guildhall::infra::secrets::sha256_hex("{ __typename }");
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let reply = door.ask_with(json!({ "extensions": extensions })).await;
    assert_eq!(reply.error(), (200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"));
    let wrong = json!({ "query": "{ server { name } }", "extensions": extensions });
    assert_eq!(door.ask_with(wrong).await.error().0, 400);
    let right = json!({ "query": "{ __typename }", "extensions": extensions });
    assert_eq!(door.ask_with(right).await.body, hello());
    assert_eq!(door.ask_with(json!({ "extensions": extensions })).await.body, hello());
    let get = door.get("/graphql").query(&[("extensions", extensions.to_string())]);
    assert_eq!(Reply::of(get).await.body, hello());
}

#[tokio::test]
async fn where_only_trusted_documents_run_no_other_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.json");
    let hash = guildhall::infra::secrets::sha256_hex("{ __typename }");
    std::fs::write(&path, json!({ &hash: "{ __typename }" }).to_string()).unwrap();
    let door = Door::with(|config| {
        config.documents = Some(path);
        config.documents_only = true;
    })
    .await;
    let id = format!("sha256:{hash}");
    assert_eq!(door.ask_with(json!({ "documentId": id })).await.body, hello());
    assert_eq!(Reply::of(door.get(&format!("/graphql?documentId={id}"))).await.body, hello());
    assert_eq!(door.ask("{ __typename }").await.body, hello(), "the text of a trusted document");
    assert_eq!(door.ask("{ server { name } }").await.error().1, "DOCUMENT_NOT_ALLOWED");
    let unknown = format!("sha256:{}", "0".repeat(64));
    assert_eq!(
        door.ask_with(json!({ "documentId": unknown })).await.error().1,
        "DOCUMENT_NOT_FOUND"
    );
    let other = "{ server { name } }";
    let persisted =
        json!({ "version": 1, "sha256Hash": guildhall::infra::secrets::sha256_hex(other) });
    let body = json!({ "query": other, "extensions": { "persistedQuery": persisted } });
    assert_eq!(door.ask_with(body).await.error().1, "DOCUMENT_NOT_ALLOWED");
    assert_eq!(door.ask_with(json!({ "query": other, "documentId": id })).await.error().0, 400);
}
