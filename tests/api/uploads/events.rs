//! What the owner of an upload hears of it.

use guildhall::{Actor::Guest, scope::Scope};
use serde_json::{Value, json};

use crate::{
    kit::{TestApp, key, lines},
    tus::{Tus, door},
};

const EVENTS: &str = "subscription($id: ID!, $after: EventCursor) { uploadEvents(id: $id, after: $after) {
    __typename ... on StreamReady { cursor replayed } ... on StreamReset { reason cursor }
    ... on UploadChanged { cursor at upload { id received uploadState failure file { name } } } } }";

/// Where an upload stood when an event was told.
fn stands(event: &Value) -> String {
    let upload = &event["upload"];
    format!("{} {}", upload["uploadState"].as_str().unwrap_or_default(), upload["received"])
}

#[tokio::test]
async fn the_owner_hears_of_each_part_until_there_is_a_file() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let bytes = lines(1, 12 * 1024 * 1024);
    let tus = Tus::start(&door, &ada, &bytes, json!({ "name": "a.txt" })).await;
    let mut follower = app.follow(&ada, EVENTS, json!({ "id": tus.id })).await;
    let ready = follower.ready().await;
    assert_eq!(tus.send(0, &bytes).await.status, 204);
    let events = follower.take(4).await;
    assert_eq!(events.len(), 4);
    let last = &events[3]["upload"];
    assert_eq!(stands(&events[3]), "READY 12582912");
    assert_eq!(last["file"]["name"], "a.txt");
    follower.hears_nothing().await;

    let mut again =
        app.follow(&ada, EVENTS, json!({ "id": tus.id, "after": events[2]["cursor"] })).await;
    assert_eq!(stands(&again.next().await), "READY 12582912");
    assert_eq!(again.next().await["replayed"], 1);
    let mut whole = app.follow(&ada, EVENTS, json!({ "id": tus.id, "after": ready })).await;
    assert_eq!(whole.take(4).await.len(), 4);
    assert_eq!(whole.next().await["replayed"], 4);
}

#[tokio::test]
async fn the_owner_hears_of_each_part_as_it_is_safe() {
    let door = door().await;
    let app = &door.test;
    let ada = app.member("ada").await;
    let bytes = lines(1, 900);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    let mut follower = app.follow(&ada, EVENTS, json!({ "id": tus.id })).await;
    follower.ready().await;
    assert_eq!(tus.send(0, &bytes[..500]).await.status, 204);
    assert_eq!(stands(&follower.next().await), "RECEIVING 500");
    assert_eq!(tus.send(500, &bytes[500..600]).await.status, 204);
    assert_eq!(stands(&follower.next().await), "RECEIVING 600");
    assert_eq!(tus.send(500, &bytes[500..]).await.status, 409);
    follower.hears_nothing().await;
}

#[tokio::test]
async fn who_aborts_hears_the_end() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let run = app.start_upload(&ada, 100, json!({})).await.done();
    let id = run.text("uploadStart.upload.id").to_owned();
    let mut follower = app.follow(&ada, EVENTS, json!({ "id": id })).await;
    follower.ready().await;
    app.act(&ada, "uploadAbort", &id).await.done();
    let reset = follower.next().await;
    assert_eq!(reset["reason"], "ACCESS_CHANGED", "{reset:#}");
    follower.ends().await;
}

#[tokio::test]
async fn nobody_else_hears_of_an_upload() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let admin = app.with_role("root", guildhall::entity::account::Role::Admin).await;
    let run = app.start_upload(&ada, 100, json!({})).await.done();
    let id = run.text("uploadStart.upload.id").to_owned();
    let refused = async |actor: &guildhall::Actor, id: &str| {
        app.open(actor, EVENTS, json!({ "id": id })).await.unwrap_err()
    };
    for other in [&grace, &admin] {
        assert_eq!(refused(other, &id).await, "BAD_REQUEST");
    }
    assert_eq!(refused(&Guest, &id).await, "UNAUTHENTICATED");
    assert_eq!(refused(&ada, "upload_").await, "BAD_REQUEST");
    let token = app.by_token(ada, &[Scope::ReadPublic]);
    assert_eq!(refused(&token, &id).await, "SCOPE_MISSING");
    let opened = app.open(&ada, EVENTS, json!({ "id": id })).await.unwrap();
    let stream = guildhall::streams::Stream::upload(key("upload", &id));
    assert_eq!(opened.topic.stream, stream);
    let actors = [ada, grace, Guest, token];
    let hears = (opened.topic.hears)(&app.app, stream.id, &actors);
    assert_eq!(hears.await.unwrap(), [true, false, false, false]);
}
