//! Parts of files.

use guildhall::{config::Config, entity::file::Visibility};

use super::Got;
use crate::{
    door::{Door, Reply},
    kit::{Stored, sha256},
};

struct Film {
    door: Door,
    link: String,
    bytes: Vec<u8>,
}

/// A film of a million bytes, each another than its neighbours.
async fn film(set: impl FnOnce(&mut Config)) -> Film {
    let door = Door::with(set).await;
    let ada = door.test.member("ada").await;
    let bytes: Vec<u8> = (0..=250).cycle().take(1_000_000).collect();
    let stored = Stored::text("a.mp4", bytes.clone()).of_type("video/mp4");
    let id = door.test.keep(&ada, &stored.with(Visibility::Public)).await;
    let link = door.test.link(&ada, &id).await;
    Film { door, link, bytes }
}

impl Film {
    async fn part(&self, range: &str) -> Got {
        Got::of(self.door.get(&self.link).header("range", range)).await
    }
}

#[tokio::test]
async fn one_range_is_answered_with_that_part() {
    let film = film(|_| ()).await;
    for (range, from, to) in [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=500000-", 500_000, 999_999),
        ("bytes=8191-8192", 8_191, 8_192),
        ("bytes=-1", 999_999, 999_999),
        ("bytes=-5000000", 0, 999_999),
        ("bytes=999999-99999999999999999999", 999_999, 999_999),
    ] {
        let got = film.part(range).await;
        assert_eq!(got.status, 206, "{range}");
        assert!(got.bytes == film.bytes[from..=to], "{range}: {} bytes", got.bytes.len());
        assert_eq!(got.header("content-range"), format!("bytes {from}-{to}/1000000"));
        assert_eq!(got.header("content-length"), (to - from + 1).to_string());
        assert_eq!(got.header("content-type"), "video/mp4");
        assert_eq!(got.header("accept-ranges"), "bytes");
        assert_eq!(got.header("etag"), format!("\"{}\"", sha256(&film.bytes)));
        assert_eq!(got.header("cache-control"), "public, max-age=31536000, immutable");
    }
}

#[tokio::test]
async fn what_is_no_single_range_is_answered_with_all() {
    let film = film(|_| ()).await;
    for range in
        ["bytes=0-0,5-5", "bytes=0-0, -1", "bytes=9-3", "bytes=x", "bytes", "lines=0-1", ""]
    {
        let got = film.part(range).await;
        assert_eq!((got.status, got.bytes.len()), (200, 1_000_000), "{range}");
        assert_eq!(got.header("content-range"), "");
    }
    let twice = film.door.get(&film.link).header("range", "bytes=0-0").header("range", "bytes=1-1");
    assert_eq!(Got::of(twice).await.status, 200);
}

#[tokio::test]
async fn what_is_beyond_the_end_can_not_be_had() {
    let film = film(|_| ()).await;
    for range in
        ["bytes=1000000-", "bytes=1000000-1000001", "bytes=-0", "bytes=99999999999999999999-"]
    {
        let reply = Reply::of(film.door.get(&film.link).header("range", range)).await;
        assert_eq!(reply.error(), (416, "BAD_REQUEST", "the file has no such bytes"), "{range}");
        assert_eq!(reply.header("content-range"), "bytes */1000000");
    }
}

#[tokio::test]
async fn a_part_is_only_for_who_has_the_rest_of_the_same() {
    let film = film(|_| ()).await;
    let tag = format!("\"{}\"", sha256(&film.bytes));
    let conditional = |condition: String| {
        let request = film.door.get(&film.link).header("range", "bytes=0-9");
        Got::of(request.header("if-range", condition))
    };
    assert_eq!(conditional(tag.clone()).await.status, 206);
    for other in
        [format!("W/{tag}"), "\"x\"".to_owned(), "Mon, 04 May 2026 09:30:00 GMT".to_owned()]
    {
        assert_eq!(conditional(other.clone()).await.status, 200, "{other}");
    }
    let known = film.door.get(&film.link).header("range", "bytes=0-9").header("if-none-match", tag);
    assert_eq!(Got::of(known).await.status, 304);
}
