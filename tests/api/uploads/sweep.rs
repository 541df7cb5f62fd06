//! What is of no use any more is taken away, and nothing else.

use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use guildhall::{
    entity::{blob, event, file, stream, upload, upload_part},
    files,
    infra::store::Place,
    streams,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    kit::{TestApp, apps, key, lines, sha256},
    tus::{Tus, door, doors},
};

async fn sweep(app: &TestApp) {
    files::sweep(&app.app).await.unwrap();
}

/// Lets the app believe that it is so many hours after now, as the store's clock says.
fn be_later(app: &TestApp, hours: i64) {
    let then = Utc::now() + TimeDelta::hours(hours);
    app.app.clock.advance(then - app.app.clock.now());
}

async fn forget(app: &TestApp, file: Uuid) {
    file::Entity::delete_by_id(file).exec(&app.app.db.write).await.unwrap();
}

#[tokio::test]
async fn bytes_that_no_file_uses_go_after_an_hour_with_what_was_made_of_them() {
    for (app, _s3) in apps().await {
        let (ada, grace) = (app.member("ada").await, app.member("grace").await);
        let unused = app.store(&ada, "a.txt", &lines(1, 1_000)).await.unwrap();
        let used = app.store(&ada, "b.txt", &lines(2, 1_000)).await.unwrap();
        app.store(&grace, "b.txt", &lines(2, 1_000)).await.unwrap();
        for sha256 in [&unused.sha256, &used.sha256] {
            for name in ["w320.webp", "w640.webp"] {
                let place = Place::Thumbnail(sha256.clone(), name.to_owned());
                app.app.store.put(&place, Bytes::from_static(b"small")).await.unwrap();
            }
        }
        let all = app.kept().await;
        assert_eq!(all.len(), 6);
        forget(&app, unused.id).await;
        forget(&app, used.id).await;
        app.app.clock.advance(TimeDelta::minutes(59));
        sweep(&app).await;
        assert_eq!(app.kept().await, all);

        app.app.clock.advance(TimeDelta::minutes(2));
        sweep(&app).await;
        let rest: Vec<_> = all.into_iter().filter(|place| place.contains(&used.sha256)).collect();
        assert_eq!(app.kept().await, rest);
        let rows = blob::Entity::find().all(&app.app.db.write).await.unwrap();
        assert_eq!(rows.into_iter().map(|row| row.sha256).collect::<Vec<_>>(), [used.sha256]);
    }
}

#[tokio::test]
async fn bytes_that_a_killed_server_left_go_after_a_day() {
    for (app, _s3) in apps().await {
        let ada = app.member("ada").await;
        let stored = app.store(&ada, "a.txt", &lines(1, 1_000)).await.unwrap();
        let left = Bytes::from(lines(2, 1_000));
        let hash = sha256(&left);
        app.app.store.put(&Place::Blob(hash.clone()), left.clone()).await.unwrap();
        let thumbnail = Place::Thumbnail(hash, "w320.webp".to_owned());
        app.app.store.put(&thumbnail, left.clone()).await.unwrap();
        let lonely = Place::Thumbnail(sha256(b"nothing"), "w320.webp".to_owned());
        app.app.store.put(&lonely, left.clone()).await.unwrap();
        app.app.store.put(&Place::Part(Uuid::now_v7()), left).await.unwrap();
        let files = app.app.config.data_dir.join("files");
        let is_local = app.app.config.store_url.is_none();
        if is_local {
            std::fs::write(files.join("parts/0192#1"), "half").unwrap();
            std::fs::write(files.join("of the operator.txt"), "keep me").unwrap();
        }
        assert_eq!(app.kept().await.len(), 5);
        be_later(&app, 23);
        sweep(&app).await;
        assert_eq!(app.kept().await.len(), 5, "it may be under way");
        assert!(!is_local || files.join("parts/0192#1").exists());

        be_later(&app, 25);
        sweep(&app).await;
        assert_eq!(app.kept().await, [format!("blob {}", stored.sha256)]);
        assert!(!files.join("parts/0192#1").exists());
        assert!(!is_local || files.join("of the operator.txt").exists());
        assert_eq!(app.count::<blob::Entity>(blob::Column::Size.gte(0)).await, 1);
    }
}

#[tokio::test]
async fn the_parts_of_an_upload_stay_as_long_as_it_does() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let bytes = lines(1, 2_000);
        let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
        tus.send(0, &bytes[..1_000]).await;
        tus.send(1_000, &bytes[1_000..1_500]).await;
        be_later(app, 40);
        upload::Entity::update_many()
            .col_expr(
                upload::Column::ExpiresAt,
                Expr::value(app.app.clock.now() + TimeDelta::hours(1)),
            )
            .exec(&app.app.db.write)
            .await
            .unwrap();
        sweep(app).await;
        assert_eq!(app.kept().await, ["part", "part"]);
        assert_eq!(app.storage(&ada).await, [0, 2_000, 0]);

        app.app.clock.advance(TimeDelta::hours(2));
        sweep(app).await;
        assert_eq!(app.kept().await, [""; 0]);
        assert_eq!(app.storage(&ada).await, [0, 0, 0]);
        assert_eq!(app.count::<upload::Entity>(upload::Column::Size.gt(0)).await, 0);
        assert_eq!(app.count::<upload_part::Entity>(upload_part::Column::Size.gt(0)).await, 0);
        assert_eq!(tus.send(1_500, &bytes[1_500..]).await.status, 404);
    }
}

