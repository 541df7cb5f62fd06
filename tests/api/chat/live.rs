//! Who hears what happens in conversations, and how it is told.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    Actor::{Audience, Guest},
    entity::account::Role,
    graph::{Happening, What},
    infra::bus::Passing,
    scope::Scope,
    streams::{Cursor, Stream},
};
use serde_json::{Value, json};

use crate::kit::{CHANGE, TestApp, happening, key, open_channel, profile_id};

const ROOM: &str = "subscription($id: ID!) { conversationEvents(id: $id) { __typename
    ... on StreamReady { replayed }
    ... on MessageAdded { cursor at message { id } }
    ... on TypingChanged { profiles { handle } }
    ... on ReadMarkMoved { profile { handle } upTo }
    ... on ConversationChanged { conversation { title visibility } }
    ... on MembersChanged { joined { handle } left { handle } memberCount } } }";
const MINE: &str = "subscription { viewerEvents { __typename
    ... on StreamReset { reason }
    ... on ConversationBumped { cursor conversation { viewer { title unreadCount } } unread { conversations mentions } }
    ... on ConversationLeft { id }
    ... on UnreadChanged { unread { conversations mentions } }
    ... on SessionExpiring { cursor expiresAt } } }";

/// Something that is not kept, as it is told.
fn passing(app: &TestApp, stream: Stream, passing: Passing) -> Happening {
    Happening { stream, cursor: None, at: app.app.clock.now(), what: What::Passing(passing) }
}

/// What is told of all that happened on a stream.
async fn replay(app: &TestApp, who: &Actor, query: &str, id: &str, stream: Stream) -> Vec<Value> {
    let mut told = Vec::new();
    for event in app.events(stream.id).await {
        told.extend(app.tell(who, query, json!({ "id": id }), happening(stream, event)).await);
    }
    told
}

#[tokio::test]
async fn who_may_read_a_conversation_may_hear_it() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let admin = app.with_role("root", Role::Admin).await;
    let talk = app.open_talk(&ada, &[&grace]).await;
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::WriteChat]);
    for (who, id, expected) in [
        (&Guest, &room, "UNAUTHENTICATED"),
        (&token, &talk, "SCOPE_MISSING"),
        (&mary, &talk, "BAD_REQUEST"),
        (&admin, &talk, "BAD_REQUEST"),
        (&ada, &profile_id(&ada), "BAD_REQUEST"),
    ] {
        assert_eq!(app.open(who, ROOM, json!({ "id": id })).await.unwrap_err(), expected);
    }
    for (who, id) in [(&ada, &talk), (&grace, &talk), (&mary, &room), (&admin, &room)] {
        let opened = app.open(who, ROOM, json!({ "id": id })).await.unwrap();
        assert_eq!(opened.topic.stream, Stream::conversation(key("conversation", id)));
        assert_eq!(opened.after, None);
    }
}

#[tokio::test]
async fn many_are_asked_at_once_whether_they_still_hear() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let token = app.by_token(grace, &[Scope::ReadPublic]);
    let circle = app.open_talk(&ada, &[&grace, &mary]).await;
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    app.act(&mary, "conversationLeave", &circle).await.done();
    let actors = [ada, mary, Guest, token, grace, ada];
    for (id, expected) in [
        (&circle, [true, false, false, false, true, true]),
        (&room, [true, true, false, false, true, true]),
    ] {
        let topic = app.open(&ada, ROOM, json!({ "id": id })).await.unwrap().topic;
        app.statements();
        let heard = (topic.hears)(&app.app, topic.stream.id, &actors).await.unwrap();
        assert_eq!(heard, expected);
        assert_eq!(app.statements().len(), 1);
    }
    let topic = app.open(&ada, MINE, json!({})).await.unwrap().topic;
    let heard = (topic.hears)(&app.app, topic.stream.id, &actors).await.unwrap();
    assert_eq!(heard, [true, false, false, false, false, true]);
}

