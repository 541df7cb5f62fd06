//! Smaller pictures: what is made, how it is said, what is kept.

use futures_util::{StreamExt as _, future::join_all};
use guildhall::{
    Actor,
    entity::file::Visibility,
    infra::store::{Kept, Place},
};
use serde_json::json;

use super::{Got, get};
use crate::{
    door::Door,
    kit::{Stored, TestApp, picture},
};

async fn kept(app: &TestApp) -> Vec<Kept> {
    app.app.store.list(Place::THUMBNAILS).map(Result::unwrap).collect().await
}

fn decoded(got: &Got) -> image::DynamicImage {
    image::load_from_memory(&got.bytes).unwrap()
}

async fn thumbnail(door: &Door, actor: &Actor, id: &str, arguments: &str, accept: &str) -> Got {
    let link = door.test.field(actor, id, &format!("thumbnail({arguments})")).await;
    Got::of(door.get(&link).header("accept", accept)).await
}

const BROWSER: &str = "image/avif,image/webp,image/png,*/*;q=0.8";

#[tokio::test]
async fn a_picture_is_made_as_it_is_asked_for() {
    let door = Door::open().await;
    let ada = door.test.member("ada").await;
    let id = door.test.keep(&ada, &Stored::png("Meer.png", 64, 32)).await;
    for (arguments, size, media_type) in [
        ("width: 16", (16, 8), "image/webp"),
        ("width: 16, height: 16", (16, 16), "image/webp"),
        ("width: 16, height: 16, fit: CONTAIN, format: PNG", (16, 8), "image/png"),
        ("width: 128, format: JPEG", (128, 64), "image/jpeg"),
        ("width: 128, fit: SCALE_DOWN, format: WEBP", (64, 32), "image/webp"),
    ] {
        let got = thumbnail(&door, &ada, &id, arguments, BROWSER).await;
        assert_eq!((got.status, got.header("content-type")), (200, media_type), "{arguments}");
        let small = decoded(&got);
        assert_eq!((small.width(), small.height()), size, "{arguments}");
        let ending = media_type.trim_start_matches("image/");
        let disposition = format!("inline; filename=\"Meer.{ending}\"");
        assert_eq!(got.header("content-disposition"), disposition);
        assert_eq!(got.header("content-security-policy"), "sandbox; default-src 'none'");
        assert_eq!(got.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert_eq!(got.header("cache-control"), "private, max-age=600, immutable");
        assert_eq!(got.header("content-length"), got.bytes.len().to_string());
        assert_eq!(got.header("accept-ranges"), "bytes");
        let vary: Vec<_> = got.headers.get_all("vary").iter().collect();
        let varies = !arguments.contains("format");
        assert_eq!(vary.iter().any(|value| *value == "accept"), varies, "{vary:?}");
    }
}

#[tokio::test]
async fn left_to_it_a_picture_is_what_the_client_takes() {
    let door = Door::open().await;
    let ada = door.test.member("ada").await;
    let opaque = door.test.keep(&ada, &Stored::png("a.png", 8, 8)).await;
    let glass = Stored { bytes: picture(8, 8, 100), ..Stored::png("a.png", 8, 8) };
    let glass = door.test.keep(&ada, &glass).await;
    let mut tags = Vec::new();
    for (id, accept, media_type) in [
        (&opaque, BROWSER, "image/webp"),
        (&opaque, "IMAGE/WEBP", "image/webp"),
        (&opaque, "*/*", "image/jpeg"),
        (&opaque, "image/*", "image/jpeg"),
        (&opaque, "image/webp;q=0, */*", "image/jpeg"),
        (&glass, BROWSER, "image/webp"),
        (&glass, "*/*", "image/png"),
    ] {
        let got = thumbnail(&door, &ada, id, "width: 4", accept).await;
        assert_eq!(got.header("content-type"), media_type, "{accept}");
        tags.push(got.header("etag").to_owned());
    }
    assert_eq!(tags[0], tags[1]);
    assert_eq!(tags[2], tags[3]);
    assert_ne!(tags[0], tags[2], "two formats are two pictures");
    // Another server, which has made none of them, tells the same.
    let twin = door.beside(guildhall::server::Patience::default()).await;
    let got = thumbnail(&twin, &ada, &glass, "width: 4", "*/*").await;
    assert_eq!((got.header("content-type"), got.header("etag")), ("image/png", tags[6].as_str()));
    assert_eq!(kept(&door.test).await.len(), 4);
}

#[tokio::test]
async fn a_picture_is_made_once_and_kept() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::png("a.png", 400, 400)).await;
    let link = app.field(&ada, &id, "thumbnail(width: 100, format: PNG)").await;
    assert_eq!(kept(app).await.len(), 0, "asking for the link makes nothing");
    let all = join_all((0..16).map(|_| get(&door, &link))).await;
    assert!(all.iter().all(|got| got.status == 200 && got.bytes == all[0].bytes));
    let [first] = kept(app).await.try_into().unwrap();
    assert_eq!(first.size, u64::try_from(all[0].bytes.len()).unwrap());
    // What is kept is what is served: here it is another.
    let other = picture(100, 100, 255);
    app.app.store.put(&first.place, other.clone().into()).await.unwrap();
    let twin = door.beside(guildhall::server::Patience::default()).await;
    assert_eq!(get(&twin, &link).await.bytes, other);
    assert_eq!(get(&door, &link).await.bytes, other);
    // What was swept away is made again.
    app.app.store.delete(&first.place).await.unwrap();
    assert_eq!(get(&door, &link).await.bytes, all[0].bytes);
    assert_eq!(kept(app).await.len(), 1);
    let part = Got::of(door.get(&link).header("range", "bytes=1-3")).await;
    assert_eq!((part.status, part.bytes), (206, b"PNG".to_vec()));
    let known = door.get(&link).header("if-none-match", all[0].header("etag"));
    assert_eq!(Got::of(known).await.status, 304);
}

