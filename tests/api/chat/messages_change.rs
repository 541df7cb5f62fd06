//! Changing and deleting messages: who may, what is kept, and what goes.

use guildhall::{
    Actor::{self, Guest},
    entity::{
        conversation::{Kind, Visibility},
        message_mention, reaction, revision,
    },
    scope::Scope,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::messages_kit::{
    Hall, PIN, SEND, UPDATE, answer, archive, hall, leave, room_row, row, say, seat, show, talk,
    told,
};
use crate::kit::{TestApp, block, by_id, key, write_post};

fn to(id: &str, body: &str) -> Value {
    json!({ "id": id, "body": body })
}

#[tokio::test]
async fn a_changed_message_keeps_what_it_was() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let id = say(app, &hall.ada, room, "one").await;
    let run = app.run_with(&hall.ada, UPDATE, to(&id, " *two* ")).await.done();
    let expected = json!({ "id": id, "body": { "source": "*two*", "html": "<p><em>two</em></p>" },
        "editedAt": "2026-05-04T09:30:00.000Z" });
    assert_eq!(run.at("messageUpdate.message"), &expected);
    app.run_with(&hall.ada, UPDATE, to(&id, "three @bob")).await.done();
    let before = app.contents().await;
    app.run_with(&hall.ada, UPDATE, to(&id, "three @bob")).await.done();
    assert!(before == app.contents().await, "the same text again changes nothing");

    let fields =
        "messages { nodes { revisions(first: 1) { nodes { id version title body { source html }
        editor { handle } } pageInfo { hasNextPage } } } }";
    let run = show(app, &hall.eve, room, fields).await.ok();
    let revision = run.at("node.messages.nodes.0.revisions.nodes.0").clone();
    assert_eq!(run.at("node.messages.nodes.0.revisions.pageInfo.hasNextPage"), true);
    assert_eq!(revision["body"], json!({ "source": "*two*", "html": "<p><em>two</em></p>" }));
    assert_eq!([&revision["version"], &revision["title"]], [&json!(2), &Value::Null]);
    assert_eq!(revision["editor"]["handle"], "ada");
    let query =
        format!("{{ node(id: {}) {{ ... on Revision {{ body {{ source }} }} }} }}", revision["id"]);
    assert_eq!(app.run(&hall.eve, &query).await.ok().at("node.body.source"), "*two*");
    assert_eq!(app.run(&Guest, &query).await.ok().at("node"), &Value::Null);
    assert_eq!(row(app, &id).await.version, 3);
    assert_eq!(
        told(app, room).await,
        ["message_added 1", "message_changed 1", "message_changed 1"]
    );
}

#[tokio::test]
async fn only_its_author_changes_a_message() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let id = say(app, &hall.ada, room, "mine").await;
    for other in [&hall.owner, &hall.moderator, &hall.bob, &hall.eve, &hall.staff] {
        let run = app.refuses(other, UPDATE, to(&id, "yours")).await;
        assert_eq!(run.refusals(), ["FORBIDDEN id"]);
    }
    assert_eq!(app.refuses(&Guest, UPDATE, to(&id, "x")).await.error_code(), "UNAUTHENTICATED");
    let reader = app.by_token(hall.ada, &[Scope::ReadChat, Scope::Moderate]);
    assert_eq!(app.refuses(&reader, UPDATE, to(&id, "x")).await.error_code(), "SCOPE_MISSING");
    for (body, refusal) in [("", "REQUIRED body"), (&"x".repeat(4_001), "TOO_LONG body")] {
        assert_eq!(app.refuses(&hall.ada, UPDATE, to(&id, body)).await.refusals(), [refusal]);
    }
    app.run_with(&hall.moderator, PIN, json!({ "id": id })).await.done();
    let pinned = show(app, &hall.ada, room, "lastMessage { id }").await.ok();
    let system = pinned.text("node.lastMessage.id");
    let run = app.refuses(&hall.moderator, UPDATE, to(system, "hello")).await;
    assert_eq!(run.refusals(), ["FORBIDDEN id"], "what the system wrote stays");
    leave(app, room, &hall.ada).await;
    assert_eq!(app.refuses(&hall.ada, UPDATE, to(&id, "x")).await.refusals(), ["FORBIDDEN id"]);

    let post = write_post(app, &hall.ada, "hello", "PUBLIC").await;
    for id in [post.as_str(), room, "", "message_x"] {
        assert_eq!(app.refuses(&hall.bob, UPDATE, to(id, "x")).await.refusals(), ["NOT_FOUND id"]);
    }
}