#[tokio::test]
async fn what_happens_in_a_conversation_is_told() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let circle = app.open_talk(&ada, &[&grace, &mary]).await;
    let stream = Stream::conversation(key("conversation", &circle));
    let said = app.say(&ada, &circle, "hello", &[]).await;
    let read = "mutation($id: ID!, $at: ID!) { conversationMarkRead(id: $id, upTo: $at) { userErrors { code path } } }";
    app.run_with(&grace, read, json!({ "id": circle, "at": said })).await.done();
    app.run_with(&ada, CHANGE, json!({ "id": circle, "input": { "title": "Ours" } })).await.done();
    app.act(&mary, "conversationLeave", &circle).await.done();

    // Told alike to all who hear it.
    let told = replay(&app, &Audience, ROOM, &circle, stream).await;

    let kinds: Vec<_> = told.iter().map(|event| event["__typename"].as_str().unwrap()).collect();
    let expected = [
        "MessageAdded",
        "ReadMarkMoved",
        "MessageAdded",
        "ConversationChanged",
        "MessageAdded",
        "MembersChanged",
    ];
    assert_eq!(kinds, expected);
    let first = json!({ "__typename": "MessageAdded", "message": { "id": said },
        "cursor": Cursor { seq: 1 }.encode(stream), "at": "2026-05-04T09:30:00.000Z" });
    assert_eq!(told[0], first);
    let moved =
        json!({ "__typename": "ReadMarkMoved", "profile": { "handle": "grace" }, "upTo": said });
    assert_eq!(told[1], moved);
    let changed = json!({ "title": "Ours", "visibility": "PRIVATE" });
    assert_eq!(told[3]["conversation"], changed);
    let members = json!({ "__typename": "MembersChanged", "joined": [],
        "left": [{ "handle": "mary" }], "memberCount": 2 });
    assert_eq!(told[5], members);
    // News of other streams are none of this one.
    let bump = passing(&app, stream, Passing::Bumped { conversation: stream.id });
    assert_eq!(app.tell(&Audience, ROOM, json!({ "id": circle }), bump).await, None);
}

#[tokio::test]
async fn a_member_follows_their_own_conversations() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let talk = app.open_talk(&ada, &[&grace]).await;
    app.app.clock.advance(TimeDelta::seconds(1));
    let circle = app.open_talk(&ada, &[&grace, &mary]).await;
    app.open_talk(&grace, &[&mary]).await;
    app.app.clock.advance(TimeDelta::seconds(1));
    app.say(&grace, &talk, "hello", &[]).await;
    let opened = app.open(&ada, MINE, json!({})).await.unwrap();
    assert_eq!(opened.topic.stream, Stream::viewer(ada.id().unwrap()));
    assert_eq!(opened.topic.bumps, [&talk, &circle].map(|id| key("conversation", id)));
    assert_eq!(app.open(&Guest, MINE, json!({})).await.unwrap_err(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &[Scope::ReadPublic]);
    assert_eq!(app.open(&token, MINE, json!({})).await.unwrap_err(), "SCOPE_MISSING");
}

#[tokio::test]
async fn a_member_hears_of_their_conversations_and_of_what_is_unread() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let stream = Stream::viewer(grace.id().unwrap());
    let mine = async |what| app.tell(&grace, MINE, json!({}), passing(&app, stream, what)).await;
    let talk = app.open_talk(&ada, &[&grace]).await;
    let told = replay(&app, &grace, MINE, "", stream).await;
    assert_eq!(told, [""; 0], "an empty talk is the opener's alone");
    let said = app.say(&ada, &talk, "hello", &[&grace]).await;

    let bump = Passing::Bumped { conversation: key("conversation", &talk) };
    let told = mine(bump).await.unwrap();
    let bumped = json!({ "__typename": "ConversationBumped", "cursor": null,
        "conversation": { "viewer": { "title": "Ada", "unreadCount": 1 } },
        "unread": { "conversations": 1, "mentions": 1 } });
    assert_eq!(told, bumped);
    // Not of others'.
    let other = app.open_talk(&ada, &[&mary]).await;
    app.say(&ada, &other, "hello", &[]).await;
    let bump = Passing::Bumped { conversation: key("conversation", &other) };
    assert_eq!(mine(bump).await, None);

    let read = "mutation($id: ID!, $at: ID!) { conversationMarkRead(id: $id, upTo: $at) { userErrors { code path } } }";
    app.run_with(&grace, read, json!({ "id": talk, "at": said })).await.done();
    let circle = app.open_talk(&ada, &[&grace, &mary]).await;
    let told = replay(&app, &grace, MINE, "", stream).await;
    let none = json!({ "conversations": 0, "mentions": 0 });
    let joined = |title: &str, seq| {
        json!({ "__typename": "ConversationBumped", "unread": none,
            "cursor": Cursor { seq }.encode(stream),
            "conversation": { "viewer": { "title": title, "unreadCount": 0 } } })
    };
    let read = json!({ "__typename": "UnreadChanged", "unread": none });
    assert_eq!(told, [joined("Ada", 1), read.clone(), joined("Ada, Mary", 3)]);
    app.act(&grace, "conversationLeave", &circle).await.done();
    let left = json!({ "__typename": "ConversationLeft", "id": circle });
    let told = replay(&app, &grace, MINE, "", stream).await;
    assert_eq!(told, [joined("Ada", 1), read, left]);
    let end = app.app.clock.now() + TimeDelta::minutes(1);
    let told = mine(Passing::Expiring { at: end }).await.unwrap();
    let expiring = json!({ "__typename": "SessionExpiring", "cursor": null,
        "expiresAt": "2026-05-04T09:31:00.000Z" });
    assert_eq!(told, expiring);
}

