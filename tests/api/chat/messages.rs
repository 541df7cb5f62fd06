//! Sending messages: what is kept and counted, and who may not.

use futures_util::future::join_all;
use guildhall::{
    Actor::Guest,
    entity::{
        conversation::{Kind, Visibility},
        message,
    },
    graph::encode,
    scope::Scope,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::messages_kit::{
    SEND, answer, archive, hall, input, leave, room_row, row, say, seat, show, talk, told,
};
use crate::kit::{TestApp, block, key, write_post};

#[tokio::test]
async fn what_is_said_stands_last_and_is_counted() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let first = say(app, &hall.ada, room, "hello **all**").await;
    let second = say(app, &hall.bob, room, "hi").await;

    let run = show(app, &hall.eve, room, "messages { nodes { id body { source html text } author { handle }
        conversation { id } messageKind createdAt editedAt deletedAt pinnedAt replyTo { id } threadRoot { id }
        replyCount lastReplyAt reactionCount reactions { count } revisions { nodes { id } } viewer { isAuthor } } }")
        .await
        .ok();
    let expected = json!({ "id": first, "body": { "source": "hello **all**",
            "html": "<p>hello <strong>all</strong></p>", "text": "hello all" },
        "author": { "handle": "ada" }, "conversation": { "id": room }, "messageKind": "TEXT",
        "createdAt": "2026-05-04T09:30:00.000Z", "editedAt": null, "deletedAt": null, "pinnedAt": null,
        "replyTo": null, "threadRoot": null, "replyCount": 0, "lastReplyAt": null, "reactionCount": 0,
        "reactions": [], "revisions": { "nodes": [] }, "viewer": { "isAuthor": false } });
    assert_eq!(run.at("node.messages.nodes.0"), &expected);
    assert_eq!(run.list("node.messages.nodes", "id"), [first.clone(), second.clone()]);

    let now = room_row(app, room).await;
    assert_eq!((now.last_position, now.last_number, now.latest), (2, 2, key("message", &second)));
    let (ada, bob, mona) = (
        seat(app, room, &hall.ada).await,
        seat(app, room, &hall.bob).await,
        seat(app, room, &hall.moderator).await,
    );
    let read = |seat: &guildhall::entity::conversation_member::Model| {
        (seat.read_position, seat.read_number, seat.read_at.is_some())
    };
    assert_eq!([read(&ada), read(&bob), read(&mona)], [(1, 1, true), (2, 2, true), (0, 0, false)]);
    assert_eq!(told(app, room).await, ["message_added 1", "message_added 2"]);
    assert_eq!((row(app, &second).await.position, row(app, &second).await.number), (2, 2));
}

#[tokio::test]
async fn who_is_not_in_a_conversation_does_not_write_there() {
    for visibility in [Visibility::Public, Visibility::Private] {
        let hall = hall(visibility).await;
        let app = &hall.app;
        let said = || input(&hall.room, "hello");
        let outside = match visibility {
            Visibility::Public => "FORBIDDEN input.conversation",
            Visibility::Private => "NOT_FOUND input.conversation",
        };
        for outsider in [&hall.eve, &hall.staff] {
            assert_eq!(app.refuses(outsider, SEND, said()).await.refusals(), [outside]);
        }
        assert_eq!(app.refuses(&Guest, SEND, said()).await.error_code(), "UNAUTHENTICATED");
        let reader = app.by_token(hall.ada, &[Scope::ReadChat, Scope::WriteSocial]);
        assert_eq!(app.refuses(&reader, SEND, said()).await.error_code(), "SCOPE_MISSING");
        let blind = app.by_token(hall.ada, &[Scope::WriteChat]);
        let unseen = ["NOT_FOUND input.conversation"];
        assert_eq!(app.refuses(&blind, SEND, said()).await.refusals(), unseen);
        let token = app.by_token(hall.ada, &[Scope::ReadChat, Scope::WriteChat]);
        for insider in [&hall.owner, &hall.moderator, &hall.ada, &token] {
            app.run_with(insider, SEND, said()).await.done();
        }
        leave(app, &hall.room, &hall.ada).await;
        assert_eq!(app.refuses(&hall.ada, SEND, said()).await.refusals(), [outside]);
        archive(app, &hall.room).await;
        let archived = ["FORBIDDEN input.conversation"];
        assert_eq!(app.refuses(&hall.owner, SEND, said()).await.refusals(), archived);
    }
}

#[tokio::test]
async fn what_is_no_conversation_is_not_written_to() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let unknown = encode("conversation", app.app.clock.key()).to_string();
    for id in [post.as_str(), &unknown, "", "conversation_x", "💥"] {
        let run = app.refuses(&ada, SEND, input(id, "hello")).await;
        assert_eq!(run.refusals(), ["NOT_FOUND input.conversation"], "{id}");
    }
}

