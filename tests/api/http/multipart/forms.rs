//! Forms that are as they should be, and who may send them.

use serde_json::{Value, json};

use super::{Part, Sender, UPLOAD, form, one};
use crate::{
    door::{Door, Reply},
    http::hello,
};

const PREFLIGHT: &str = "a form needs the header `GraphQL-Require-Preflight: 1`";

#[tokio::test]
async fn a_file_comes_with_its_operation() {
    let sender = Sender::new().await;
    let map = br#"{"0":["variables.file"]}"#;
    let reply = sender
        .send(&[
            ("operations", None, one().as_bytes()),
            ("map", None, map),
            ("0", Some("notes.txt"), b"hello"),
        ])
        .await;
    let stored =
        json!({ "fileUpload": { "file": { "name": "notes.txt", "size": 5 }, "userErrors": [] } });
    assert_eq!((reply.status.as_u16(), &reply.body["data"]), (200, &stored), "{reply:#?}");
    assert_eq!(sender.files().await, 1);
    // The same connection, and another operation.
    assert_eq!(sender.door.ask("{ __typename }").await.body, hello());
}

#[tokio::test]
async fn one_file_stands_in_several_places_and_several_in_a_list() {
    let sender = Sender::new().await;
    let query = "mutation($a: Upload!, $in: [FileUploadInput!]!, $b: FileUploadInput!) {
        a: fileUpload(input: { upload: $a }) { file { name size } }
        b: fileUpload(input: $b) { file { name size } } __typename @skip(if: true) x: __typename }";
    // A list that nothing uses is against the rules of GraphQL: the form is read all the same.
    let unused =
        json!({ "query": query, "variables": { "a": null, "in": [], "b": { "upload": null } } });
    let map = br#"{"x":["variables.a"],"y":["variables.b.upload"]}"#;
    let files: [Part; 2] = [("x", Some("x.txt"), b"x"), ("y", Some("y.txt"), b"yy")];
    let unused = unused.to_string();
    let reply = sender
        .send(&[("operations", None, unused.as_bytes()), ("map", None, map), files[0], files[1]])
        .await;
    assert_eq!(reply.error().1, "VALIDATION_FAILED");
    let query = query.replace(", $in: [FileUploadInput!]!", "");
    let operations = json!({ "query": query, "variables": { "a": null, "b": { "upload": null, "name": "z.txt" } } });
    let operations = operations.to_string();
    // In whatever order they come.
    let reply = sender
        .send(&[
            ("operations", None, operations.as_bytes()),
            ("map", None, map),
            files[1],
            files[0],
        ])
        .await;
    assert_eq!(
        reply.body["data"]["a"]["file"],
        json!({ "name": "x.txt", "size": 1 }),
        "{reply:#?}"
    );
    assert_eq!(reply.body["data"]["b"]["file"], json!({ "name": "z.txt", "size": 2 }));
    let map = br#"{"x":["variables.a","variables.b.upload"]}"#;
    let reply = sender
        .send(&[("operations", None, operations.as_bytes()), ("map", None, map), files[0]])
        .await;
    assert_eq!(
        reply.body["data"]["b"]["file"],
        json!({ "name": "z.txt", "size": 1 }),
        "{reply:#?}"
    );
    assert_eq!(sender.files().await, 4);
}

#[tokio::test]
async fn a_form_without_files_is_a_request_too() {
    let sender = Sender::new().await;
    let operations = br#"{"query":"{ __typename }"}"#;
    let reply = sender.send(&[("operations", None, operations), ("map", None, b"{}")]).await;
    assert_eq!((reply.status.as_u16(), reply.body), (200, hello()));
}

