//! Talks: finding and opening them, who reads them, and the list of one's own.

use chrono::TimeDelta;
use futures_util::future::join_all;
use guildhall::{
    Actor::Guest,
    entity::{account::Role, conversation, conversation_member},
    graph::encode,
    scope::Scope,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use crate::kit::{OPEN, TestApp, block, ids, open_channel, profile_id};

const LIST: &str =
    "query($filter: ConversationFilter, $first: Int! = 30, $after: String) { viewer {
    conversations(filter: $filter, first: $first, after: $after) {
        nodes { id title viewer { title unreadCount } } pageInfo { endCursor hasNextPage } } } }";
const NODES: &str = "viewer.conversations.nodes";

async fn listed(app: &TestApp, who: &guildhall::Actor, filter: Value) -> Vec<String> {
    let run = app.run_with(who, LIST, json!({ "filter": filter })).await.ok();
    run.list(NODES, "viewer.title")
}

#[tokio::test]
async fn a_direct_talk_is_found_by_both_and_made_once() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let with_myself = json!({ "with": [profile_id(&ada), profile_id(&grace), profile_id(&grace)] });

    let run = app.run_with(&ada, OPEN, with_myself).await.done();

    let talk = run.at("conversationOpen.conversation");
    let expected = json!({ "id": talk["id"], "conversationKind": "DIRECT", "title": "Ada, Grace",
        "memberCount": 2, "viewer": { "title": "Grace", "role": "MEMBER" } });
    assert_eq!(talk, &expected);
    assert_eq!(app.open_talk(&grace, &[&ada]).await, talk["id"]);
    assert_eq!(app.open_talk(&ada, &[&grace]).await, talk["id"]);
    let query = "query($with: ID!) { conversation(by: { with: $with }) { id }
        profile(by: { id: $with }) { viewer { conversation { id } canMessage } } }";
    let run = app.run_with(&grace, query, json!({ "with": profile_id(&ada) })).await.ok();
    let found = json!({ "conversation": { "id": talk["id"] },
        "profile": { "viewer": { "conversation": { "id": talk["id"] }, "canMessage": true } } });
    assert_eq!(run.data, found);
}

#[tokio::test]
async fn two_who_open_a_talk_at_once_get_the_same() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let opened = join_all([
        app.open_talk(&ada, &[&grace]),
        app.open_talk(&grace, &[&ada]),
        app.open_talk(&ada, &[&grace]),
        app.open_talk(&grace, &[&ada]),
    ])
    .await;
    assert!(opened.iter().all(|id| id == &opened[0]), "{opened:?}");
    let all = conversation::Column::Id.is_not_null();
    assert_eq!(app.count::<conversation::Entity>(all).await, 1);
    let all = conversation_member::Column::Id.is_not_null();
    assert_eq!(app.count::<conversation_member::Entity>(all).await, 2);
}

#[tokio::test]
async fn asking_for_a_talk_makes_none() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let query = "query($with: ID!) { conversation(by: { with: $with }) { id }
        profile(by: { id: $with }) { viewer { conversation { id } canMessage } } }";
    let run = app.refuses(&ada, query, json!({ "with": profile_id(&grace) })).await.ok();
    let none = json!({ "conversation": null,
        "profile": { "viewer": { "conversation": null, "canMessage": true } } });
    assert_eq!(run.data, none);
    let run = app.run_with(&ada, query, json!({ "with": profile_id(&ada) })).await.ok();
    assert_eq!(run.at("profile.viewer"), &json!({ "conversation": null, "canMessage": false }));
    assert_eq!(run.at("conversation"), &Value::Null);
    for with in ["", "profile_", "\u{0}"] {
        let query = "query($with: ID!) { conversation(by: { with: $with }) { id } }";
        let run = app.run_with(&ada, query, json!({ "with": with })).await.ok();
        assert_eq!(run.at("conversation"), &Value::Null);
    }
}