#[tokio::test]
async fn who_blocked_or_is_blocked_does_not_write_to_the_other_alone() {
    let app = TestApp::new().await;
    let (ada, bob, cleo) =
        (app.member("ada").await, app.member("bob").await, app.member("cleo").await);
    let direct = talk(&app, Kind::Direct, &[&ada, &bob]).await;
    let other = talk(&app, Kind::Direct, &[&ada, &cleo]).await;
    let circle = talk(&app, Kind::Circle, &[&ada, &bob, &cleo]).await;
    say(&app, &ada, &direct, "before").await;
    block(&app, &ada, &bob).await;
    for who in [&ada, &bob] {
        let run = app.refuses(who, SEND, input(&direct, "after")).await;
        assert_eq!(run.refusals(), ["BLOCKED input.conversation"]);
        say(&app, who, &circle, "with others").await;
    }
    say(&app, &ada, &other, "to another").await;
    let viewer = "messages { nodes { viewer { isAuthorBlocked canReply canReact canEdit canPin canDelete } } }";
    let run = show(&app, &ada, &direct, viewer).await.ok();
    let expected = json!({ "isAuthorBlocked": false, "canReply": false, "canReact": false,
        "canEdit": false, "canPin": false, "canDelete": true });
    assert_eq!(run.at("node.messages.nodes.0.viewer"), &expected);
    let run = show(&app, &ada, &circle, viewer).await.ok();
    let blocked = |at: usize| run.at(&format!("node.messages.nodes.{at}.viewer.isAuthorBlocked"));
    assert_eq!([blocked(0), blocked(1)], [false, true]);
    let run = show(&app, &bob, &circle, viewer).await.ok();
    assert_eq!(
        run.at("node.messages.nodes.0.viewer.isAuthorBlocked"),
        false,
        "the blocked do not notice"
    );
}

#[tokio::test]
async fn a_message_has_one_to_four_thousand_characters() {
    let hall = hall(Visibility::Public).await;
    let (app, ada) = (&hall.app, &hall.ada);
    let longest = "ä".repeat(4_000);
    for (body, refusal) in [
        ("", "REQUIRED"),
        (" \n ", "REQUIRED"),
        ("\u{200b}", "REQUIRED"),
        ("[a]: https://example.org", "REQUIRED"),
        ("a\u{0}", "INVALID"),
        (&format!("{longest}b"), "TOO_LONG"),
    ] {
        let run = app.refuses(ada, SEND, input(&hall.room, body)).await;
        assert_eq!(run.refusals(), [format!("{refusal} input.body")], "{body:.20}");
    }
    let run = app.refuses(ada, SEND, input(&hall.room, &format!("{longest}b"))).await;
    let error = run.at("messageSend.userErrors.0").clone();
    assert_eq!([&error["max"], &error["actual"]], [4_000.0, 4_001.0]);
    say(app, ada, &hall.room, &longest).await;
}

#[tokio::test]
async fn the_same_client_key_answers_the_first_message_again() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let with = |body: &str, key: &str| json!({ "input": { "conversation": room, "body": body, "clientKey": key } });
    let first = app.run_with(&hall.ada, SEND, with("one", "k")).await.done();
    let before = app.contents().await;
    let again = app.run_with(&hall.ada, SEND, with("two", "k")).await.done();
    assert_eq!(again.data, first.data);
    assert!(before == app.contents().await, "nothing more was written");
    let other = app.run_with(&hall.bob, SEND, with("three", "k")).await.done();
    assert_ne!(other.data, first.data, "the key is the caller's own");
    let run =
        show(app, &hall.eve, room, "messages { nodes { clientKey body { source } } }").await.ok();
    assert_eq!(run.list("node.messages.nodes", "clientKey"), ["k", "k"]);
    assert_eq!(run.list("node.messages.nodes", "body.source"), ["one", "three"]);

    for bad in ["", &"x".repeat(101), "a\nb"] {
        let run = app.refuses(&hall.ada, SEND, with("hello", bad)).await;
        assert_eq!(run.refusals(), ["INVALID input.clientKey"], "{bad}");
    }
    let create = "mutation { postCreate(input: { body: \"hi\", clientKey: \"post\" }) { userErrors { code path } } }";
    app.run(&hall.ada, create).await.done();
    let run = app.refuses(&hall.ada, SEND, with("hello", "post")).await;
    assert_eq!(run.refusals(), ["DUPLICATE input.clientKey"]);
    let run = app
        .run_with(&hall.ada, SEND, json!({ "input": { "conversation": room, "body": "a" } }))
        .await;
    assert_eq!(run.error_code(), "BAD_VARIABLES", "a key is required");

    leave(app, room, &hall.ada).await;
    let run = app.run_with(&hall.ada, SEND, with("one", "k")).await.done();
    assert_eq!(run.data, first.data, "what may still be read is answered");
}

