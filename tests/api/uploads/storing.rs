//! Bytes that come in one go.

use std::io::{Cursor, Seek as _, SeekFrom, Write as _};

use guildhall::{
    Actor::Guest,
    Error,
    entity::{
        blob,
        file::{self, Kind, Visibility},
    },
    files::service::NewFile,
    infra::store::Place,
};
use image::{DynamicImage, ImageFormat, RgbImage};
use sea_orm::{ColumnTrait as _, ExprTrait as _};

use crate::kit::{TestApp, apps, lines, sha256};

/// A picture of these colours, as PNG.
pub fn picture(seed: u8) -> Vec<u8> {
    let pixels = RgbImage::from_fn(40, 30, |x, y| {
        image::Rgb([seed, u8::try_from(x).unwrap(), u8::try_from(y).unwrap()])
    });
    let mut png = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

/// What a store was refused for.
#[track_caller]
fn refusal<T: std::fmt::Debug>(stored: Result<T, Error>) -> String {
    match stored.unwrap_err() {
        Error::Refused(problems) => {
            format!("{:?} {}", problems[0].code, problems[0].path.join("."))
        }
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_stored_is_what_its_bytes_say() {
    for (app, _s3) in apps().await {
        let ada = app.member("ada").await;
        let bytes = lines(1, 3_000_000);
        let mut spooled = tempfile::tempfile().unwrap();
        spooled.write_all(&bytes).unwrap();
        spooled.seek(SeekFrom::Start(1_234)).unwrap();
        let new = NewFile {
            name: "../holiday.png".to_owned(),
            alt_text: Some(" \n".to_owned()),
            visibility: Visibility::Members,
        };
        let file = app.store_as(&ada, new, spooled).await.unwrap();
        assert_eq!(file.name, "holiday.png");
        assert_eq!((file.media_type.as_str(), file.kind), ("text/plain", Kind::Document));
        assert_eq!((file.size, &file.sha256), (3_000_000, &sha256(&bytes)));
        assert_eq!(file.sent_sha256, file.sha256);
        assert_eq!((file.alt_text.as_deref(), file.visibility), (None, Visibility::Members));
        assert_eq!((file.width, file.blurhash.as_deref()), (None, None));
        assert_eq!(app.bytes_of(&file).await, bytes);
        assert_eq!(app.storage(&ada).await, [3_000_000, 0, 1]);
    }
}

#[tokio::test]
async fn a_picture_is_kept_without_what_was_hidden_in_it() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut sent = picture(7);
    sent.extend_from_slice(b"<script>alert(1)</script>");
    let file = app.store(&ada, "a.txt", &sent).await.unwrap();
    assert_eq!((file.media_type.as_str(), file.kind), ("image/png", Kind::Image));
    assert_eq!((file.width, file.height, file.frames), (Some(40), Some(30), Some(1)));
    assert!(file.blurhash.as_ref().is_some_and(|hash| hash.len() >= 6), "{file:#?}");
    let kept = app.bytes_of(&file).await;
    assert_eq!(file.sent_sha256, sha256(&sent));
    assert_eq!((&file.sha256, file.size), (&sha256(&kept), i64::try_from(kept.len()).unwrap()));
    assert!(!kept.windows(8).any(|eight| eight == b"<script>"));
    assert_eq!(app.storage(&ada).await, [u64::try_from(kept.len()).unwrap(), 0, 1]);
}

#[tokio::test]
async fn what_is_refused_leaves_nothing() {
    let app = TestApp::with(|config| config.storage_quota = 1_048_576).await;
    let ada = app.member("ada").await;
    app.store(&ada, "a.txt", &lines(1, 600_000)).await.unwrap();
    let (rows, kept) = (app.contents().await, app.kept().await);
    let mut broken = picture(1);
    broken.truncate(broken.len() / 2);
    for (name, bytes, expected) in [
        ("empty.txt", Vec::new(), "Required input.file"),
        ("large.txt", lines(1, 8 * 1024 * 1024 + 1), "FileTooLarge input.file"),
        ("page.txt", b"<!DOCTYPE html><p>hi".to_vec(), "FileTypeRejected input.file"),
        ("drawing.png", b"<svg xmlns='a'></svg>".to_vec(), "FileTypeRejected input.file"),
        ("script.txt", b"#!/bin/sh\nrm -rf /".to_vec(), "FileTypeRejected input.file"),
        ("program.pdf", b"\x7fELF\x02\x01\x01\x00more".to_vec(), "FileTypeRejected input.file"),
        ("broken.png", broken, "FileTypeRejected input.file"),
        ("more.txt", lines(2, 500_000), "QuotaExceeded input.file"),
    ] {
        assert_eq!(refusal(app.store(&ada, name, &bytes).await), expected, "{name}");
        assert!(app.contents().await == rows, "{name} was written");
        assert_eq!(app.kept().await, kept, "{name} was kept");
    }
    assert_eq!(refusal(app.store(&Guest, "a.txt", b"hi").await), "Unauthenticated");
    let token = app.by_token(ada, &[]);
    assert_eq!(refusal(app.store(&token, "a.txt", b"hi").await), "ScopeMissing(\"WRITE_FILES\")");
    let new = NewFile {
        name: "a".to_owned(),
        alt_text: Some("a".repeat(1_001)),
        visibility: Visibility::Private,
    };
    let mut spooled = tempfile::tempfile().unwrap();
    spooled.write_all(b"hi").unwrap();
    assert_eq!(refusal(app.store_as(&ada, new, spooled).await), "TooLong input.altText");
    assert!(app.contents().await == rows);
    assert_eq!(app.kept().await, kept);
}

#[tokio::test]
async fn a_picture_that_grows_beyond_the_quota_is_refused_and_leaves_nothing() {
    let app = TestApp::with(|config| config.storage_quota = 1_048_576).await;
    let ada = app.member("ada").await;
    let sent = picture(1);
    let kept = app.store(&ada, "a.png", &sent).await.unwrap();
    let (rows, places) = (app.contents().await, app.kept().await);
    let grace = app.member("grace").await;
    let room = 1_048_576 - usize::try_from(kept.size).unwrap() + 1;
    app.store(&grace, "a.txt", &lines(1, room)).await.unwrap();
    let refused = app.store(&grace, "b.png", &sent).await;
    assert_eq!(refusal(refused), "QuotaExceeded input.file");
    assert_eq!(app.kept().await.len(), places.len() + 1, "the bytes of others stay");
    assert!(rows != app.contents().await);
}

#[tokio::test]
async fn the_same_bytes_are_kept_once() {
    for (app, _s3) in apps().await {
        let (ada, grace) = (app.member("ada").await, app.member("grace").await);
        let bytes = lines(1, 10_000);
        let first = app.store(&ada, "a.txt", &bytes).await.unwrap();
        let second = app.store(&grace, "b.txt", &bytes).await.unwrap();
        assert_eq!(first.sha256, second.sha256);
        assert_eq!(app.kept().await, [format!("blob {}", first.sha256)]);
        let row = blob::Column::Sha256.eq(first.sha256.as_str()).and(blob::Column::Size.eq(10_000));
        assert_eq!(app.count::<blob::Entity>(row).await, 1);
        assert_eq!(app.count::<file::Entity>(file::Column::Sha256.eq(first.sha256)).await, 2);
        assert_eq!(app.storage(&grace).await, [10_000, 0, 1], "each counts them");
    }
}

#[tokio::test]
async fn bytes_that_are_gone_are_put_again() {
    for (app, _s3) in apps().await {
        let ada = app.member("ada").await;
        let bytes = lines(1, 10_000);
        let first = app.store(&ada, "a.txt", &bytes).await.unwrap();
        app.app.store.delete(&Place::Blob(first.sha256.clone())).await.unwrap();
        let second = app.store(&ada, "b.txt", &bytes).await.unwrap();
        assert_eq!(app.bytes_of(&second).await, bytes);
    }
}
