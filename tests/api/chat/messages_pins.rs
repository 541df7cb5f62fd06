//! Pins.

use chrono::TimeDelta;
use guildhall::{
    Actor::Guest,
    entity::conversation::{Kind, Visibility},
    scope::Scope,
};
use serde_json::json;

use super::messages_kit::{PIN, answer, hall, room_row, say, seat, show, talk, thread, told};
use crate::kit::TestApp;

#[tokio::test]
async fn a_pin_is_told_in_the_conversation_and_twice_is_once() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let first = say(app, &hall.ada, room, "first").await;
    let second = say(app, &hall.ada, room, "second").await;
    let third = thread(app, &hall.ada, room, &first, "in a thread").await;
    let before = (room_row(app, room).await, seat(app, room, &hall.moderator).await);
    for id in [&second, &first, &third] {
        app.app.clock.advance(TimeDelta::seconds(1));
        app.run_with(&hall.moderator, PIN, json!({ "id": id })).await.done();
    }
    let run = app.run_with(&hall.owner, PIN, json!({ "id": first, "pinned": true })).await.done();
    assert_eq!(run.at("messagePin.message.pinnedAt"), "2026-05-04T09:30:02.000Z");
    let fields = "pinned { id author { handle } } messages { nodes { messageKind body { html } author { handle }
        replyTo { id } } }";
    let run = show(app, &hall.eve, room, fields).await.ok();
    assert_eq!(run.list("node.pinned", "id"), [third.clone(), first.clone(), second.clone()]);
    let line = json!({ "messageKind": "PINNED", "body": null, "author": { "handle": "mona" },
        "replyTo": { "id": second } });
    assert_eq!(run.at("node.messages.nodes.2"), &line);
    assert_eq!(run.at("node.messages.nodes").as_array().unwrap().len(), 5);
    let now = room_row(app, room).await;
    assert_eq!((now.last_position, now.last_number), (6, before.0.last_number), "it is no news");
    assert_eq!(now.latest, before.0.latest);
    assert_eq!(seat(app, room, &hall.moderator).await, before.1);

    for _ in 0..2 {
        app.run_with(&hall.moderator, PIN, json!({ "id": second, "pinned": false })).await.done();
    }
    let run = show(app, &hall.eve, room, "pinned { id } messages { nodes { id } }").await.ok();
    assert_eq!(run.list("node.pinned", "id"), [third, first]);
    assert_eq!(run.at("node.messages.nodes").as_array().unwrap().len(), 5, "a pin goes silently");
    let expected = [
        "message_added 4",
        "message_changed 2",
        "message_added 5",
        "message_changed 1",
        "message_added 6",
        "message_changed 3",
        "message_changed 2",
    ];
    assert_eq!(told(app, room).await[4..], expected);
}

#[tokio::test]
async fn moderators_pin_in_channels_and_everybody_elsewhere() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let id = say(app, &hall.ada, room, "first").await;
    for pinned in [true, false] {
        let input = json!({ "id": id, "pinned": pinned });
        for who in [&hall.ada, &hall.bob, &hall.eve, &hall.staff] {
            let run = app.refuses(who, PIN, input.clone()).await;
            assert_eq!(run.refusals(), ["FORBIDDEN id"]);
        }
        assert_eq!(app.refuses(&Guest, PIN, input.clone()).await.error_code(), "UNAUTHENTICATED");
        let reader = app.by_token(hall.owner, &[Scope::ReadChat]);
        assert_eq!(app.refuses(&reader, PIN, input.clone()).await.error_code(), "SCOPE_MISSING");
        app.run_with(&hall.owner, PIN, input).await.done();
    }
    for kind in [Kind::Direct, Kind::Circle] {
        let talk = talk(app, kind, &[&hall.ada, &hall.bob]).await;
        let id = say(app, &hall.ada, &talk, "first").await;
        app.run_with(&hall.bob, PIN, json!({ "id": id })).await.done();
        let run = app.refuses(&hall.eve, PIN, json!({ "id": id, "pinned": false })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND id"]);
        app.run_with(&hall.ada, PIN, json!({ "id": id, "pinned": false })).await.done();
    }
}

#[tokio::test]
async fn fifty_messages_are_pinned_at_most() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let room = talk(&app, Kind::Circle, &[&ada, &bob]).await;
    let mut ids = Vec::new();
    for n in 0..51 {
        ids.push(say(&app, &ada, &room, &format!("message {n}")).await);
    }
    for id in &ids[..50] {
        app.run_with(&ada, PIN, json!({ "id": id })).await.done();
    }
    let run = app.refuses(&ada, PIN, json!({ "id": ids[50] })).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED id"]);
    let run = show(&app, &bob, &room, "pinned { id }").await.ok();
    assert_eq!(run.at("node.pinned").as_array().unwrap().len(), 50);
    app.act(&ada, "messageDelete", &ids[0]).await.done();
    app.run_with(&ada, PIN, json!({ "id": ids[50] })).await.done();
    answer(&app, &bob, &room, &ids[50], "good").await;
}
