//! Reactions to messages.

use futures_util::future::join_all;
use guildhall::{
    Actor::Guest,
    entity::{
        conversation::{Kind, Visibility},
        reaction,
    },
    scope::Scope,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::messages_kit::{archive, hall, leave, row, say, show, talk, told};
use crate::kit::{block, key};

const ADD: &str =
    "mutation($id: ID!, $emoji: Emoji! = \"🎉\") { reactionAdd(id: $id, emoji: $emoji) {
    subject { __typename id reactionCount } reactions { emoji count } userErrors { code path } } }";
const REMOVE: &str = "mutation($id: ID!) { reactionRemove(id: $id, emoji: \"🎉\") {
    subject { ... on Message { id reactionCount viewer { reactions } } } reactions { emoji count }
    userErrors { code path } } }";

#[tokio::test]
async fn reactions_to_a_message_are_counted_and_told() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let id = say(app, &hall.ada, room, "hello").await;
    assert_eq!(app.react(&hall.ada, &id, "🎉").await, ["🎉 1"]);
    assert_eq!(app.react(&hall.ada, &id, "🎉").await, ["🎉 1"]);
    assert_eq!(app.react(&hall.bob, &id, "👍").await, ["🎉 1", "👍 1"]);
    assert_eq!(app.react(&hall.ada, &id, "👍").await, ["👍 2", "🎉 1"], "most used first");
    let run = app.run_with(&hall.owner, ADD, json!({ "id": id, "emoji": "👍" })).await.done();
    let subject = json!({ "__typename": "Message", "id": id, "reactionCount": 4 });
    assert_eq!(run.at("reactionAdd.subject"), &subject);
    let fields = "messages { nodes { reactionCount viewer { reactions }
        reactions { emoji count reactors { nodes { handle } } } } }";
    let run = show(app, &hall.ada, room, fields).await.ok();
    let group = |emoji: &str, who: &[&str]| {
        json!({ "emoji": emoji, "count": who.len(), "reactors": {
        "nodes": who.iter().map(|handle| json!({ "handle": handle })).collect::<Vec<Value>>() } })
    };
    let expected = json!({ "reactionCount": 4, "viewer": { "reactions": ["🎉", "👍"] },
        "reactions": [group("👍", &["olga", "ada", "bob"]), group("🎉", &["ada"])] });
    assert_eq!(run.at("node.messages.nodes.0"), &expected);
    for _ in 0..2 {
        let run = app.run_with(&hall.ada, REMOVE, json!({ "id": id })).await.done();
        let subject = json!({ "id": id, "reactionCount": 3, "viewer": { "reactions": ["👍"] } });
        assert_eq!(run.at("reactionRemove.subject"), &subject);
    }
    let of = reaction::Column::MessageId.eq(key("message", &id));
    assert_eq!(app.count::<reaction::Entity>(of).await, 3);
    let told = told(app, room).await;
    assert_eq!(told.len(), 6, "what changes nothing is not told: {told:?}");
    assert!(told[1..].iter().all(|event| event == "reactions_changed 1"));
}

#[tokio::test]
async fn who_is_not_in_a_conversation_does_not_react_there() {
    for visibility in [Visibility::Public, Visibility::Private] {
        let hall = hall(visibility).await;
        let (app, room) = (&hall.app, &hall.room);
        let id = say(app, &hall.ada, room, "hello").await;
        app.react(&hall.ada, &id, "🎉").await;
        let outside = match visibility {
            Visibility::Public => ["FORBIDDEN id"],
            Visibility::Private => ["NOT_FOUND id"],
        };
        for query in [ADD, REMOVE] {
            let on = || json!({ "id": id });
            for outsider in [&hall.eve, &hall.staff] {
                assert_eq!(app.refuses(outsider, query, on()).await.refusals(), outside);
            }
            assert_eq!(app.refuses(&Guest, query, on()).await.error_code(), "UNAUTHENTICATED");
            let social = app.by_token(hall.ada, &[Scope::ReadChat, Scope::WriteSocial]);
            assert_eq!(app.refuses(&social, query, on()).await.error_code(), "SCOPE_MISSING");
        }
        leave(app, room, &hall.ada).await;
        assert_eq!(app.refuses(&hall.ada, REMOVE, json!({ "id": id })).await.refusals(), outside);
        archive(app, room).await;
        let run = app.refuses(&hall.bob, ADD, json!({ "id": id })).await;
        assert_eq!(run.refusals(), ["FORBIDDEN id"]);
    }
}

#[tokio::test]
async fn the_blocked_do_not_react_to_each_other_alone() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let direct = talk(app, Kind::Direct, &[&hall.ada, &hall.bob]).await;
    let id = say(app, &hall.ada, &direct, "hello").await;
    let open = say(app, &hall.ada, room, "hello").await;
    block(app, &hall.ada, &hall.bob).await;
    for who in [&hall.ada, &hall.bob] {
        let run = app.refuses(who, ADD, json!({ "id": id })).await;
        assert_eq!(run.refusals(), ["BLOCKED id"]);
        app.react(who, &open, "🎉").await;
    }
    let run = show(
        app,
        &hall.bob,
        room,
        "messages { nodes { reactions { count reactors { nodes { handle } } } } }",
    );
    let run = run.await.ok();
    let expected = json!([{ "count": 2, "reactors": { "nodes": [{ "handle": "bob" }] } }]);
    assert_eq!(run.at("node.messages.nodes.0.reactions"), &expected, "those whom one may see");
}

#[tokio::test]
async fn only_emoji_and_only_fifty_of_them() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let id = say(app, &hall.ada, room, "hello").await;
    for no_emoji in ["", "a", "🎉🎉", "\u{0}", "'; --"] {
        let run = app.refuses(&hall.ada, ADD, json!({ "id": id, "emoji": no_emoji })).await;
        assert_eq!(run.refusals(), ["INVALID emoji"], "{no_emoji:?}");
    }
    let emoji: Vec<_> = emojis::iter().take(51).collect();
    for emoji in &emoji[..50] {
        app.react(&hall.ada, &id, emoji.as_str()).await;
    }
    let run = app.refuses(&hall.bob, ADD, json!({ "id": id, "emoji": emoji[50].as_str() })).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED emoji"]);
    let unknown = guildhall::graph::encode("message", app.app.clock.key()).to_string();
    for id in [unknown.as_str(), "message_x", room, ""] {
        let run = app.refuses(&hall.ada, ADD, json!({ "id": id })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND id"]);
    }
}

#[tokio::test]
async fn reactions_at_once_are_all_counted() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let id = say(app, &hall.ada, room, "hello").await;
    let who = [hall.owner, hall.moderator, hall.ada, hall.bob];
    let all = who.iter().flat_map(|who| ["🎉", "👍", "👀"].map(|emoji| (who, emoji)));
    join_all(all.map(|(who, emoji)| app.react(who, &id, emoji))).await;
    let row = row(app, &id).await;
    assert_eq!(row.reaction_count, 12);
    let groups: Vec<(String, i32)> = serde_json::from_str(&row.reactions).unwrap();
    assert_eq!(groups.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [4, 4, 4]);
    assert_eq!(told(app, room).await.len(), 13);
}