#[tokio::test]
async fn what_a_talk_needs_is_said() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let unknown = encode("profile", app.app.clock.key()).to_string();
    let (me, her) = (profile_id(&ada), profile_id(&grace));
    let crowd: Vec<_> =
        (0..50).map(|_| encode("profile", app.app.clock.key()).to_string()).collect();
    for (with, title, expected) in [
        (json!([]), Value::Null, "REQUIRED with"),
        (json!([me]), Value::Null, "REQUIRED with"),
        (json!([her, unknown]), Value::Null, "NOT_FOUND with.1"),
        (json!([me, unknown]), Value::Null, "NOT_FOUND with.1"),
        (json!([""]), Value::Null, "NOT_FOUND with.0"),
        (json!(crowd), Value::Null, "TOO_LONG with"),
        (json!([her]), json!("Ours"), "INVALID title"),
        (json!([her, unknown]), json!("t".repeat(81)), "TOO_LONG title"),
        (json!([her, unknown]), json!("a\nb"), "INVALID title"),
    ] {
        let run = app.refuses(&ada, OPEN, json!({ "with": with, "title": title })).await;
        assert_eq!(run.refusals(), [expected], "{with} {title}");
    }
    for (actor, code) in [
        (Guest, "UNAUTHENTICATED"),
        (app.by_token(ada, &[Scope::ReadChat, Scope::WriteSocial]), "SCOPE_MISSING"),
    ] {
        let run = app.refuses(&actor, OPEN, json!({ "with": [her] })).await;
        assert_eq!(run.error_code(), code);
    }
}

#[tokio::test]
async fn who_blocks_and_who_is_blocked_open_no_talk() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let staff = app.with_role("staff", Role::Moderator).await;
    let talk = app.open_talk(&ada, &[&grace]).await;
    app.say(&ada, &talk, "hello", &[]).await;
    let can_send = "query($id: ID!) { conversation(by: { id: $id }) { viewer { canSend } } }";
    let sends = async |who| {
        let run = app.run_with(who, can_send, json!({ "id": talk })).await.ok();
        run.at("conversation.viewer.canSend").as_bool().unwrap()
    };
    assert!(sends(&ada).await && sends(&grace).await);
    block(&app, &ada, &grace).await;
    block(&app, &ada, &staff).await;
    for (who, whom, expected) in [
        (&ada, [&grace, &mary].as_slice(), "BLOCKED with.0"),
        (&ada, &[&mary, &grace], "BLOCKED with.1"),
        (&grace, &[&ada], "NOT_FOUND with.0"),
        (&grace, &[&mary, &ada], "NOT_FOUND with.1"),
        (&staff, &[&ada], "BLOCKED with.0"),
    ] {
        let run = app.refuses(who, OPEN, json!({ "with": ids(whom) })).await;
        assert_eq!(run.refusals(), [expected]);
    }
    assert!(!sends(&ada).await && !sends(&grace).await);
    // What was said stays readable for both.
    assert_eq!(listed(&app, &ada, json!({})).await, ["Grace"]);
    assert_eq!(listed(&app, &grace, json!({})).await, ["Ada"]);
    let query = "query($with: ID!) { profile(by: { id: $with }) { viewer { canMessage } } }";
    let run = app.run_with(&ada, query, json!({ "with": profile_id(&grace) })).await.ok();
    assert_eq!(run.at("profile.viewer.canMessage"), false);
}

#[tokio::test]
async fn an_empty_talk_stands_in_the_list_of_who_opened_it_alone() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let talk = app.open_talk(&ada, &[&grace]).await;
    assert_eq!(listed(&app, &ada, json!({})).await, ["Grace"]);
    assert_eq!(listed(&app, &grace, json!({})).await, [""; 0]);
    app.say(&ada, &talk, "hello", &[]).await;
    assert_eq!(listed(&app, &grace, json!({})).await, ["Ada"]);
}