#[tokio::test]
async fn what_is_hidden_put_away_or_blocked_is_not_changed() {
    let hall = hall(Visibility::Private).await;
    let (app, room) = (&hall.app, &hall.room);
    let id = say(app, &hall.ada, room, "mine").await;
    for outsider in [&hall.eve, &hall.staff] {
        assert_eq!(app.refuses(outsider, UPDATE, to(&id, "x")).await.refusals(), ["NOT_FOUND id"]);
        assert_eq!(app.refuses_act(outsider, "messageDelete", &id).await, ["NOT_FOUND id"]);
        let run = app.refuses(outsider, PIN, json!({ "id": id })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND id"]);
    }
    archive(app, room).await;
    assert_eq!(app.refuses(&hall.ada, UPDATE, to(&id, "x")).await.refusals(), ["FORBIDDEN id"]);
    let run = app.refuses(&hall.owner, PIN, json!({ "id": id })).await;
    assert_eq!(run.refusals(), ["FORBIDDEN id"]);
    app.act(&hall.ada, "messageDelete", &id).await.done();

    let direct = talk(app, Kind::Direct, &[&hall.ada, &hall.bob]).await;
    let id = say(app, &hall.ada, &direct, "hi").await;
    block(app, &hall.bob, &hall.ada).await;
    assert_eq!(app.refuses(&hall.ada, UPDATE, to(&id, "x")).await.refusals(), ["BLOCKED id"]);
    let run = app.refuses(&hall.bob, PIN, json!({ "id": id })).await;
    assert_eq!(run.refusals(), ["BLOCKED id"]);
    app.act(&hall.ada, "messageDelete", &id).await.done();
}

#[tokio::test]
async fn of_a_deleted_message_a_mark_stays() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let id = say(app, &hall.ada, room, "one @bob").await;
    app.run_with(&hall.ada, UPDATE, to(&id, "two @bob")).await.done();
    app.react(&hall.bob, &id, "🎉").await;
    app.run_with(&hall.moderator, PIN, json!({ "id": id })).await.done();
    let answered = answer(app, &hall.bob, room, &id, "well").await;
    let before = room_row(app, room).await;

    let query = "mutation($id: ID!) { messageDelete(id: $id) { userErrors { code path } message { id deletedAt
        body { html } pinnedAt reactionCount reactions { count } revisions { nodes { id } } author { handle } } } }";
    let run = app.run_with(&hall.ada, query, json!({ "id": id })).await.done();
    let expected = json!({ "id": id, "deletedAt": "2026-05-04T09:30:00.000Z", "body": null, "pinnedAt": null,
        "reactionCount": 0, "reactions": [], "revisions": { "nodes": [] }, "author": { "handle": "ada" } });
    assert_eq!(run.at("messageDelete.message"), &expected);
    assert_eq!(room_row(app, room).await, before, "it keeps its place, and counts on");
    let left = row(app, &id).await;
    assert_eq!(
        (left.body_source.as_str(), left.body_html.as_str(), &left.mentions),
        ("", "", &None)
    );
    assert_eq!(app.count::<revision::Entity>(revision::Column::MessageId.eq(left.id)).await, 0);
    assert_eq!(app.count::<reaction::Entity>(reaction::Column::MessageId.eq(left.id)).await, 0);
    let named = message_mention::Column::MessageId.eq(left.id);
    assert_eq!(app.count::<message_mention::Entity>(named).await, 0);
    assert_eq!(seat(app, room, &hall.bob).await.mention_count, 0);
    let run = show(
        app,
        &hall.bob,
        room,
        "pinned { id } messages { nodes { id deletedAt replyTo { id body { html } } } }",
    )
    .await
    .ok();
    assert_eq!(run.at("node.pinned"), &json!([]));
    assert_eq!(run.list("node.messages.nodes", "id")[0], id);
    assert_eq!(
        run.at("node.messages.nodes.2"),
        &json!({ "id": answered, "deletedAt": null,
        "replyTo": { "id": id, "body": null } })
    );
    assert_eq!(told(app, room).await.last().unwrap(), "message_removed 1");

    assert_eq!(app.refuses_act(&hall.ada, "messageDelete", &id).await, ["NOT_FOUND id"]);
    assert_eq!(app.refuses(&hall.ada, UPDATE, to(&id, "x")).await.refusals(), ["NOT_FOUND id"]);
    let react =
        "mutation($id: ID!) { reactionAdd(id: $id, emoji: \"🎉\") { userErrors { code path } } }";
    let run = app.refuses(&hall.ada, react, json!({ "id": id })).await;
    assert_eq!(run.refusals(), ["NOT_FOUND id"]);
}

/// Lets each of these delete a message of ada's, and answers what they are told.
async fn try_all(hall: &Hall, who: &[Actor]) -> Vec<String> {
    let mut told = Vec::new();
    for actor in who {
        let id = say(&hall.app, &hall.ada, &hall.room, "mine").await;
        let before = hall.app.contents().await;
        let run = hall.app.act(actor, "messageDelete", &id).await;
        let changed = before != hall.app.contents().await;
        let outcome = match run.errors.first() {
            Some(error) => error["extensions"]["code"].as_str().unwrap().to_owned(),
            None => run.refusals().first().cloned().unwrap_or_else(|| "done".to_owned()),
        };
        assert_eq!(changed, outcome == "done", "{outcome}");
        assert_eq!(row(&hall.app, &id).await.deleted_at.is_some(), changed);
        told.push(outcome);
    }
    told
}

