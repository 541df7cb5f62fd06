//! Bytes by links: who gets them, and what they are told with them.

use std::time::Duration;

use guildhall::{
    Actor::Guest,
    entity::file::{self, Visibility},
    infra::store::Place,
    server::Patience,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Got, get};
use crate::{
    door::{Door, Reply},
    kit::{Stored, key, sha256},
};

const MISSING: &str = "there is no such file, or the link to it is another";

#[tokio::test]
async fn a_public_file_is_for_everybody_with_all_that_is_said_of_it() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let stored = Stored::text("Grüße \"2\".txt", "hello").with(Visibility::Public);
    let id = app.keep(&ada, &stored).await;
    let got = get(&door, &app.link(&Guest, &id).await).await;
    assert_eq!((got.status, got.bytes.as_slice()), (200, b"hello".as_slice()));
    for (name, value) in [
        ("content-type", "text/plain"),
        ("content-length", "5"),
        ("accept-ranges", "bytes"),
        ("etag", &format!("\"{}\"", sha256(b"hello"))),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
        (
            "content-disposition",
            "attachment; filename=\"Gr__e _2_.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%222%22.txt",
        ),
        ("referrer-policy", "no-referrer"),
        ("vary", "origin"),
        ("content-encoding", ""),
        ("set-cookie", ""),
        ("content-range", ""),
    ] {
        assert_eq!(got.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn a_private_file_is_for_who_has_a_link_while_it_is_good() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::text("a.txt", "hello")).await;
    let link = app.link(&ada, &id).await;
    let got = get(&door, &link).await;
    assert_eq!((got.status, got.header("cache-control")), (200, "private, max-age=600, immutable"));
    app.app.clock.advance(chrono::TimeDelta::seconds(599));
    let got = get(&door, &link).await;
    assert_eq!((got.status, got.header("cache-control")), (200, "private, max-age=1, immutable"));
    app.app.clock.advance(chrono::TimeDelta::seconds(1));
    let reply = Reply::of(door.get(&link)).await;
    let message = "this link was good for some minutes: ask for another";
    assert_eq!(reply.error(), (410, "BAD_REQUEST", message));
    assert_eq!(reply.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_link_that_was_made_up_leads_nowhere_and_asks_nothing_of_the_database() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let png = app.keep(&ada, &Stored::png("a.png", 4, 4)).await;
    let other = app.keep(&ada, &Stored::png("a.png", 5, 5)).await;
    let public = app.keep(&ada, &Stored::png("a.png", 6, 6).with(Visibility::Public)).await;
    let link = app.link(&ada, &png).await;
    let thumbnail = app.field(&ada, &png, "thumbnail(width: 10, height: 10)").await;
    let everybodys = app.link(&ada, &public).await;
    let (path, _) = link.split_once('?').unwrap();
    let (unsigned, signature) = link.split_once("sig=").unwrap();
    let expires = unsigned.split_once("expires=").unwrap().1.trim_end_matches('&');
    let later = format!("{}", expires.parse::<i64>().unwrap() + 300);
    let made_up = [
        path.to_owned(),
        format!("{path}?"),
        format!("{path}?sig="),
        format!("{path}?sig={signature}"),
        format!("{unsigned}sig="),
        format!("{unsigned}sig={}", &signature[..21]),
        format!("{unsigned}sig={signature}A"),
        format!("{unsigned}sig={}", signature.to_lowercase() + "_"),
        format!("{unsigned}sig={}", "A".repeat(22)),
        format!("{unsigned}sig={}", "A".repeat(5_000)),
        link.replace(expires, &later),
        link.replace("a.png", "b.png"),
        link.replace("a.png", "thumbnail"),
        link.replace(&png, &other),
        link.replace("expires=", "download=1&expires="),
        link.replace("sig=", "download=1&sig="),
        format!("{link}&download=1"),
        format!("{link}&sig={signature}"),
        link.replace("/files/", "/files//"),
        everybodys.replace(&public, &png),
        everybodys.replace("?sig=", "?expires=99999999999&sig="),
        thumbnail.replace("w=10", "w=11"),
        thumbnail.replace("&h=10", ""),
        thumbnail.replace("cover", "contain"),
        thumbnail.replace("auto", "png"),
        thumbnail.replace("x=500", "x=501"),
        thumbnail.replace("thumbnail", "a.png"),
        thumbnail.replace(&png, &other),
        format!("/files/{png}/thumbnail?w=10"),
        "/files/file_0/a.png?sig=x".to_owned(),
        "/files/%00/%00?sig=%00".to_owned(),
        format!("/files/{png}/..%2f..%2fguildhall.db?{}", link.split_once('?').unwrap().1),
    ];
    app.statements();
    for link in made_up {
        let reply = Reply::of(door.get(&link)).await;
        let expected = if link.contains("/files//") {
            "there is nothing here: the graph is at /graphql"
        } else {
            MISSING
        };
        assert_eq!(reply.error(), (404, "BAD_REQUEST", expected), "{link}");
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    assert_eq!(app.statements(), [""; 0]);
    for link in [link, thumbnail, everybodys] {
        assert_eq!(get(&door, &link).await.status, 200, "{link}");
        assert_eq!(app.statements().len(), 1, "{link}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_like_what_one_may_not_see() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::text("a.txt", "hello").with(Visibility::Public)).await;
    let link = app.link(&ada, &id).await;
    let delete = "mutation($ids: [ID!]!) { filesDelete(ids: $ids) { userErrors { code path } } }";
    app.run_with(&ada, delete, json!({ "ids": [id] })).await.done();
    assert_eq!(Reply::of(door.get(&link)).await.error(), (404, "BAD_REQUEST", MISSING));
    let id = app.keep(&ada, &Stored::text("a.txt", "gone")).await;
    app.app.store.delete(&Place::Blob(sha256(b"gone"))).await.unwrap();
    let reply = Reply::of(door.get(&app.link(&ada, &id).await)).await;
    assert_eq!(reply.error(), (500, "INTERNAL", "internal error"));
    assert_eq!(reply.header("cache-control"), "no-store");
}

#[tokio::test]
async fn only_what_no_browser_runs_is_shown() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    for (media_type, disposition) in [
        ("image/png", "inline"),
        ("image/jpeg", "inline"),
        ("image/gif", "inline"),
        ("image/webp", "inline"),
        ("video/mp4", "inline"),
        ("audio/ogg", "inline"),
        ("image/svg+xml", "attachment"),
        ("text/html", "attachment"),
        ("application/xhtml+xml", "attachment"),
        ("text/xml", "attachment"),
        ("application/pdf", "attachment"),
        ("text/plain", "attachment"),
        ("application/zip", "attachment"),
        ("application/octet-stream", "attachment"),
    ] {
        let stored = Stored::text("a.bin", "<script>alert(1)</script>").of_type(media_type);
        let id = app.keep(&ada, &stored).await;
        let got = get(&door, &app.link(&ada, &id).await).await;
        let value = format!("{disposition}; filename=\"a.bin\"");
        assert_eq!(got.header("content-disposition"), value, "{media_type}");
        assert_eq!(got.header("content-type"), media_type);
        assert_eq!(got.header("content-security-policy"), "sandbox; default-src 'none'");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        let download = app.field(&ada, &id, "url(download: true)").await;
        let got = get(&door, &download).await;
        assert_eq!(got.header("content-disposition"), "attachment; filename=\"a.bin\"");
    }
}

#[tokio::test]
async fn a_nasty_name_does_no_harm() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let names = [
        "../../../etc/passwd",
        "a\r\nSet-Cookie: a=b\r\n\r\n<html>",
        "\"; filename=\"evil.exe",
        "\u{202e}gpj.exe",
        "a\\..\\b.txt",
        "%2e%2e%2f",
        "\u{0}",
        "..",
        "thumbnail",
        "?sig=x",
        "a#b&c=d e",
    ];
    for name in names.map(str::to_owned).into_iter().chain(["🎉".repeat(255), "n".repeat(255)]) {
        let id = app.keep(&ada, &Stored::text("a.txt", "hello")).await;
        // PostgreSQL keeps no NUL, and nobody can store one.
        let name = name.replace('\0', "\u{1}");
        let row = file::Entity::find_by_id(key("file", &id)).one(&app.app.db.write).await.unwrap();
        let mut row: file::ActiveModel = row.unwrap().into();
        row.name = Set(name.clone());
        row.update(&app.app.db.write).await.unwrap();
        let link = app.link(&ada, &id).await;
        let last = link.rsplit_once('/').unwrap().1;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.?=&".contains(c);
        assert!(last.chars().all(plain), "{link}");
        let got = get(&door, &link).await;
        assert_eq!((got.status, got.bytes.as_slice()), (200, b"hello".as_slice()), "{name:?}");
        assert_eq!(got.header("set-cookie"), "");
        let value = got.header("content-disposition");
        assert!(value.starts_with("attachment; filename=\""), "{value}");
        assert!(!value.contains('/') && !value.contains('\\'), "{value}");
        assert_eq!(value.split(';').next(), Some("attachment"));
    }
}

#[tokio::test]
async fn a_head_is_answered_without_bytes_and_other_methods_are_not() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::text("a.txt", "hello")).await;
    let link = app.link(&ada, &id).await;
    let whole = get(&door, &link).await;
    let head = Got::of(door.client.head(door.url(&link)).header("range", "bytes=0-1")).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    for name in ["content-length", "etag", "content-type", "content-disposition", "accept-ranges"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
    let reply = Reply::of(door.client.post(door.url(&link))).await;
    assert_eq!((reply.error().0, reply.header("allow")), (405, "GET,HEAD"));
    assert_eq!(Reply::of(door.client.delete(door.url(&link))).await.error().0, 405);
}

#[tokio::test]
async fn who_has_it_already_is_told_so() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::text("a.txt", "hello")).await;
    let link = app.link(&ada, &id).await;
    let tag = format!("\"{}\"", sha256(b"hello"));
    let known = |value: String| Got::of(door.get(&link).header("if-none-match", value));
    for value in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let got = known(value.clone()).await;
        assert_eq!((got.status, got.bytes.len()), (304, 0), "{value}");
        assert_eq!(got.header("etag"), tag);
        assert_eq!(got.header("cache-control"), "private, max-age=600, immutable");
        assert_eq!(got.header("content-type"), "");
    }
    for value in ["\"x\"".to_owned(), tag.replace('"', ""), tag.to_uppercase()] {
        assert_eq!(known(value.clone()).await.status, 200, "{value}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_show_it_and_only_known_ones_read_it() {
    let door = Door::with(|config| {
        config.cors_origins = vec!["https://app.example".to_owned()];
    })
    .await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::png("a.png", 4, 4)).await;
    let link = app.link(&ada, &id).await;
    for (origin, allowed) in
        [("https://app.example", "https://app.example"), ("https://evil.example", "")]
    {
        let got = Got::of(door.get(&link).header("origin", origin)).await;
        assert_eq!((got.status, got.header("access-control-allow-origin")), (200, allowed));
        assert_eq!(got.header("cross-origin-resource-policy"), "cross-origin");
    }
}

