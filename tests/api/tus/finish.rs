//! All bytes came: what becomes of them.

use bytes::Bytes;
use chrono::TimeDelta;
use guildhall::{
    entity::{file::Kind, upload, upload_part},
    files,
    infra::store::Place,
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _,
};
use serde_json::json;
use uuid::Uuid;

use super::{Tus, door, doors, refusal};
use crate::{
    door::Door,
    kit::{key, lines, sha256},
    uploads::picture,
};

const KIND: &str = "files of this kind are not taken here";

#[tokio::test]
async fn what_is_refused_leaves_nothing_and_is_said_in_words() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let kept = app.store(&ada, "a.txt", &lines(1, 1_000)).await.unwrap();
        let mut broken = picture(1);
        broken.truncate(broken.len() / 2);
        let mut large = picture(2);
        large.resize(32 * 1024 * 1024 + 1, 0);
        let page = b"<!doctype html><script>alert(1)</script>".to_vec();
        let other_hash = json!({ "sha256": sha256(b"other") });
        let hash = "these are not the bytes that were announced: their SHA-256 is another";
        for (bytes, input, words) in [
            (page.clone(), json!({ "name": "a.png", "mediaType": "image/png" }), KIND),
            (b"#!/bin/sh\n".to_vec(), json!({}), KIND),
            (
                broken,
                json!({}),
                "the picture is broken or was cut off: open it, save it again and send that",
            ),
            (large, json!({}), "a picture may have 32 MB at most"),
            (lines(2, 1_000), other_hash, hash),
        ] {
            let tus = Tus::start(&door, &ada, &bytes, input).await;
            let reply = tus.send(0, &bytes).await;
            assert_eq!(refusal(&reply), (422, words.to_owned()));
            let row = tus.row().await;
            assert_eq!(
                (row.state, row.failure.as_deref(), row.file_id),
                (upload::State::Failed, Some(words), None)
            );
            assert_eq!(app.storage(&ada).await, [1_000, 0, 1], "{words}");
            assert_eq!(app.kept().await, [format!("blob {}", kept.sha256)], "{words}");
            assert_eq!(tus.head().await.status, 410);
            assert_eq!(refusal(&tus.send(0, &bytes).await), (422, words.to_owned()));
            app.act(&ada, "uploadAbort", &tus.id).await.done();
        }
        let parts = upload_part::Column::Size.gt(0);
        assert_eq!(app.count::<upload_part::Entity>(parts).await, 0);
        assert_eq!(app.storage(&ada).await, [1_000, 0, 1]);
    }
}

#[tokio::test]
async fn what_its_first_bytes_refuse_need_not_be_sent_to_the_end() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let mut bytes = b"<html>".to_vec();
    bytes.extend_from_slice(&lines(1, 100_000));
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    let reply = tus.send(0, &bytes[..50_000]).await;
    assert_eq!(refusal(&reply), (422, KIND.to_owned()));
    assert_eq!(app.storage(&ada).await, [0, 0, 0]);
    assert_eq!(app.kept().await, [""; 0]);
}

#[tokio::test]
async fn a_picture_is_tidied_and_counted_as_it_is_kept() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let mut bytes = picture(1);
        bytes.extend_from_slice(&[b'x'; 10_000]);
        let hash = json!({ "sha256": sha256(&bytes), "visibility": "PUBLIC", "altText": "dots" });
        let tus = Tus::start(&door, &ada, &bytes, hash).await;
        assert_eq!(tus.send(0, &bytes).await.status, 204);
        let file = tus.file().await;
        assert_eq!(
            (file.kind, file.width, file.alt_text.as_deref()),
            (Kind::Image, Some(40), Some("dots"))
        );
        assert_eq!(
            (&file.sent_sha256, file.visibility),
            (&sha256(&bytes), guildhall::entity::file::Visibility::Public)
        );
        assert!(file.size < 10_000, "{}", file.size);
        assert_eq!(file.sha256, sha256(&app.bytes_of(&file).await));
        assert_eq!(app.storage(&ada).await, [u64::try_from(file.size).unwrap(), 0, 1]);
        let known = json!({ "sha256": sha256(&bytes) });
        let run = app.start_upload(&ada, bytes.len(), known).await.done();
        assert_eq!(run.at("uploadStart.file.mediaType"), "image/png", "known by what was sent");
    }
}

/// A picture that was saved so coarsely that it is kept in more bytes.
fn coarse() -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(160, 120, |x, y| {
        image::Rgb([x, y, x * y].map(|number| u8::try_from(number * 37 % 256).unwrap()))
    });
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 5);
    pixels.write_with_encoder(encoder).unwrap();
    jpeg
}

