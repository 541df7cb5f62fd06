//! Uploads that are announced by tus itself.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use guildhall::{Actor, entity::file};
use reqwest::RequestBuilder;
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::{Tus, door, refusal};
use crate::{
    accounts::{access, actor, joined},
    door::{Door, Reply},
    kit::{lines, sha256},
};

/// `Upload-Metadata` of these pairs.
fn metadata(pairs: &[(&str, &str)]) -> String {
    let pair = |(key, value): &(&str, &str)| format!("{key} {}", STANDARD.encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join(",")
}

/// Somebody, and how they announce a file.
async fn somebody(door: &Door) -> (Actor, String) {
    let ada = joined(&door.test, "ada").await;
    (actor(&door.test, &ada).await, access(&ada).to_owned())
}

fn post(door: &Door, token: &str, length: usize) -> RequestBuilder {
    let request = door.client.post(door.url("/uploads")).header("tus-resumable", "1.0.0");
    request.header("upload-length", length).bearer_auth(token)
}

#[tokio::test]
async fn a_file_is_announced_and_sent_by_tus_alone() {
    let door = door().await;
    let (ada, token) = somebody(&door).await;
    let bytes = lines(1, 6_000_000);
    let said = metadata(&[
        ("filename", "../notes.txt"),
        ("filetype", "text/plain"),
        ("sha256", &sha256(&bytes)),
        ("altText", "notes"),
        ("is_confidential", ""),
    ]);
    let reply = Reply::of(post(&door, &token, bytes.len()).header("upload-metadata", said)).await;
    assert_eq!(reply.status, 201, "{reply:#?}");
    assert_eq!(reply.header("upload-expires"), "Tue, 05 May 2026 09:30:00 GMT");
    assert_eq!(reply.header("upload-offset"), "");
    let path = reply.header("location").to_owned();
    assert_eq!(door.test.storage(&ada).await, [0, 6_000_000, 0]);
    let id = path.strip_prefix("/uploads/").unwrap().split_once('?').unwrap().0.to_owned();
    let tus = Tus { door: &door, id, path };
    assert_eq!(tus.offset().await, 0);
    let reply = tus.send(0, &bytes).await;
    assert_eq!((reply.status.as_u16(), reply.header("upload-offset")), (204, "6000000"));
    let file = tus.file().await;
    assert_eq!((file.name.as_str(), file.alt_text.as_deref()), ("notes.txt", Some("notes")));
    assert_eq!(file.owner_id, ada.id().unwrap());
    assert_eq!(door.test.bytes_of(&file).await, bytes);
    assert_eq!(door.test.kept().await, [format!("blob {}", file.sha256)]);
}

#[tokio::test]
async fn bytes_may_come_along() {
    let door = door().await;
    let (ada, token) = somebody(&door).await;
    let bytes = lines(1, 1_000);
    let with = |length: usize, body: &[u8]| {
        let request = post(&door, &token, length);
        Reply::of(
            request.header("content-type", "application/offset+octet-stream").body(body.to_vec()),
        )
    };
    let reply = with(1_000, &bytes[..600]).await;
    assert_eq!((reply.status.as_u16(), reply.header("upload-offset")), (201, "600"));
    let path = reply.header("location").to_owned();
    let tus = Tus { door: &door, id: String::new(), path };
    assert_eq!(tus.offset().await, 600);
    assert_eq!(tus.send(600, &bytes[600..]).await.status, 204);
    let reply = with(1_000, &bytes).await;
    assert_eq!((reply.status.as_u16(), reply.header("upload-offset")), (201, "1000"));
    assert_eq!(door.test.storage(&ada).await, [2_000, 0, 2]);
    let files = file::Entity::find().all(&door.app.db.write).await.unwrap();
    assert!(files.iter().all(|file| file.sha256 == sha256(&bytes)));

    let reply = with(999, &bytes).await;
    assert_eq!(reply.status, 413, "more than was announced");
}

#[tokio::test]
async fn who_may_not_announce_is_told_why_and_nothing_is_written() {
    let door = Door::with(|config| {
        config.file_bytes = 2_000_000;
        config.storage_quota = 2_500_000;
    })
    .await;
    let (ada, token) = somebody(&door).await;
    door.test.store(&ada, "a.txt", &lines(1, 1_000_000)).await.unwrap();
    let weak =
        "mutation { apiTokenCreate(input: { name: \"ci\", scopes: [READ_PUBLIC] }) { secret } }";
    let weak = door.test.run(&ada, weak).await.ok().text("apiTokenCreate.secret").to_owned();
    let (before, kept) = (door.test.contents().await, door.test.kept().await);
    let bare = || door.client.post(door.url("/uploads")).header("tus-resumable", "1.0.0");
    let broken = "name not base64";
    for (request, status, words) in [
        (bare().header("upload-length", 1), 401, "sign in first"),
        (
            bare().header("upload-length", 1).bearer_auth("x.y.z"),
            401,
            "the token sent is not valid",
        ),
        (post(&door, &weak, 1), 403, "this token needs the scope WRITE_FILES"),
        (bare().bearer_auth(&token), 400, "send the header upload-length: a number of bytes"),
        (post(&door, &token, 0), 400, "a file has at least one byte"),
        (post(&door, &token, 2_000_001), 413, "a file has 2000000 bytes at most"),
        (
            post(&door, &token, 1_500_001),
            413,
            "there is no room left for this: delete files, or wait for uploads to end",
        ),
        (
            post(&door, &token, 1).header("upload-metadata", broken),
            400,
            "write `Upload-Metadata: name …,filetype …`, each value in base64 of UTF-8",
        ),
        (
            post(&door, &token, 1).header("upload-metadata", metadata(&[("sha256", "abc")])),
            400,
            "write 64 hexadecimal digits",
        ),
        (
            bare().bearer_auth(&token).header("upload-defer-length", 1),
            400,
            "say how long the file is: Upload-Length",
        ),
        (
            post(&door, &token, 1).header("upload-concat", "partial"),
            400,
            "files are not joined here: send each in one upload",
        ),
        (
            bare().bearer_auth(&token).header("upload-length", "-1"),
            400,
            "send the header upload-length: a number of bytes",
        ),
        (
            bare().bearer_auth(&token).header("upload-length", "18446744073709551616"),
            400,
            "send the header upload-length: a number of bytes",
        ),
    ] {
        let reply = Reply::of(request).await;
        assert_eq!(refusal(&reply), (status, words.to_owned()), "{reply:#?}");
    }
    // A last use of the token is noted on its own.
    let now = door.test.contents().await;
    let without =
        |text: &str| text.lines().filter(|line| !line.contains("READ_PUBLIC")).collect::<String>();
    assert!(without(&before) == without(&now), "something was written");
    assert_eq!(door.test.kept().await, kept);
    assert_eq!(door.test.storage(&ada).await, [1_000_000, 0, 1]);
}

#[tokio::test]
async fn bytes_that_come_along_and_are_refused_leave_nothing() {
    let door = door().await;
    let (ada, token) = somebody(&door).await;
    let page = b"<!doctype html><script>alert(1)</script>";
    let request = post(&door, &token, page.len()).body(page.to_vec());
    let request = request.header("content-type", "application/offset+octet-stream");
    let reply = Reply::of(request).await;
    assert_eq!(refusal(&reply), (422, "files of this kind are not taken here".to_owned()));
    assert_eq!(door.test.kept().await, [""; 0]);
    assert_eq!(door.test.storage(&ada).await, [0, 0, 0]);
    let run = door
        .test
        .run(&ada, "{ viewer { uploads { nodes { uploadState failure file { id } } } } }")
        .await;
    let failed = json!([{ "uploadState": "FAILED", "failure": "files of this kind are not taken here", "file": null }]);
    assert_eq!(run.ok().at("viewer.uploads.nodes"), &failed);
}