/// Bytes that no buffer between here and there holds.
const LARGE: usize = 64 * 1024 * 1024;

#[tokio::test]
async fn who_takes_nothing_for_long_is_cut_off() {
    let patience = Patience { idle: Duration::from_millis(200), ..Patience::default() };
    let door = Door::patient(|_| (), patience).await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let bytes = vec![7; LARGE];
    let id = app.keep(&ada, &Stored::text("a.txt", bytes)).await;
    let link = app.link(&ada, &id).await;
    let mut stream = door.connect().await;
    let request = format!("GET {link} HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    // The server gives up while nothing is taken; what is left in the buffers is far from all.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.len() < LARGE, "{} bytes came", rest.len());
}

#[tokio::test]
async fn a_download_may_take_longer_than_a_connection_may_idle() {
    let patience = Patience { idle: Duration::from_millis(300), ..Patience::default() };
    let door = Door::patient(|_| (), patience).await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::text("a.txt", vec![7; LARGE])).await;
    let link = app.link(&ada, &id).await;
    let mut response = door.get(&link).send().await.unwrap();
    let mut taken = 0;
    for _ in 0..16 {
        while let Some(piece) = response.chunk().await.unwrap() {
            taken += piece.len();
            if taken % (4 * 1024 * 1024) < piece.len() {
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    while let Some(piece) = response.chunk().await.unwrap() {
        taken += piece.len();
    }
    assert_eq!(taken, LARGE);
}
