//! Many hands at once.

use chrono::TimeDelta;
use futures_util::future::{join, join_all};
use guildhall::{
    Actor,
    entity::{blob, file, storage, upload},
    files,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::json;

use super::storing::picture;
use crate::{
    kit::{TestApp, apps, key, lines},
    tus::{Tus, doors},
};

/// Forgets all files of somebody, as if they were deleted.
async fn forget_files(app: &TestApp, owner: &Actor) {
    let db = &app.app.db.write;
    let id = owner.id().unwrap();
    file::Entity::delete_many().filter(file::Column::OwnerId.eq(id)).exec(db).await.unwrap();
    storage::Entity::update_many()
        .col_expr(storage::Column::Used, Expr::value(0))
        .col_expr(storage::Column::FileCount, Expr::value(0))
        .filter(storage::Column::ProfileId.eq(id))
        .exec(db)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_same_bytes_stored_by_eight_at_once_are_kept_once() {
    for (app, _s3) in apps().await {
        for (number, bytes) in [lines(1, 6_000_000), picture(1)].into_iter().enumerate() {
            let mut members = Vec::new();
            for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
                members.push(app.member(&format!("{name}_{number}")).await);
            }
            let stored =
                join_all(members.iter().map(|member| app.store(member, "a", &bytes))).await;
            let files: Vec<_> = stored.into_iter().map(Result::unwrap).collect();
            let sha256 = files[0].sha256.as_str();
            assert!(files.iter().all(|file| file.sha256 == sha256));
            let rows = blob::Column::Sha256.eq(sha256);
            assert_eq!(app.count::<blob::Entity>(rows).await, 1);
            assert_eq!(app.kept().await.len(), number + 1);
            assert!(app.kept().await.contains(&format!("blob {sha256}")));
            let size = u64::try_from(files[0].size).unwrap();
            for member in &members {
                assert_eq!(app.storage(member).await, [size, 0, 1]);
            }
        }
    }
}

#[tokio::test]
async fn a_quota_holds_when_many_store_at_once() {
    let app = TestApp::with(|config| config.storage_quota = 1_048_576).await;
    let ada = app.member("ada").await;
    let texts: Vec<_> = (0..8).map(|seed| lines(seed, 300_000)).collect();
    let stored = join_all(texts.iter().map(|bytes| app.store(&ada, "a.txt", bytes))).await;
    assert_eq!(stored.iter().filter(|stored| stored.is_ok()).count(), 3);
    assert_eq!(app.storage(&ada).await, [900_000, 0, 3]);
    assert_eq!(app.kept().await.len(), 3, "what was refused is not kept");
}

#[tokio::test]
async fn what_is_stored_while_it_is_swept_is_there() {
    for (app, _s3) in apps().await {
        let (ada, grace) = (app.member("ada").await, app.member("grace").await);
        let bytes = lines(1, 100_000);
        for round in 0..20 {
            app.store(&ada, "a.txt", &bytes).await.unwrap();
            forget_files(&app, &ada).await;
            app.app.clock.advance(TimeDelta::hours(2));
            let sweeps = join(files::sweep(&app.app), files::sweep(&app.app));
            let ((one, other), stored) = join(sweeps, app.store(&grace, "b.txt", &bytes)).await;
            one.unwrap();
            other.unwrap();
            let file = stored.unwrap();
            assert_eq!(app.bytes_of(&file).await, bytes, "round {round}");
            assert_eq!(app.count::<blob::Entity>(blob::Column::Size.eq(100_000)).await, 1);
            forget_files(&app, &grace).await;
        }
    }
}

#[tokio::test]
async fn of_two_who_send_at_one_offset_one_is_told_that_it_came_too_late() {
    for (door, _s3) in doors().await {
        let ada = door.test.member("ada").await;
        for round in 0..10 {
            let bytes = lines(round, 4_000);
            let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
            assert_eq!(tus.send(0, &bytes[..1_000]).await.status, 204);
            let others = lines(99, 500);
            let (one, other) =
                join(tus.send(1_000, &bytes[1_000..1_500]), tus.send(1_000, &others)).await;
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort();
            assert_eq!(statuses, [204, 409]);
            assert_eq!(tus.offset().await, 1_500);
            let mut whole = bytes[..1_000].to_vec();
            whole.extend_from_slice(if one.status == 204 { &bytes[1_000..1_500] } else { &others });
            whole.extend_from_slice(&bytes[1_500..]);
            assert_eq!(tus.send(1_500, &bytes[1_500..]).await.status, 204);
            assert_eq!(door.test.bytes_of(&tus.file().await).await, whole);
        }
        let kept = door.test.kept().await;
        assert!(kept.iter().all(|place| place != "part"), "{kept:?}");
        assert_eq!(door.test.storage(&ada).await, [40_000, 0, 10]);
    }
}

#[tokio::test]
async fn one_file_comes_of_an_upload_though_many_finish_it() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        let bytes = lines(1, 100_000);
        let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
        let id = key("upload", &tus.id);
        let finish = || files::service::uploads::finish(app.app.clone(), id);
        let (sent, others) = join(tus.send(0, &bytes), join_all((0..8).map(|_| finish()))).await;
        assert_eq!(sent.status, 204);
        others.into_iter().for_each(|other| drop(other.unwrap()));
        assert_eq!(finish().await.unwrap().unwrap().state, upload::State::Ready);
        assert_eq!(app.storage(&ada).await, [100_000, 0, 1]);
    }
}

#[tokio::test]
async fn an_upload_that_is_aborted_while_it_becomes_a_file_is_one_or_the_other() {
    for (door, _s3) in doors().await {
        let app = &door.test;
        let ada = app.member("ada").await;
        for round in 0..10 {
            let bytes = lines(round, 200_000);
            let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
            let (sent, aborted) =
                join(tus.send(0, &bytes), app.act(&ada, "uploadAbort", &tus.id)).await;
            let aborted = aborted.refusals();
            let files = app.storage(&ada).await;
            if aborted.is_empty() {
                assert_eq!(files, [0, 0, 0], "round {round}: {sent:?}");
                assert_eq!(app.kept().await, [""; 0]);
            } else {
                assert_eq!(aborted, ["STATE_NOT_ALLOWED id"]);
                assert_eq!((sent.status.as_u16(), files), (204, [200_000, 0, 1]), "round {round}");
                forget_files(app, &ada).await;
                app.app.clock.advance(TimeDelta::hours(2));
                files::sweep(&app.app).await.unwrap();
            }
        }
    }
}