#[tokio::test]
async fn twenty_sends_with_one_key_make_one_message() {
    let hall = hall(Visibility::Private).await;
    let (app, room) = (&hall.app, &hall.room);
    let input =
        || json!({ "input": { "conversation": room, "body": "once", "clientKey": "same" } });
    let runs = join_all((0..20).map(|_| app.run_with(&hall.ada, SEND, input()))).await;
    let ids: Vec<Value> =
        runs.into_iter().map(|run| run.done().at("messageSend.message.id").clone()).collect();
    assert!(ids.iter().all(|id| id == &ids[0] && id.is_string()), "{ids:?}");
    let here = message::Column::ConversationId.eq(key("conversation", room));
    assert_eq!(app.count::<message::Entity>(here).await, 1);
    assert_eq!(told(app, room).await, ["message_added 1"]);
    assert_eq!(room_row(app, room).await.last_number, 1);
}

#[tokio::test]
async fn a_message_answers_another_of_its_conversation() {
    let hall = hall(Visibility::Private).await;
    let (app, room) = (&hall.app, &hall.room);
    let asked = say(app, &hall.ada, room, "well?").await;
    let answered = answer(app, &hall.bob, room, &asked, "yes").await;
    let fields = "messages { nodes { id replyTo { id body { source } author { handle } } } }";
    let run = show(app, &hall.ada, room, fields).await.ok();
    let expected = json!([
        { "id": asked, "replyTo": null },
        { "id": answered, "replyTo": { "id": asked, "body": { "source": "well?" }, "author": { "handle": "ada" } } },
    ]);
    assert_eq!(run.at("node.messages.nodes"), &expected);

    let elsewhere = talk(app, Kind::Circle, &[&hall.ada, &hall.eve]).await;
    let there = say(app, &hall.ada, &elsewhere, "elsewhere").await;
    let gone = say(app, &hall.ada, room, "gone").await;
    app.act(&hall.ada, "messageDelete", &gone).await.done();
    app.run_with(&hall.moderator, super::messages_kit::PIN, json!({ "id": asked })).await.done();
    let pinned = show(app, &hall.ada, room, "lastMessage { id }").await.ok();
    let pinned = pinned.text("node.lastMessage.id").to_owned();
    for field in ["replyTo", "threadRoot"] {
        for (id, refusal) in [
            (there.as_str(), "NOT_FOUND"),
            (&gone, "NOT_FOUND"),
            (room, "NOT_FOUND"),
            ("message_x", "NOT_FOUND"),
            (&pinned, "INVALID"),
        ] {
            let mut input = input(room, "hello");
            input["input"][field] = json!(id);
            let run = app.refuses(&hall.bob, SEND, input).await;
            assert_eq!(run.refusals(), [format!("{refusal} input.{field}")], "{id}");
        }
    }
}

#[tokio::test]
async fn a_private_conversation_is_read_by_who_is_in_it_alone() {
    let hall = hall(Visibility::Private).await;
    let (app, room) = (&hall.app, &hall.room);
    let message = say(app, &hall.ada, room, "secret").await;
    app.run_with(
        &hall.ada,
        super::messages_kit::UPDATE,
        json!({ "id": message, "body": "hidden" }),
    )
    .await
    .done();
    let run =
        show(app, &hall.bob, room, "messages { nodes { revisions { nodes { id } } } }").await.ok();
    let revision = run.text("node.messages.nodes.0.revisions.nodes.0.id").to_owned();
    let query =
        "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Message { body { source } } } }";
    let ids = json!({ "ids": [room, message, revision] });
    let run = app.run_with(&hall.bob, query, ids.clone()).await.ok();
    assert_eq!(run.at("nodes.1.body.source"), "hidden");
    assert_eq!(run.list("nodes", "id"), [room.clone(), message.clone(), revision]);
    let token = app.by_token(hall.bob, &[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteChat]);
    let admin = app.with_role("root", guildhall::entity::account::Role::Admin).await;
    for outsider in [&hall.eve, &hall.staff, &admin, &Guest, &token] {
        let run = app.run_with(outsider, query, ids.clone()).await.ok();
        assert_eq!(run.at("nodes"), &json!([null, null, null]), "{outsider:?}");
    }
}
