//! Operations with files: the GraphQL multipart request specification, and what is made of forms that break it.

use std::time::Duration;

use guildhall::{
    Actor,
    entity::{
        blob,
        file::{self, Column},
    },
    server::Patience,
};
use reqwest::RequestBuilder;
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::hello;
use crate::{
    accounts::{access, actor, joined},
    door::{Door, Reply, until_closed},
};

const UPLOAD: &str = "mutation($file: Upload!) { fileUpload(input: { upload: $file }) {
    file { name size } userErrors { code path } } }";
const PREFLIGHT: &str = "a form needs the header `GraphQL-Require-Preflight: 1`";

/// A server, somebody who has signed in, and their forms.
struct Sender {
    door: Door,
    token: String,
    ada: Actor,
}

/// A part of a form.
type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head =
            format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--cut--\r\n");
    body
}

/// The operation that stores one file.
fn one() -> String {
    json!({ "query": UPLOAD, "variables": { "file": null } }).to_string()
}

impl Sender {
    async fn new() -> Self {
        Self::at(Door::open().await).await
    }

    async fn at(door: Door) -> Self {
        let answer = joined(&door.test, "ada").await;
        let ada = actor(&door.test, &answer).await;
        Self { token: access(&answer).to_owned(), ada, door }
    }

    fn post(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        let request =
            self.door.post().bearer_auth(&self.token).header("graphql-require-preflight", "1");
        request.header("content-type", "multipart/form-data; boundary=cut").body(body)
    }