#[tokio::test]
async fn documents_that_are_named_take_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.json");
    let hash = guildhall::infra::secrets::sha256_hex(UPLOAD);
    let key =
        "mutation { apiTokenCreate(input: { name: \"ci\", scopes: [WRITE_FILES] }) { secret } }";
    let hash_of_key = guildhall::infra::secrets::sha256_hex(key);
    let trusted = json!({ &hash: UPLOAD, &hash_of_key: key });
    std::fs::write(&path, trusted.to_string()).unwrap();
    let door = Door::with(|config| {
        config.documents = Some(path);
        config.documents_only = true;
    })
    .await;
    // Where every document runs, one that was seen is known by its hash.
    let door_of_all = Sender::at(Door::open().await).await;
    let map = br#"{"0":["variables.file"]}"#;
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    for operations in [
        json!({ "query": UPLOAD, "extensions": extensions, "variables": { "file": null } }),
        json!({ "extensions": extensions, "variables": { "file": null } }),
        json!({ "documentId": format!("sha256:{hash}"), "variables": { "file": null } }),
    ] {
        let operations = operations.to_string();
        let reply = door_of_all
            .send(&[
                ("operations", None, operations.as_bytes()),
                ("map", None, map),
                ("0", Some("a.txt"), b"a"),
            ])
            .await;
        assert_eq!(reply.body["data"]["fileUpload"]["file"]["name"], "a.txt", "{reply:#?}");
    }
    let grace = door.test.member("grace").await;
    let run = door.test.run(&grace, key).await.ok();
    let token = run.text("apiTokenCreate.secret").to_owned();
    let send = |operations: Value| {
        let operations = operations.to_string();
        let body = form(&[
            ("operations", None, operations.as_bytes()),
            ("map", None, map),
            ("0", Some("a.txt"), b"a"),
        ]);
        let request = door.post().bearer_auth(&token).header("graphql-require-preflight", "1");
        Reply::of(request.header("content-type", "multipart/form-data; boundary=cut").body(body))
    };
    let trusted = json!({ "documentId": format!("sha256:{hash}"), "variables": { "file": null } });
    let reply = send(trusted).await;
    assert_eq!(reply.body["data"]["fileUpload"]["file"]["name"], "a.txt", "{reply:#?}");
    let text = UPLOAD.replace("size", "id");
    let reply = send(json!({ "query": text, "variables": { "file": null } })).await;
    assert_eq!(reply.error().1, "DOCUMENT_NOT_ALLOWED");
}

#[tokio::test]
async fn a_form_of_another_origin_is_not_read() {
    let sender = Sender::new().await;
    let map = br#"{"0":["variables.file"]}"#;
    let operations = one();
    let body = form(&[
        ("operations", None, operations.as_bytes()),
        ("map", None, map),
        ("0", Some("a"), b"a"),
    ]);
    for header in ["", "  "] {
        let request =
            sender.door.post().bearer_auth(&sender.token).header("origin", "https://evil.example");
        let request = request.header("content-type", "Multipart/Form-Data; boundary=cut");
        let request = if header.is_empty() {
            request
        } else {
            request.header("graphql-require-preflight", header)
        };
        let reply = Reply::of(request.body(body.clone())).await;
        assert_eq!(reply.error(), (400, "BAD_REQUEST", PREFLIGHT));
        assert_eq!(reply.header("access-control-allow-origin"), "");
    }
    assert_eq!(sender.files().await, 0);
}

#[tokio::test]
async fn who_calls_is_known_before_a_byte_is_read() {
    let sender = Sender::new().await;
    let head = |token: &str| {
        format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\
             GraphQL-Require-Preflight: 1\r\nContent-Type: multipart/form-data; boundary=cut\r\n{token}\
             Connection: close\r\n\r\n"
        )
    };
    // Not a byte of the body is sent: there would be no answer if one were waited for.
    for (token, status, words) in [
        ("", "401", "sign in to send files"),
        ("Authorization: Bearer x.y.z\r\n", "401", "the token sent is not valid"),
    ] {
        let answer = sender.door.raw(&head(token)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains(words), "{answer}");
    }
}