#[tokio::test]
async fn an_open_conversation_is_followed_as_it_happens() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let circle = app.open_talk(&ada, &[&grace, &mary]).await;
    app.say(&ada, &circle, "before", &[]).await;
    let query =
        "query($id: ID!) { conversation(by: { id: $id }) { eventCursor } viewer { eventCursor } }";
    let run = app.run_with(&grace, query, json!({ "id": circle })).await.ok();
    let missed = app.say(&ada, &circle, "missed", &[]).await;
    let room = ROOM
        .replace("$id: ID!", "$id: ID!, $after: EventCursor")
        .replace("id: $id", "id: $id, after: $after");
    let after = run.at("conversation.eventCursor").clone();
    let mut hers = app.follow(&grace, &room, json!({ "id": circle, "after": after })).await;
    assert_eq!(hers.next().await["message"]["id"], missed);
    assert_eq!(hers.next().await, json!({ "__typename": "StreamReady", "replayed": 1 }));
    let said = app.say(&ada, &circle, "now", &[]).await;
    assert_eq!(hers.next().await["message"]["id"], said);
    let typing =
        "mutation($id: ID!) { typingSet(conversation: $id) { done userErrors { code path } } }";
    app.run_with(&ada, typing, json!({ "id": circle })).await.done();
    assert_eq!(
        hers.next().await,
        json!({ "__typename": "TypingChanged", "profiles": [{ "handle": "ada" }] })
    );
    let query = "query($id: ID!) { conversation(by: { id: $id }) { typing { handle } } }";
    let run = app.run_with(&grace, query, json!({ "id": circle })).await.ok();
    assert_eq!(run.list("conversation.typing", "handle"), ["ada"]);
    // Who leaves hears no more.
    let mut his = app.follow(&mary, ROOM, json!({ "id": circle })).await;
    assert_eq!(his.next().await["__typename"], "StreamReady");
    app.act(&mary, "conversationLeave", &circle).await.done();
    assert_eq!(his.next().await["__typename"], "StreamReset");
    his.ends().await;
    let kinds: Vec<_> =
        hers.take(2).await.into_iter().map(|event| event["__typename"].clone()).collect();
    assert_eq!(kinds, ["MessageAdded", "MembersChanged"]);
}

#[tokio::test]
async fn a_window_hears_of_conversations_that_came_after_it_was_opened() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mut hers = app.follow(&grace, MINE, json!({})).await;
    assert_eq!(hers.next().await["__typename"], "StreamReady");
    // An empty talk is none of hers yet, but its first message is.
    let talk = app.open_talk(&ada, &[&grace]).await;
    hers.hears_nothing().await;
    app.say(&ada, &talk, "hello", &[&grace]).await;
    let bumped = hers.next().await;
    assert_eq!(bumped["conversation"]["viewer"]["title"], "Ada");
    assert_eq!(bumped["unread"], json!({ "conversations": 1, "mentions": 1 }));
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    app.act(&grace, "conversationJoin", &room).await.done();
    let joined = hers.next().await;
    assert_eq!(joined["conversation"]["viewer"]["title"], "The looms");
    // One line and one entry may be told as one.
    app.say(&ada, &room, "hello", &[]).await;
    loop {
        let bumped = hers.next().await;
        assert_eq!(bumped["__typename"], "ConversationBumped");
        if bumped["unread"]["conversations"] == 2 {
            break;
        }
    }
    app.act(&grace, "conversationLeave", &room).await.done();
    loop {
        let event = hers.next().await;
        if event["__typename"] == "ConversationLeft" {
            assert_eq!(event["id"], room);
            break;
        }
    }
    hers.hears_nothing().await;
    app.say(&ada, &room, "hello", &[]).await;
    hers.hears_nothing().await;
}