    async fn send(&self, parts: &[Part<'_>]) -> Reply {
        Reply::of(self.post(form(parts))).await
    }

    async fn files(&self) -> u64 {
        self.door.test.count::<file::Entity>(Column::OwnerId.eq(self.ada.id().unwrap())).await
    }

    /// Sends something that is refused so, and nothing is kept of it.
    async fn refuses(&self, body: Vec<u8>, expected: (u16, &str, &str)) {
        let shown = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
        let reply = Reply::of(self.post(body)).await;
        assert_eq!(reply.error(), expected, "{shown}");
        assert_eq!(self.files().await, 0, "{shown}");
        assert_eq!(self.door.test.count::<blob::Entity>(blob::Column::Size.gte(0)).await, 0);
    }
}

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

#[tokio::test]
async fn what_is_wrong_with_a_form_is_said() {
    let sender = Sender::new().await;
    let one = one();
    let operations: Part = ("operations", None, one.as_bytes());
    let map: Part = ("map", None, br#"{"0":["variables.file"]}"#);
    let file: Part = ("0", Some("a.txt"), b"a");
    let bad = |message: &'static str| (400, "BAD_REQUEST", message);
    let begins = bad("a form begins with `operations`, the request as JSON");
    let follows = bad("`operations` is followed by `map`, which says where each file belongs");
    for (parts, refusal) in [
        (vec![], begins),
        (vec![map, operations, file], begins),
        (vec![file], begins),
        (vec![operations], follows),
        (vec![operations, file, map], follows),
        (vec![operations, operations, map, file], follows),
        (vec![operations, map], bad("a file that `map` names was not sent")),
        (vec![operations, map, file, file], bad("a file was sent twice")),
        (vec![operations, map, file, map], bad("the form has a part that `map` does not name")),
        (
            vec![operations, map, ("1", Some("a.txt"), b"a")],
            bad("the form has a part that `map` does not name"),
        ),
        (
            vec![operations, map, file, ("1", None, b"a")],
            bad("the form has a part that `map` does not name"),
        ),
        (
            vec![operations, ("map", None, b"{}"), file],
            bad("the form has a part that `map` does not name"),
        ),
        (vec![operations, ("map", None, b"{"), file], bad("`map` is not JSON")),
        (vec![operations, ("map", None, b""), file], bad("`map` is not JSON")),
        (vec![operations, ("map", None, b"\xff\xfe"), file], bad("`map` is not JSON")),
        (
            vec![operations, ("map", None, b"[[\"variables.file\"]]"), file],
            bad("`map` must be a JSON object: the name of each file with a list of paths"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":"variables.file"}"#), file],
            bad("`map` must hold lists of paths, such as { \"0\": [\"variables.file\"] }"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["variables.other"]}"#), file],
            bad("a path in `map` leads to nothing in the variables: put null there"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["variables.__proto__.file"]}"#), file],
            bad("a path in `map` leads through `__proto__`"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["variables.file","variables.file"]}"#), file],
            bad("a path stands twice in `map`"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["query"]}"#), file],
            bad("a path in `map` begins with `variables.`"),
        ),
        (vec![("operations", None, b"{"), map, file], bad("the body is not JSON")),
        (
            vec![("operations", None, b"[{\"query\":\"{ __typename }\"}]"), map, file],
            bad("batches are not accepted: send one request at a time"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["0.variables.file"]}"#), file],
            bad("batches are not accepted: a path in `map` begins with `variables.`"),
        ),
    ] {
        sender.refuses(form(&parts), refusal).await;
    }
}

#[tokio::test]
async fn a_form_that_is_broken_is_refused() {
    let sender = Sender::new().await;
    let one = one();
    let whole = form(&[
        ("operations", None, one.as_bytes()),
        ("map", None, br#"{"0":["variables.file"]}"#),
        ("0", Some("a.txt"), b"a text that goes on for a while"),
    ]);
    let broken = (
        400,
        "BAD_REQUEST",
        "the form is broken: it ends within a part, or its boundary is another",
    );
    for length in
        [0, 1, 5, 40, whole.len() / 2, whole.len() - 20, whole.len() - 10, whole.len() - 6]
    {
        sender.refuses(whole[..length].to_vec(), broken).await;
    }
    let text = String::from_utf8(whole.clone()).unwrap();
    sender.refuses(text.replace("--cut", "--other").into_bytes(), broken).await;
    let headers = (400, "BAD_REQUEST", "the headers of a part can't be read");
    let name = "Content-Disposition: form-data; name=\"operations\"";
    sender.refuses(text.replacen(name, "Content Disposition", 1).into_bytes(), headers).await;
    let nameless = (400, "BAD_REQUEST", "a form begins with `operations`, the request as JSON");
    sender.refuses(text.replacen(name, "X-Name: operations", 1).into_bytes(), nameless).await;
    for content_type in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
    ] {
        let request =
            sender.door.post().bearer_auth(&sender.token).header("graphql-require-preflight", "1");
        let reply =
            Reply::of(request.header("content-type", content_type).body(whole.clone())).await;
        let message = "say what parts the form: `boundary=` with 1 to 70 characters";
        assert_eq!(reply.error(), (400, "BAD_REQUEST", message), "{content_type}");
    }
    let long = "b".repeat(71);
    let request =
        sender.door.post().bearer_auth(&sender.token).header("graphql-require-preflight", "1");
    let request = request.header("content-type", format!("multipart/form-data; boundary={long}"));
    assert_eq!(Reply::of(request.body(whole.clone())).await.status, 400);
    let zipped = sender.post(whole).header("content-encoding", "gzip");
    assert_eq!(Reply::of(zipped).await.error(), (415, "BAD_REQUEST", "send the body uncompressed"));
    // What would look like a boundary to a hasty reader is part of the file.
    let tricky: Part = ("0", Some("a.txt"), b"a\r\n--cu\r\n-cut\r\n--cu\rt\r\n");
    let map: Part = ("map", None, br#"{"0":["variables.file"]}"#);
    let reply = sender.send(&[("operations", None, one.as_bytes()), map, tricky]).await;
    assert_eq!(reply.body["data"]["fileUpload"]["file"]["size"], tricky.2.len(), "{reply:#?}");
}

#[tokio::test]
async fn a_form_has_its_limits() {
    let sender = Sender::at(Door::with(|config| config.limits.body_bytes = 10_000).await).await;
    let one = one();
    let operations: Part = ("operations", None, one.as_bytes());
    let map: Part = ("map", None, br#"{"0":["variables.file"]}"#);
    let large = |message: &'static str| (413, "BAD_REQUEST", message);
    let long = format!("{{\"query\":\"{{ __typename }}\",\"x\":\"{}\"}}", "x".repeat(10_000));
    let refusal = large("`operations` is larger than this server takes: see `limit_body_bytes`");
    sender.refuses(form(&[("operations", None, long.as_bytes()), map]), refusal).await;
    let wide = format!("{{\"0\":[\"{}\"]}}", "x".repeat(64 * 1024));
    let refusal = large("`map` is larger than 64 KB");
    sender.refuses(form(&[operations, ("map", None, wide.as_bytes())]), refusal).await;

    let many =
        (0..11).map(|n| format!("\"{n}\":[\"variables.file\"]")).collect::<Vec<_>>().join(",");
    let many = format!("{{{many}}}");
    let refusal = large("send at most 10 files in a request");
    sender.refuses(form(&[operations, ("map", None, many.as_bytes())]), refusal).await;

    let name = "n".repeat(9_000);
    let refusal = large("the headers of a part are larger than 8 KB");
    sender.refuses(form(&[(&name, None, b"")]), refusal).await;
    sender
        .refuses(form(&[operations, map, ("0", Some(&"n".repeat(1_000_000)), b"a")]), refusal)
        .await;
    // Before the first part, and after what is none.
    sender.refuses([vec![b'x'; 1_000_000], form(&[operations, map])].concat(), refusal).await;

    let most = vec![b'a'; 8 * 1024 * 1024];
    let over = [most.as_slice(), b"a"].concat();
    let refusal = large("a file is larger than 8 MB: send it by `uploadStart`");
    sender.refuses(form(&[operations, map, ("0", Some("a.txt"), &over)]), refusal).await;
    let reply = sender.send(&[operations, map, ("0", Some("a.txt"), &most)]).await;
    assert_eq!(reply.body["data"]["fileUpload"]["file"]["size"], most.len(), "{reply:#?}");
}

#[tokio::test]
async fn two_thousand_parts_are_refused_at_the_first_too_many() {
    let sender = Sender::new().await;
    let one = one();
    let map: Part = ("map", None, br#"{"0":["variables.file"]}"#);
    let mut parts = vec![("operations", None, one.as_bytes()), map];
    parts.extend((0..2_000).map(|_| ("0", Some("a.txt"), b"a".as_slice())));
    sender.refuses(form(&parts), (400, "BAD_REQUEST", "a file was sent twice")).await;
    // The parts behind are not even waited for.
    let start = form(&parts[..4]);
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: 10000000\r\nConnection: close\r\n\r\n",
        sender.token
    );
    let mut stream = sender.door.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&start).await.unwrap();
    let answer = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("a file was sent twice"), "{answer}");
}

#[tokio::test]
async fn lengths_that_are_not_true_do_no_harm() {
    let patience = Patience { body: Duration::from_millis(300), ..Patience::default() };
    let sender = Sender::at(Door::patient(|_| (), patience).await).await;
    let one = one();
    let body = form(&[
        ("operations", None, one.as_bytes()),
        ("map", None, br#"{"0":["variables.file"]}"#),
        ("0", Some("a.txt"), b"hello"),
    ]);
    let send = async |length: String, body: &[u8]| {
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {}\r\n\
             Content-Type: multipart/form-data; boundary=cut\r\n{length}\r\nConnection: close\r\n\r\n",
            sender.token
        );
        let mut stream = sender.door.connect().await;
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        until_closed(&mut stream).await
    };
    let short = send(format!("Content-Length: {}", body.len() - 20), &body).await;
    assert!(short.starts_with("HTTP/1.1 400 "), "{short}");
    let long = send(format!("Content-Length: {}", body.len() + 20), &body[..body.len() - 20]).await;
    assert!(long.starts_with("HTTP/1.1 408 "), "{long}");
    assert!(long.contains("the body took too long to arrive"), "{long}");
    let huge = send("Content-Length: 99999999999".to_owned(), b"").await;
    assert!(huge.starts_with("HTTP/1.1 413 "), "{huge}");
    let twice = format!("Content-Length: {}\r\nTransfer-Encoding: chunked", body.len());
    let twice = send(twice, &body).await;
    assert!(twice.starts_with("HTTP/1.1 400 "), "{twice}");
    assert_eq!(sender.files().await, 0);
    // In chunks of one byte each, which come quickly enough.
    let mut chunks = Vec::new();
    for byte in &body {
        chunks.extend(b"1\r\n");
        chunks.push(*byte);
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    let chunked = send("Transfer-Encoding: chunked".to_owned(), &chunks).await;
    assert!(chunked.starts_with("HTTP/1.1 200 "), "{chunked}");
    assert_eq!(sender.files().await, 1);
}

#[tokio::test]
async fn who_sends_a_byte_now_and_then_is_cut_off() {
    let patience = Patience { body: Duration::from_millis(400), ..Patience::default() };
    let sender = Sender::at(Door::patient(|_| (), patience).await).await;
    let one = one();
    let body = form(&[("operations", None, one.as_bytes())]);
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: 1000000\r\n\r\n",
        sender.token
    );
    let mut stream = sender.door.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let began = std::time::Instant::now();
    let trickle = async {
        for byte in body.iter().cycle() {
            // Never as long as one may pause.
            tokio::time::sleep(Duration::from_millis(50)).await;
            if writing.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
    };
    let mut answer = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut reading, &mut answer);
    tokio::select! {
        () = trickle => {}
        _ = read => {}
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert_eq!(sender.door.ask("{ __typename }").await.body, hello());
}

#[tokio::test]
async fn nobody_sends_more_than_eight_forms_at_a_time() {
    let sender = Sender::new().await;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: 100000\r\n\
         Expect: 100-continue\r\n\r\n",
        sender.token
    );
    let mut waiting = Vec::new();
    for _ in 0..8 {
        let mut stream = sender.door.connect().await;
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut go_on = [0; 25];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut go_on).await.unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        waiting.push(stream);
    }
    let operations = br#"{"query":"{ __typename }"}"#;
    let parts: [Part; 2] = [("operations", None, operations), ("map", None, b"{}")];
    let reply = sender.send(&parts).await;
    let message = "you are sending as many forms as one may at a time: wait for one to end";
    assert_eq!(reply.error(), (429, "RATE_LIMITED", message));
    assert_eq!(reply.header("retry-after"), "5");
    drop(waiting);
    for _ in 0..200 {
        if sender.send(&parts).await.status == 200 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the places of those who went away are free again");
}