#[tokio::test]
async fn the_focus_stays_in_sight() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::png("a.png", 100, 10)).await;
    let update = "mutation($id: ID!, $x: Float!) { fileUpdate(id: $id, input: { focusX: $x }) { userErrors { code path } } }";
    for (x, red) in [(0.0, true), (1.0, false)] {
        app.run_with(&ada, update, json!({ "id": id, "x": x })).await.done();
        let got = thumbnail(&door, &ada, &id, "width: 10, height: 10, format: PNG", "*/*").await;
        let pixel = decoded(&got).to_rgba8().get_pixel(5, 5).0;
        assert_eq!(pixel, if red { [255, 0, 0, 255] } else { [0, 0, 255, 255] });
    }
}

#[tokio::test]
async fn a_small_picture_dies_with_its_link_and_its_file() {
    let door = Door::open().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let private = app.keep(&ada, &Stored::png("a.png", 8, 8)).await;
    let public = app.keep(&ada, &Stored::png("b.png", 9, 9).with(Visibility::Public)).await;
    let of_private = app.field(&ada, &private, "thumbnail(width: 4)").await;
    let of_public = app.field(&Actor::Guest, &public, "thumbnail(width: 4)").await;
    let got = get(&door, &of_public).await;
    assert_eq!(got.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(get(&door, &of_private).await.status, 200);
    app.app.clock.advance(chrono::TimeDelta::minutes(10));
    assert_eq!(get(&door, &of_private).await.status, 410);
    assert_eq!(get(&door, &of_public).await.status, 200);
    let hide = "mutation($id: ID!) { fileUpdate(id: $id, input: { visibility: MEMBERS }) { userErrors { code path } } }";
    app.run_with(&ada, hide, json!({ "id": public })).await.done();
    assert_eq!(get(&door, &of_public).await.status, 404);
}

#[tokio::test]
async fn no_picture_has_more_than_a_hundred_small_ones() {
    let door = Door::open().await;
    let ada = door.test.member("ada").await;
    let id = door.test.keep(&ada, &Stored::png("Meer.png", 8, 8)).await;
    for width in 1..=103 {
        let got = thumbnail(&door, &ada, &id, &format!("width: {width}, format: PNG"), "*/*").await;
        assert_eq!(got.status, 200);
    }
    assert_eq!(kept(&door.test).await.len(), 100);
    // What was thrown away is made again.
    let got = thumbnail(&door, &ada, &id, "width: 1, format: PNG", "*/*").await;
    assert_eq!((got.status, decoded(&got).width()), (200, 1));
}