#[tokio::test]
async fn an_upload_is_over_when_nothing_more_came_for_long() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let bytes = lines(1, 2_000);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    app.app.clock.advance(TimeDelta::hours(23));
    assert_eq!(tus.send(0, &bytes[..1_000]).await.status, 204);
    app.app.clock.advance(TimeDelta::hours(23));
    sweep(app).await;
    assert_eq!(tus.offset().await, 1_000, "what comes prolongs its life");
    app.app.clock.advance(TimeDelta::hours(1));
    assert_eq!(tus.head().await.status, 410);
    let before = app.contents().await;
    assert_eq!(tus.send(1_000, &bytes[1_000..]).await.status, 410);
    assert!(before == app.contents().await);
    app.app.clock.advance(TimeDelta::seconds(1));
    sweep(app).await;
    assert_eq!(app.storage(&ada).await, [0, 0, 0]);
    assert_eq!(app.kept().await, [""; 0]);
}

#[tokio::test]
async fn no_upload_lives_for_longer_than_a_month() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let bytes = lines(1, 2_000);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    for day in 0..29 {
        assert_eq!(tus.send(day, &bytes[..1]).await.status, 204, "day {day}");
        app.app.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    }
    assert_eq!(tus.send(29, &bytes[..1]).await.status, 204);
    app.app.clock.advance(TimeDelta::hours(23));
    assert_eq!(tus.send(30, &bytes[..1]).await.status, 204);
    app.app.clock.advance(TimeDelta::hours(2));
    assert_eq!(tus.send(31, &bytes[..1]).await.status, 404);
    sweep(app).await;
    assert_eq!(app.count::<upload::Entity>(upload::Column::Size.gt(0)).await, 0);
}

#[tokio::test]
async fn what_ended_is_shown_for_some_time_and_its_file_stays() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let bytes = lines(1, 2_000);
        let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
        assert_eq!(tus.send(0, &bytes).await.status, 204);
        let file = tus.file().await;
        app.app.clock.advance(TimeDelta::hours(23));
        sweep(app).await;
        assert_eq!(app.count::<upload::Entity>(upload::Column::Size.gt(0)).await, 1);
        app.app.clock.advance(TimeDelta::hours(2));
        sweep(app).await;
        assert_eq!(app.count::<upload::Entity>(upload::Column::Size.gt(0)).await, 0);
        assert_eq!(app.storage(&ada).await, [2_000, 0, 1]);
        assert_eq!(app.bytes_of(&file).await, bytes);
    }
}

#[tokio::test]
async fn the_streams_of_uploads_that_are_gone_go_with_their_last_event() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let bytes = lines(1, 2_000);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    tus.send(0, &bytes[..10]).await;
    app.act(&ada, "uploadAbort", &tus.id).await.done();
    let stream = || stream::Column::Id.eq(key("upload", &tus.id));
    sweep(app).await;
    assert_eq!(app.count::<stream::Entity>(stream()).await, 1);
    app.app.clock.advance(TimeDelta::days(8));
    streams::prune(&app.app).await.unwrap();
    sweep(app).await;
    assert_eq!(app.count::<stream::Entity>(stream()).await, 0);
    assert_eq!(app.count::<event::Entity>(event::Column::Seq.gt(0)).await, 0);
}

#[tokio::test]
async fn an_upload_that_becomes_a_file_at_the_moment_is_left_alone() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let run = app.start_upload(&ada, 100, json!({})).await.done();
    let id = key("upload", run.text("uploadStart.upload.id"));
    let now = app.app.clock.now();
    let row = upload::ActiveModel {
        id: sea_orm::ActiveValue::Unchanged(id),
        state: Set(upload::State::Processing),
        received: Set(100),
        expires_at: Set(now - TimeDelta::seconds(1)),
        leased_until: Set(Some(now + TimeDelta::seconds(5))),
        ..Default::default()
    };
    row.update(&app.app.db.write).await.unwrap();
    let rows = || upload::Entity::find().filter(upload::Column::Id.eq(id));
    sweep(&app).await;
    assert_eq!(app.storage(&ada).await, [0, 100, 0]);
    assert!(rows().one(&app.app.db.write).await.unwrap().is_some());
    app.app.clock.advance(TimeDelta::seconds(6));
    sweep(&app).await;
    assert_eq!(app.storage(&ada).await, [0, 0, 0]);
    assert!(rows().one(&app.app.db.write).await.unwrap().is_none());
}
