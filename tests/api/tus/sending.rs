//! Bytes as they come, and what of them counts.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use guildhall::{
    infra::secrets::{HashKind, Hasher},
    server::Patience,
};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use super::{Tus, door, doors, refusal};
use crate::{
    door::{Door, Reply, until_closed},
    kit::lines,
};

const MIB: usize = 1024 * 1024;

/// What `Upload-Checksum` says of bytes.
fn checksum(name: &str, kind: HashKind, bytes: &[u8]) -> String {
    let mut hasher = Hasher::new(kind);
    hasher.take(bytes);
    format!("{name} {}", STANDARD.encode(hasher.finish()))
}

#[tokio::test]
async fn a_file_sent_in_many_requests_is_whole() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let bytes = lines(1, 13 * MIB);
        let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
        let mut offset = 0;
        for size in [1, 6 * MIB, 10, 5 * MIB, 0, 13 * MIB] {
            let end = (offset + size).min(bytes.len());
            let reply = tus.send(offset, &bytes[offset..end]).await;
            assert_eq!(
                (reply.status.as_u16(), reply.header("upload-offset")),
                (204, end.to_string().as_str())
            );
            offset = end;
        }
        let file = tus.file().await;
        assert_eq!(app.bytes_of(&file).await, bytes);
        assert_eq!(app.kept().await, [format!("blob {}", file.sha256)], "no part is left");
        assert_eq!(app.storage(&ada).await, [13 << 20, 0, 1]);
        assert_eq!(tus.offset().await, bytes.len());
        assert_eq!(tus.head().await.header("upload-expires"), "", "what is whole does not expire");
    }
}

#[tokio::test]
async fn what_does_not_fit_the_upload_is_refused_and_nothing_counts() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let bytes = lines(1, 1_000);
        let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
        assert_eq!(tus.send(0, &bytes[..500]).await.status, 204);
        let (before, kept) = (app.contents().await, app.kept().await);
        let type_of = |media_type: &'static str| {
            tus.request(reqwest::Method::PATCH)
                .header("upload-offset", 500)
                .header("content-type", media_type)
                .body(bytes[500..].to_vec())
        };
        let without_offset = tus
            .request(reqwest::Method::PATCH)
            .header("content-type", "application/offset+octet-stream")
            .body("hi");
        let sum =
            |sum: &str| tus.patch(500).header("upload-checksum", sum).body(bytes[500..].to_vec());
        let mut others = lines(9, 500);
        others.truncate(500);
        let wrong = checksum("sha256", HashKind::Sha256, &others);
        let elsewhere = "the upload stands elsewhere: ask with HEAD where, and go on from there";
        for (request, status, words) in [
            (tus.patch(0).body(bytes.clone()), 409, elsewhere),
            (tus.patch(499).body(bytes[499..].to_vec()), 409, elsewhere),
            (tus.patch(501).body(bytes[501..].to_vec()), 409, elsewhere),
            (without_offset, 400, "send the header upload-offset: a number of bytes"),
            (tus.patch(500).body(lines(1, 501)), 413, "these are more bytes than were announced"),
            (
                type_of("application/octet-stream"),
                415,
                "send the bytes as application/offset+octet-stream",
            ),
            (type_of("text/plain"), 415, "send the bytes as application/offset+octet-stream"),
            (
                tus.patch(500).header("content-encoding", "gzip").body(bytes[500..].to_vec()),
                415,
                "send the bytes as they are, uncompressed",
            ),
            (
                sum(&wrong),
                460,
                "what came is not what was hashed: nothing of it counts, send it again",
            ),
            (sum("md5 AAAA"), 400, "checksums are sha256 or sha1 here"),
            (sum("sha256"), 400, "write `Upload-Checksum: sha256 …`, in base64"),
            (sum("sha256 AAAA"), 400, "the checksum is not one of its kind, in base64"),
        ] {
            let reply = Reply::of(request).await;
            assert_eq!(refusal(&reply), (status, words.to_owned()), "{reply:#?}");
            assert!(before == app.contents().await, "{status} {words}");
            assert_eq!(app.kept().await, kept, "{status} {words}");
        }
        assert_eq!(tus.send(500, &bytes[500..]).await.status, 204);
        assert_eq!(app.bytes_of(&tus.file().await).await, bytes);
    }
}

#[tokio::test]
async fn more_than_was_announced_is_refused_though_its_length_is_not_said() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let bytes = lines(1, 1_000);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    let before = app.contents().await;
    let head = format!(
        "PATCH {} HTTP/1.1\r\nhost: a\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\nconnection: close\r\n\
         content-type: application/offset+octet-stream\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n",
        tus.path
    );
    let body = String::from_utf8(lines(1, 1_001)).unwrap();
    let answer = door.raw(&format!("{head}{body}\r\n0\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(before == app.contents().await);
    assert_eq!(app.kept().await, [""; 0]);
}

#[tokio::test]
async fn with_a_right_checksum_everything_counts() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let bytes = lines(1, 12 * MIB);
        let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
        let (one, other) = bytes.split_at(11 * MIB);
        let sum = checksum("sha1", HashKind::Sha1, one);
        let reply = Reply::of(tus.patch(0).header("upload-checksum", sum).body(one.to_vec())).await;
        assert_eq!((reply.status.as_u16(), tus.offset().await), (204, 11 * MIB));
        let sum = checksum("SHA256", HashKind::Sha256, other);
        let sent = tus.patch(11 * MIB).header("upload-checksum", sum).body(other.to_vec());
        assert_eq!(Reply::of(sent).await.status, 204);
        assert_eq!(app.bytes_of(&tus.file().await).await, bytes);
        assert_eq!(app.kept().await.len(), 1);
    }
}