#[tokio::test]
async fn authors_and_moderators_delete_messages() {
    let in_public =
        ["done", "done", "done", "FORBIDDEN id", "FORBIDDEN id", "done", "UNAUTHENTICATED"];
    let in_private =
        ["done", "done", "done", "FORBIDDEN id", "NOT_FOUND id", "NOT_FOUND id", "UNAUTHENTICATED"];
    for (visibility, expected) in
        [(Visibility::Public, in_public), (Visibility::Private, in_private)]
    {
        let hall = hall(visibility).await;
        let who = [hall.owner, hall.moderator, hall.ada, hall.bob, hall.eve, hall.staff, Guest];
        assert_eq!(try_all(&hall, &who).await, expected, "{visibility:?}");
    }
}

#[tokio::test]
async fn tokens_delete_with_their_scopes() {
    let hall = hall(Visibility::Public).await;
    let app = &hall.app;
    let who = [
        app.by_token(hall.ada, &[Scope::ReadChat]),
        app.by_token(hall.ada, &[Scope::ReadChat, Scope::WriteChat]),
        app.by_token(hall.ada, &[Scope::WriteChat]),
        app.by_token(hall.moderator, &[Scope::ReadChat]),
        app.by_token(hall.moderator, &[Scope::ReadChat, Scope::WriteChat]),
        app.by_token(hall.staff, &[Scope::ReadChat, Scope::WriteChat]),
        app.by_token(hall.staff, &[Scope::ReadChat, Scope::Moderate]),
    ];
    let expected =
        ["SCOPE_MISSING", "done", "NOT_FOUND id", "FORBIDDEN id", "done", "SCOPE_MISSING", "done"];
    assert_eq!(try_all(&hall, &who).await, expected);
}

#[tokio::test]
async fn nobody_deletes_what_others_said_among_themselves() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    for kind in [Kind::Direct, Kind::Circle] {
        let room = talk(&app, kind, &[&ada, &bob]).await;
        let id = say(&app, &ada, &room, "mine").await;
        assert_eq!(app.refuses_act(&bob, "messageDelete", &id).await, ["FORBIDDEN id"]);
        app.act(&ada, "messageDelete", &id).await.done();
        app.run_with(&ada, SEND, super::messages_kit::input(&room, "again")).await.done();
    }
}

#[tokio::test]
async fn what_the_system_wrote_is_not_deleted() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let id = say(app, &hall.ada, room, "one").await;
    app.run_with(&hall.moderator, PIN, json!({ "id": id })).await.done();
    let run = show(app, &hall.ada, room, "lastMessage { id messageKind }").await.ok();
    let system = run.text("node.lastMessage.id");
    assert_eq!(key("message", system), row(app, system).await.id);
    for who in [&hall.moderator, &hall.owner, &hall.staff] {
        let run = app.refuses(who, &by_id("messageDelete"), json!({ "id": system })).await;
        assert_eq!(run.refusals(), ["INVALID id"]);
        let run = app.refuses(&hall.owner, PIN, json!({ "id": system })).await;
        assert_eq!(run.refusals(), ["INVALID id"]);
    }
}

#[tokio::test]
async fn viewer_tells_what_one_may_do_with_a_message() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    say(app, &hall.ada, room, "hello @bob").await;
    let query = "messages(last: 1) { nodes { viewer { isAuthor mentionsMe canEdit canDelete canPin canReact canReply } } }";
    let may = async |who: &Actor| {
        let run = show(app, who, room, query).await.ok();
        let viewer = run.at("node.messages.nodes.0.viewer");
        ["isAuthor", "mentionsMe", "canEdit", "canDelete", "canPin", "canReact", "canReply"]
            .into_iter()
            .filter(|field| viewer[field] == true)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(may(&hall.ada).await, "isAuthor canEdit canDelete canReact canReply");
    assert_eq!(may(&hall.bob).await, "mentionsMe canReact canReply");
    for moderator in [&hall.moderator, &hall.owner] {
        assert_eq!(may(moderator).await, "canDelete canPin canReact canReply");
    }
    assert_eq!(may(&hall.staff).await, "canDelete");
    assert_eq!(may(&hall.eve).await, "");
    let reader = app.by_token(hall.ada, &[Scope::ReadChat]);
    assert_eq!(may(&reader).await, "isAuthor");
    archive(app, room).await;
    assert_eq!(may(&hall.ada).await, "isAuthor canDelete");
    assert_eq!(may(&hall.owner).await, "canDelete");
}