#[tokio::test]
async fn a_picture_that_has_grown_beyond_the_quota_is_refused() {
    let door = Door::with(|config| config.storage_quota = 1_048_576).await;
    let app = &door.test;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let sent = coarse();
    let kept = app.store(&grace, "a.jpg", &sent).await.unwrap();
    let size = usize::try_from(kept.size).unwrap();
    assert!(size > sent.len(), "{size} bytes of {}", sent.len());
    let text = app.store(&ada, "a.txt", &lines(1, 1_048_576 - size + 1)).await.unwrap();
    let places = app.kept().await;
    let tus = Tus::start(&door, &ada, &sent, json!({})).await;
    let words = "there is no room left for this: delete files, or wait for uploads to end";
    assert_eq!(refusal(&tus.send(0, &sent).await), (422, words.to_owned()));
    assert_eq!(app.storage(&ada).await, [u64::try_from(text.size).unwrap(), 0, 1]);
    assert_eq!(app.kept().await, places, "the bytes of others stay");
}

/// An upload all of whose bytes came, and of which no file was made.
async fn left(
    door: &Door,
    bytes: &[u8],
    leased: Option<TimeDelta>,
) -> (guildhall::Actor, Uuid, String) {
    let app = &door.test;
    let ada = app.member("ada").await;
    let tus = Tus::start(door, &ada, bytes, json!({})).await;
    let id = key("upload", &tus.id);
    let part = Uuid::now_v7();
    app.app.store.put(&Place::Part(part), Bytes::copy_from_slice(bytes)).await.unwrap();
    let size = i64::try_from(bytes.len()).unwrap();
    let row = upload_part::ActiveModel {
        id: Set(part),
        upload_id: Set(id),
        start: Set(0),
        size: Set(size),
    };
    row.insert(&app.app.db.write).await.unwrap();
    let row = upload::ActiveModel {
        id: Unchanged(id),
        state: Set(upload::State::Processing),
        received: Set(size),
        leased_until: Set(leased.map(|leased| app.app.clock.now() + leased)),
        ..Default::default()
    };
    row.update(&app.app.db.write).await.unwrap();
    (ada, id, tus.path)
}

async fn state(door: &Door, id: Uuid) -> upload::State {
    let row = upload::Entity::find_by_id(id).one(&door.app.db.write).await.unwrap().unwrap();
    row.state
}

#[tokio::test]
async fn what_a_killed_server_did_not_finish_is_taken_up_when_its_lease_is_over() {
    for (door, _s3) in doors().await {
        let bytes = lines(1, 1_000);
        let (ada, id, _) = left(&door, &bytes, Some(TimeDelta::seconds(20))).await;
        files::resume(&door.app).await.unwrap();
        assert_eq!(state(&door, id).await, upload::State::Processing, "another is at it");
        door.app.clock.advance(TimeDelta::seconds(21));
        files::resume(&door.app).await.unwrap();
        assert_eq!(state(&door, id).await, upload::State::Ready);
        assert_eq!(door.test.storage(&ada).await, [1_000, 0, 1]);
        assert_eq!(door.test.kept().await, [format!("blob {}", sha256(&bytes))]);
    }
}

#[tokio::test]
async fn who_asks_for_an_upload_has_it_taken_up() {
    let door = door().await;
    let (ada, id, path) = left(&door, &lines(1, 1_000), None).await;
    let tus = Tus { door: &door, id: String::new(), path };
    assert_eq!(tus.offset().await, 1_000);
    assert_eq!(
        state(&door, id).await,
        upload::State::Ready,
        "whoever hears that all came has a file"
    );
    assert_eq!(door.test.storage(&ada).await, [1_000, 0, 1]);
}

#[tokio::test]
async fn an_upload_whose_bytes_can_not_be_read_stays_on_the_way() {
    for (door, _s3) in doors().await {
        let (ada, id, path) = left(&door, &lines(1, 1_000), None).await;
        let parts = upload_part::Entity::find().all(&door.app.db.write).await.unwrap();
        let place = Place::Part(parts[0].id);
        let bytes = door.app.store.bytes(&place).await.unwrap().unwrap();
        door.app.store.delete(&place).await.unwrap();
        let tus = Tus { door: &door, id: String::new(), path };
        assert_eq!(tus.head().await.status, 500);
        assert_eq!(state(&door, id).await, upload::State::Processing);
        assert_eq!(door.test.storage(&ada).await, [0, 1_000, 0]);
        door.app.store.put(&place, bytes).await.unwrap();
        door.app.clock.advance(TimeDelta::seconds(6));
        files::resume(&door.app).await.unwrap();
        assert_eq!(state(&door, id).await, upload::State::Ready);
    }
}