#[tokio::test]
async fn of_a_large_piece_with_a_wrong_checksum_nothing_counts() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let bytes = lines(1, 12 * MIB);
        let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
        let before = app.contents().await;
        let wrong = checksum("sha1", HashKind::Sha1, b"other");
        let reply =
            Reply::of(tus.patch(0).header("upload-checksum", wrong).body(bytes.clone())).await;
        assert_eq!(reply.status, 460);
        assert!(before == app.contents().await);
        assert_eq!(app.kept().await, [""; 0]);
        assert_eq!(tus.send(0, &bytes).await.status, 204);
    }
}

/// Sends the head of a PATCH that promises so many bytes, and then these.
async fn begin(tus: &Tus<'_>, more: &str, promised: usize, bytes: &[u8]) -> tokio::net::TcpStream {
    let mut stream = tus.door.connect().await;
    let head = format!(
        "PATCH {} HTTP/1.1\r\nhost: a\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\n{more}\
         content-type: application/offset+octet-stream\r\ncontent-length: {promised}\r\n\r\n",
        tus.path
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Waits until no request is on its way.
async fn quiet(door: &Door) {
    while !door.app.tasks.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_came_before_a_connection_was_cut_is_kept() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let bytes = lines(1, 8 * MIB);
        let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
        let mut stream = begin(&tus, "", bytes.len(), &bytes[..6 * MIB]).await;
        stream.shutdown().await.unwrap();
        let answer = until_closed(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
        quiet(&door).await;
        assert_eq!(tus.offset().await, 6 * MIB);
        assert_eq!(tus.send(6 * MIB, &bytes[6 * MIB..]).await.status, 204);
        assert_eq!(app.bytes_of(&tus.file().await).await, bytes);
    }
}

#[tokio::test]
async fn with_a_checksum_nothing_of_a_cut_request_counts() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let bytes = lines(1, 8 * MIB);
        let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
        let sum = checksum("sha256", HashKind::Sha256, &bytes);
        let more = format!("upload-checksum: {sum}\r\n");
        let mut stream = begin(&tus, &more, bytes.len(), &bytes[..6 * MIB]).await;
        stream.shutdown().await.unwrap();
        until_closed(&mut stream).await;
        quiet(&door).await;
        assert_eq!(tus.offset().await, 0);
        assert_eq!(app.kept().await, [""; 0]);
    }
}

#[tokio::test]
async fn who_sends_nothing_for_long_is_cut_off_and_what_came_is_kept() {
    let patience = Patience { body: Duration::from_millis(300), ..Patience::default() };
    let door = Door::patient(|_| (), patience).await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 1_000);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    let mut stream = begin(&tus, "", bytes.len(), &bytes[..600]).await;
    let answer = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert_eq!(tus.offset().await, 600);
}

#[tokio::test]
async fn who_sends_slowly_is_waited_for() {
    let patience = Patience { body: Duration::from_millis(500), ..Patience::default() };
    let door = Door::patient(|_| (), patience).await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 1_000);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    let mut stream = begin(&tus, "connection: close\r\n", bytes.len(), &[]).await;
    for piece in bytes.chunks(100) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stream.write_all(piece).await.unwrap();
    }
    let answer = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
}

#[tokio::test]
async fn a_body_may_be_larger_than_other_requests_may() {
    let door = Door::with(|config| config.limits.body_bytes = 1_024).await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 100_000);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    assert_eq!(tus.send(0, &bytes).await.status, 204);
}

#[tokio::test]
async fn of_one_member_so_many_come_at_a_time() {
    let door = door().await;
    let (ada, grace) = (door.test.member("ada").await, door.test.member("grace").await);
    let bytes = lines(1, 1_000);
    let mut all = Vec::new();
    for _ in 0..9 {
        all.push(Tus::start(&door, &ada, &bytes, json!({})).await);
    }
    let mut held = join_all(all[..8].iter().map(|tus| begin(tus, "", 1_000, &bytes[..10]))).await;
    while door.app.tasks.len() < 8 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let reply = all[8].send(0, &bytes).await;
    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, "5"));
    assert_eq!(all[8].offset().await, 0);
    let other = Tus::start(&door, &grace, &bytes, json!({})).await;
    assert_eq!(other.send(0, &bytes).await.status, 204);
    for stream in &mut held {
        stream.shutdown().await.unwrap();
        until_closed(stream).await;
    }
    quiet(&door).await;
    assert_eq!(all[8].send(0, &bytes).await.status, 204);
    assert_eq!(all[0].offset().await, 10);
}
