//! Who hears what happens in conversations, and how it is told.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use async_graphql::{Request, Variables};
use chrono::TimeDelta;
use futures_util::StreamExt as _;
use guildhall::{
    Actor,
    Actor::{Audience, Guest},
    entity::account::Role,
    graph::{Execution, Happening, Live, Opened, Opening, What},
    infra::bus::Passing,
    scope::Scope,
    streams::{Cursor, Found, Stream, after},
};
use serde_json::{Value, json};

use crate::kit::{CHANGE, TestApp, key, open_channel, profile_id};

const ROOM: &str = "subscription($id: ID!) { conversationEvents(id: $id) { __typename
    ... on StreamReady { replayed }
    ... on MessageAdded { cursor at message { id } }
    ... on ReadMarkMoved { profile { handle } upTo }
    ... on ConversationChanged { conversation { title visibility } }
    ... on MembersChanged { joined { handle } left { handle } memberCount } } }";
const MINE: &str = "subscription { viewerEvents { __typename
    ... on StreamReset { reason }
    ... on ConversationBumped { cursor conversation { viewer { title unreadCount } } unread { conversations mentions } }
    ... on ConversationLeft { id }
    ... on UnreadChanged { unread { conversations mentions } }
    ... on SessionExpiring { cursor expiresAt } } }";

/// What one run of a subscription answers.
async fn run(app: &TestApp, who: &Actor, query: &str, id: &str, live: Live) -> Vec<Value> {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let execution = Execution::new(app.app.clone(), *who, address, "tests".to_owned(), false);
    let request = Request::new(query).variables(Variables::from_json(json!({ "id": id })));
    let request = execution.attach(request).data(live);
    let told = app.engine.schema.execute_stream(request).collect::<Vec<_>>().await;
    told.into_iter().map(|response| serde_json::to_value(response).unwrap()).collect()
}

/// What a subscription follows, or the code of its refusal.
async fn open(app: &TestApp, who: &Actor, query: &str, id: &str) -> Result<Opened, String> {
    let opening = Arc::new(Opening::default());
    let told = run(app, who, query, id, Live::Opening(opening.clone())).await;
    match told.as_slice() {
        [] => Ok(opening.take().unwrap()),
        [refused] => Err(refused["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned()),
        more => panic!("{more:#?}"),
    }
}

/// What is told of a happening, if anything is.
async fn tell(app: &TestApp, who: &Actor, query: &str, id: &str, what: Happening) -> Option<Value> {
    let told = run(app, who, query, id, Live::Telling(Arc::new(what))).await;
    assert!(told.len() <= 1, "{told:#?}");
    let told = told.into_iter().next()?;
    assert_eq!(told.get("errors"), None, "{told:#?}");
    told["data"].as_object().unwrap().values().next().cloned()
}

fn happening(app: &TestApp, stream: Stream, what: What) -> Happening {
    Happening { stream, cursor: None, at: app.app.clock.now(), what }
}

/// What is told of all that happened on a stream.
async fn replay(app: &TestApp, who: &Actor, query: &str, id: &str, stream: Stream) -> Vec<Value> {
    let Found::Events(events) = after(&app.app.db.write, stream.id, 0).await.unwrap() else {
        panic!("too old");
    };
    let mut told = Vec::new();
    for event in events {
        let cursor = Some(Cursor { seq: event.seq });
        let (at, what) = (event.at, What::Event(Arc::new(event)));
        told.extend(tell(app, who, query, id, Happening { stream, cursor, at, what }).await);
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
        assert_eq!(open(&app, who, ROOM, id).await.unwrap_err(), expected);
    }
    for (who, id) in [(&ada, &talk), (&grace, &talk), (&mary, &room), (&admin, &room)] {
        let opened = open(&app, who, ROOM, id).await.unwrap();
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
        let topic = open(&app, &ada, ROOM, id).await.unwrap().topic;
        app.statements();
        let heard = (topic.hears)(&app.app, topic.stream.id, &actors).await.unwrap();
        assert_eq!(heard, expected);
        assert_eq!(app.statements().len(), 1);
    }
    let topic = open(&app, &ada, MINE, "").await.unwrap().topic;
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
    let ready = happening(&app, stream, What::Ready { replayed: 3 });
    let ready = tell(&app, &Audience, ROOM, &circle, ready).await.unwrap();
    assert_eq!(ready, json!({ "__typename": "StreamReady", "replayed": 3 }));
    // Who types is no event of a member's own.
    let typing = Passing::Bumped { conversation: stream.id };
    let typing = happening(&app, stream, What::Passing(typing));
    assert_eq!(tell(&app, &Audience, ROOM, &circle, typing).await, None);
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
    let opened = open(&app, &ada, MINE, "").await.unwrap();
    assert_eq!(opened.topic.stream, Stream::viewer(ada.id().unwrap()));
    assert_eq!(opened.topic.bumps, [&talk, &circle].map(|id| key("conversation", id)));
    assert_eq!(open(&app, &Guest, MINE, "").await.unwrap_err(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &[Scope::ReadPublic]);
    assert_eq!(open(&app, &token, MINE, "").await.unwrap_err(), "SCOPE_MISSING");
}

#[tokio::test]
async fn a_member_hears_of_their_conversations_and_of_what_is_unread() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let stream = Stream::viewer(grace.id().unwrap());
    let mine = async |what| tell(&app, &grace, MINE, "", happening(&app, stream, what)).await;
    let talk = app.open_talk(&ada, &[&grace]).await;
    let told = replay(&app, &grace, MINE, "", stream).await;
    assert_eq!(told, [""; 0], "an empty talk is the opener's alone");
    let said = app.say(&ada, &talk, "hello", &[&grace]).await;

    let bump = Passing::Bumped { conversation: key("conversation", &talk) };
    let told = mine(What::Passing(bump)).await.unwrap();
    let bumped = json!({ "__typename": "ConversationBumped", "cursor": null,
        "conversation": { "viewer": { "title": "Ada", "unreadCount": 1 } },
        "unread": { "conversations": 1, "mentions": 1 } });
    assert_eq!(told, bumped);
    // Not of others'.
    let other = app.open_talk(&ada, &[&mary]).await;
    app.say(&ada, &other, "hello", &[]).await;
    let bump = Passing::Bumped { conversation: key("conversation", &other) };
    assert_eq!(mine(What::Passing(bump)).await, None);

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
    let told = mine(What::Passing(Passing::Expiring { at: end })).await.unwrap();
    let expiring = json!({ "__typename": "SessionExpiring", "cursor": null,
        "expiresAt": "2026-05-04T09:31:00.000Z" });
    assert_eq!(told, expiring);
}
