//! Where bytes are kept: the same on this machine's disk and on S3.

mod faults;

use std::{
    collections::BTreeSet,
    path::PathBuf,
    time::{Duration, Instant},
};

use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use futures_util::TryStreamExt as _;
use guildhall::{
    config::Config,
    infra::store::{Patience, Place, Store, Writer},
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::kit::{TestApp, s3::S3};

/// A store of each kind, and the folder in which what it keeps can be seen.
struct Case {
    store: Store,
    folder: PathBuf,
    s3: Option<S3>,
    _home: TempDir,
}

async fn both() -> [Case; 2] {
    [on_disk(), on_s3("a/b", Patience::default()).await]
}

fn on_disk() -> Case {
    let home = tempfile::tempdir().unwrap();
    let config = Config { data_dir: home.path().to_owned(), ..Config::default() };
    let store = Store::open(&config).unwrap();
    Case { store, folder: home.path().join("files"), s3: None, _home: home }
}

async fn on_s3(prefix: &str, patience: Patience) -> Case {
    let home = tempfile::tempdir().unwrap();
    let s3 = S3::start().await;
    let mut config = Config { data_dir: home.path().to_owned(), ..Config::default() };
    s3.set(&mut config, prefix);
    let store = Store::open_with(&config, patience).unwrap();
    Case { store, folder: s3.bucket().join(prefix), s3: Some(s3), _home: home }
}

fn blob(digit: char) -> Place {
    Place::Blob(digit.to_string().repeat(64))
}

/// Bytes that tell their place.
fn pattern(length: usize) -> Bytes {
    (0..length).map(|place| (place * 31 + place / 251).to_le_bytes()[0]).collect()
}

async fn kept(store: &Store, kind: &'static str) -> BTreeSet<(String, u64)> {
    let all: Vec<_> = store.list(kind).try_collect().await.unwrap();
    all.into_iter().map(|kept| (format!("{:?}", kept.place), kept.size)).collect()
}

async fn read(store: &Store, place: &Place, range: std::ops::Range<u64>) -> Option<Vec<u8>> {
    let pieces = store.read(place, range).await.unwrap()?;
    Some(pieces.try_collect::<Vec<_>>().await.unwrap().concat())
}

async fn push_all(writer: &mut Writer, bytes: &Bytes, piece: usize) {
    let mut rest = bytes.clone();
    while !rest.is_empty() {
        writer.push(rest.split_to(piece.min(rest.len()))).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_put_is_there_until_it_is_deleted() {
    for Case { store, .. } in both().await {
        store.check().await.unwrap();
        let bytes = pattern(100_000);
        store.put(&blob('a'), bytes.clone()).await.unwrap();
        assert_eq!(store.size(&blob('a')).await.unwrap(), Some(100_000));
        assert_eq!(store.bytes(&blob('a')).await.unwrap().unwrap(), bytes);
        for range in [0..100_000, 0..1, 99_999..100_000, 12_345..67_890] {
            let part = bytes.slice(range.start..range.end);
            let range = range.start.try_into().unwrap()..range.end.try_into().unwrap();
            assert_eq!(read(&store, &blob('a'), range).await.unwrap(), part);
        }
        assert_eq!(read(&store, &blob('a'), 5..5).await.unwrap(), b"");
        // In place of what was there.
        store.put(&blob('a'), pattern(7)).await.unwrap();
        assert_eq!(store.bytes(&blob('a')).await.unwrap().unwrap(), pattern(7));
        store.delete(&blob('a')).await.unwrap();
        assert_eq!(store.size(&blob('a')).await.unwrap(), None);
        store.check().await.unwrap();
    }
}

#[tokio::test]
async fn nothing_there_is_no_failure() {
    for Case { store, .. } in both().await {
        assert_eq!(store.size(&blob('a')).await.unwrap(), None);
        assert!(store.bytes(&blob('a')).await.unwrap().is_none());
        assert!(read(&store, &blob('a'), 0..10).await.is_none());
        assert!(read(&store, &blob('a'), 0..0).await.is_none());
        store.delete(&blob('a')).await.unwrap();
        for kind in [Place::BLOBS, Place::PARTS, Place::THUMBNAILS] {
            assert_eq!(kept(&store, kind).await.len(), 0);
        }
    }
}

#[tokio::test]
async fn what_comes_in_pieces_is_there_whole_and_only_once_it_is_finished() {
    for Case { store, .. } in both().await {
        let bytes = pattern(20_000_000);
        let mut writer = store.write(&blob('a'), 20_000_000).await.unwrap();
        push_all(&mut writer, &bytes, 999_983).await;
        assert_eq!(store.size(&blob('a')).await.unwrap(), None);
        assert_eq!(kept(&store, Place::BLOBS).await.len(), 0);
        writer.finish().await.unwrap();
        assert_eq!(store.size(&blob('a')).await.unwrap(), Some(20_000_000));
        assert!(store.bytes(&blob('a')).await.unwrap().unwrap() == bytes);
        let range = 8_388_600..16_777_300;
        assert!(read(&store, &blob('a'), 8_388_600..16_777_300).await.unwrap() == bytes[range]);

        // Nothing, and less than a part, are written the same way.
        for length in [0, 10] {
            let mut writer = store.write(&blob('b'), 10).await.unwrap();
            push_all(&mut writer, &pattern(length), 3).await;
            writer.finish().await.unwrap();
            assert_eq!(store.bytes(&blob('b')).await.unwrap().unwrap(), pattern(length));
        }
        // What is there stays as it is until the new is whole.
        let mut writer = store.write(&blob('b'), 50).await.unwrap();
        push_all(&mut writer, &pattern(50), 50).await;
        assert_eq!(store.size(&blob('b')).await.unwrap(), Some(10));
        writer.finish().await.unwrap();
        assert_eq!(store.size(&blob('b')).await.unwrap(), Some(50));
    }
}

#[tokio::test]
async fn what_is_given_up_leaves_nothing() {
    for case in both().await {
        let Case { store, folder, s3, .. } = &case;
        let left = || match s3 {
            Some(s3) => s3.unfinished(),
            None => files_in(folder).len(),
        };
        let mut writer = store.write(&blob('a'), 9_000_000).await.unwrap();
        push_all(&mut writer, &pattern(9_000_000), 1_000_000).await;
        assert_ne!(left(), 0, "it was begun");
        writer.abort().await.unwrap();
        assert_eq!(store.size(&blob('a')).await.unwrap(), None);
        assert_eq!(left(), 0);

        // Whoever sent it went away, and nobody says so.
        let mut writer = store.write(&blob('a'), 9_000_000).await.unwrap();
        push_all(&mut writer, &pattern(9_000_000), 1_000_000).await;
        drop(writer);
        let start = Instant::now();
        while left() != 0 {
            assert!(start.elapsed() < Duration::from_secs(10), "it is thrown away");
            tokio::task::yield_now().await;
        }
        assert_eq!(store.size(&blob('a')).await.unwrap(), None);
    }
}

#[tokio::test]
async fn each_kind_is_listed_by_itself_and_what_others_put_there_is_passed_over() {
    for Case { store, folder, .. } in both().await {
        let part = Place::Part(Uuid::from_u128(7));
        let thumbnail = Place::Thumbnail("c".repeat(64), "w40.webp".to_owned());
        store.put(&blob('a'), pattern(1)).await.unwrap();
        store.put(&blob('b'), pattern(2)).await.unwrap();
        store.put(&part, pattern(3)).await.unwrap();
        store.put(&thumbnail, pattern(4)).await.unwrap();
        let foreign = [
            "blobs/readme.txt".to_owned(),
            "blobs/aa/readme.txt".to_owned(),
            format!("blobs/ff/{}", "a".repeat(64)),
            format!("blobs/AA/{}", "A".repeat(64)),
            format!("blobs/aa/{}/more", "d".repeat(64)),
            "parts/not-a-key".to_owned(),
            "parts/00000000-0000-0000-0000-000000000008".to_owned(),
            "parts-of-others/1".to_owned(),
            format!("thumbnails/cc/{}", "c".repeat(64).to_uppercase()),
            "elsewhere/file".to_owned(),
        ];
        for path in &foreign {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"of others").unwrap();
        }
        let shown = |places: &[(&Place, u64)]| -> BTreeSet<(String, u64)> {
            places.iter().map(|(place, size)| (format!("{place:?}"), *size)).collect()
        };
        let blobs = shown(&[(&blob('a'), 1), (&blob('b'), 2)]);
        assert_eq!(kept(&store, Place::BLOBS).await, blobs);
        assert_eq!(kept(&store, Place::PARTS).await, shown(&[(&part, 3)]));
        assert_eq!(kept(&store, Place::THUMBNAILS).await, shown(&[(&thumbnail, 4)]));
        let mut list = store.list(Place::PARTS);
        let age = Utc::now() - list.try_next().await.unwrap().unwrap().at;
        assert!(age < TimeDelta::minutes(1) && age > TimeDelta::minutes(-1), "{age}");
        for path in &foreign {
            assert_eq!(std::fs::read(folder.join(path)).unwrap(), b"of others", "{path}");
        }
    }
}

#[tokio::test]
async fn more_than_a_page_of_a_list_is_listed() {
    let Case { store, folder, s3, .. } = on_s3("", Patience::default()).await;
    std::fs::create_dir_all(folder.join("parts")).unwrap();
    for number in 0..1_203 {
        let name = Uuid::from_u128(number).simple().to_string();
        std::fs::write(folder.join("parts").join(name), b"x").unwrap();
    }
    assert_eq!(kept(&store, Place::PARTS).await.len(), 1_203);
    assert_eq!(s3.unwrap().asked().len(), 2);
}

#[tokio::test]
async fn communities_share_a_bucket_under_names_of_their_own() {
    let s3 = S3::start().await;
    let [one, other, all] = ["one", "one-more", ""].map(|prefix| {
        let mut config = Config::default();
        s3.set(&mut config, prefix);
        Store::open(&config).unwrap()
    });
    one.put(&blob('a'), pattern(1)).await.unwrap();
    let mut writer = one.write(&blob('b'), 2).await.unwrap();
    push_all(&mut writer, &pattern(2), 1).await;
    writer.finish().await.unwrap();
    let paths = files_in(&s3.bucket());
    let path = |digit: &str| format!("one/blobs/{}/{}", digit.repeat(2), digit.repeat(64));
    assert_eq!(paths, BTreeSet::from([path("a"), path("b")]));
    assert_eq!(kept(&one, Place::BLOBS).await.len(), 2);
    for stranger in [&other, &all] {
        assert_eq!(kept(stranger, Place::BLOBS).await.len(), 0);
        assert_eq!(stranger.size(&blob('a')).await.unwrap(), None);
        stranger.delete(&blob('a')).await.unwrap();
    }
    assert_eq!(one.size(&blob('a')).await.unwrap(), Some(1));
}

#[tokio::test]
async fn what_was_never_finished_on_a_disk_is_cleared_once_it_is_old() {
    let Case { store, folder, .. } = on_disk();
    store.put(&blob('a'), pattern(5)).await.unwrap();
    let mut writer = store.write(&blob('a'), 9_000_000).await.unwrap();
    push_all(&mut writer, &pattern(9_000_000), 9_000_000).await;
    // As the power failed.
    std::mem::forget(writer);
    let begun = format!("blobs/aa/{}#1", "a".repeat(64));
    assert!(files_in(&folder).contains(&begun));
    assert_eq!(kept(&store, Place::BLOBS).await.len(), 1);
    let hour = TimeDelta::hours(1);
    assert_eq!(store.clear_unfinished(Utc::now() - hour).await.unwrap(), 0);
    assert!(files_in(&folder).contains(&begun));
    assert_eq!(store.clear_unfinished(Utc::now() + hour).await.unwrap(), 1);
    assert_eq!(files_in(&folder), BTreeSet::from([format!("blobs/aa/{}", "a".repeat(64))]));
    assert_eq!(store.bytes(&blob('a')).await.unwrap().unwrap(), pattern(5));
}

#[tokio::test]
async fn an_app_keeps_its_files_where_it_is_told_to() {
    let s3 = S3::start().await;
    let app = TestApp::with(|config| s3.set(config, "files")).await;
    app.app.store.put(&blob('a'), pattern(10)).await.unwrap();
    assert_eq!(files_in(&s3.bucket()).len(), 1);
    assert!(!app.app.config.data_dir.join("files").exists());
    let app = TestApp::new().await;
    app.app.store.put(&blob('a'), pattern(10)).await.unwrap();
    assert_eq!(files_in(&app.app.config.data_dir.join("files")).len(), 1);
}

/// The paths of the files below a folder.
fn files_in(root: &std::path::Path) -> BTreeSet<String> {
    let (mut folders, mut files) = (vec![root.to_owned()], BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    files
}