#[tokio::test]
async fn the_list_has_the_newest_activity_first_and_is_read_by_pages() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut talks = Vec::new();
    for name in ["one", "two", "three", "four"] {
        app.app.clock.advance(TimeDelta::seconds(1));
        let other = app.member(name).await;
        talks.push((app.open_talk(&ada, &[&other]).await, other));
    }
    for (id, other) in talks.iter().rev().skip(1) {
        app.app.clock.advance(TimeDelta::seconds(1));
        app.say(other, id, "hello", &[]).await;
    }
    let room = open_channel(&app, &ada, "room", "PUBLIC").await;
    app.app.clock.advance(TimeDelta::seconds(1));
    app.say(&talks[2].1, &talks[2].0, "again", &[]).await;

    assert_eq!(listed(&app, &ada, json!({})).await, ["Three", "The room", "One", "Two", "Four"]);
    assert_eq!(
        listed(&app, &ada, json!({ "kinds": ["DIRECT"], "unreadOnly": true })).await,
        ["Three", "One", "Two"]
    );
    assert_eq!(listed(&app, &ada, json!({ "kinds": ["CHANNEL", "CIRCLE"] })).await, ["The room"]);
    assert_eq!(
        listed(&app, &ada, json!({ "unreadOnly": true, "kinds": ["CIRCLE"] })).await,
        [""; 0]
    );
    let (mut after, mut found) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "first": 2, "after": after });
        let page = app.run_with(&ada, LIST, variables).await.ok();
        found.extend(page.list(NODES, "viewer.title"));
        after = page.at("viewer.conversations.pageInfo.endCursor").clone();
        if page.at("viewer.conversations.pageInfo.hasNextPage") == false {
            break;
        }
    }
    assert_eq!(found, ["Three", "The room", "One", "Two", "Four"]);
    let run = app.run(&ada, "{ viewer { unread { conversations mentions } } }").await.ok();
    assert_eq!(run.at("viewer.unread"), &json!({ "conversations": 3, "mentions": 0 }));
    let run = app
        .run_with(
            &ada,
            "query($id: ID!) { node(id: $id) { ... on Conversation { channel } } }",
            json!({ "id": room }),
        )
        .await
        .ok();
    assert_eq!(run.text("node.channel"), "room");
}

#[tokio::test]
async fn nobody_else_reads_a_talk() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let (mary, admin) = (app.member("mary").await, app.with_role("root", Role::Admin).await);
    let talk = app.open_talk(&ada, &[&grace]).await;
    app.say(&ada, &talk, "hello", &[]).await;
    let query = "query($id: ID!) { conversation(by: { id: $id }) { title } node(id: $id) { id } }";
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::WriteChat]);
    for actor in [&Guest, &mary, &admin, &token] {
        let run = app.run_with(actor, query, json!({ "id": talk })).await.ok();
        assert_eq!(run.data, json!({ "conversation": null, "node": null }), "{actor:?}");
    }
    let reader = app.by_token(ada, &[Scope::ReadChat]);
    let run = app.run_with(&reader, query, json!({ "id": talk })).await.ok();
    assert_eq!(run.text("conversation.title"), "Ada, Grace");
    for query in [LIST, "{ viewer { unread { mentions } } }"] {
        let run = app.run(&token, query).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING");
    }
}

#[tokio::test]
async fn the_list_takes_as_many_statements_for_few_and_many() {
    let query = "{ viewer { unread { conversations } eventCursor conversations(first: 50) { nodes {
        title eventCursor members(first: 3) { edges { role joinedAt node { handle } } }
        viewer { title unreadCount mentionCount role canSend canInvite canEdit canPin canModerate canLeave canJoin } } } } }";
    let mut taken = Vec::new();
    for many in [2, 20] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        for n in 0..many {
            let (one, two) =
                (app.member(&format!("one{n}")).await, app.member(&format!("two{n}")).await);
            let talk = app.open_talk(&ada, &[&one]).await;
            app.say(&one, &talk, "hello", &[]).await;
            app.open_talk(&one, &[&two, &ada]).await;
            let room = open_channel(&app, &ada, &format!("room-{n}"), "PRIVATE").await;
            app.set(&ada, &room, &[&one], json!("OWNER")).await.done();
        }
        let run = app.run(&ada, query).await.ok();
        assert_eq!(run.at(NODES).as_array().unwrap().len(), Ord::min(3 * many, 50));
        taken.push(run.sql);
    }
    // The page with one's own rows, unread, two cursors, names, members, blocks, owners; and the viewer's snapshot.
    assert_eq!(taken[0].len(), taken[1].len(), "{taken:#?}");
    assert_eq!(taken[0].iter().filter(|sql| sql.contains("SELECT")).count(), 8, "{:#?}", taken[0]);
}

#[tokio::test]
async fn the_talks_with_a_page_of_profiles_are_one_statement() {
    let query = "{ profiles(first: 50) { nodes { viewer { conversation { id } } } } }";
    let mut taken = Vec::new();
    for many in [2, 20] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        for n in 0..many {
            let other = app.member(&format!("other{n}")).await;
            app.open_talk(&ada, &[&other]).await;
        }
        let run = app.run(&ada, query).await.ok();
        let talks = run.at("profiles.nodes").as_array().unwrap().iter();
        assert_eq!(talks.filter(|row| row["viewer"]["conversation"].is_object()).count(), many);
        taken.push(run.sql.len());
    }
    assert_eq!(taken, [3, 3]);
}
