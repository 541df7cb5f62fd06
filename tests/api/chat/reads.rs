//! Read marks, and what is unread.

use futures_util::future::join_all;
use guildhall::{Actor, Actor::Guest, entity::conversation_member, scope::Scope};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::kit::{TestApp, key, open_channel};

const READ: &str = "mutation($id: ID!, $at: ID!) { conversationMarkRead(id: $id, upTo: $at) {
    conversation { viewer { unreadCount mentionCount } } userErrors { code path } } }";
const UNREAD: &str = "mutation($id: ID!, $at: ID!) { conversationMarkUnread(id: $id, from: $at) {
    conversation { viewer { unreadCount mentionCount } } userErrors { code path } } }";

fn place(id: &str, at: &str) -> Value {
    json!({ "id": id, "at": at })
}

/// Unread messages and mentions of a conversation, then of all.
async fn unread(app: &TestApp, who: &Actor, id: &str) -> [i64; 4] {
    let query = "query($id: ID!) { viewer { unread { conversations mentions } }
        conversation(by: { id: $id }) { viewer { unreadCount mentionCount } } }";
    let run = app.run_with(who, query, json!({ "id": id })).await.ok();
    [
        "conversation.viewer.unreadCount",
        "conversation.viewer.mentionCount",
        "viewer.unread.conversations",
        "viewer.unread.mentions",
    ]
    .map(|path| run.at(path).as_i64().unwrap())
}

#[tokio::test]
async fn reading_counts_down_what_is_unread_exactly() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let talk = app.open_talk(&ada, &[&grace]).await;
    let mut said = Vec::new();
    for n in 0..5 {
        let named: &[&Actor] = if n % 2 == 0 { &[&grace] } else { &[] };
        said.push(app.say(&ada, &talk, "hello", named).await);
    }
    assert_eq!(unread(&app, &grace, &talk).await, [5, 3, 1, 3]);
    let run = app.run_with(&grace, READ, place(&talk, &said[2])).await.done();
    let left = json!({ "unreadCount": 2, "mentionCount": 1 });
    assert_eq!(run.at("conversationMarkRead.conversation.viewer"), &left);
    // A mark never moves back.
    for at in [&said[0], &said[2]] {
        let run = app.refuses(&grace, READ, place(&talk, at)).await.done();
        assert_eq!(run.at("conversationMarkRead.conversation.viewer"), &left);
    }
    app.run_with(&grace, READ, place(&talk, &said[4])).await.done();
    assert_eq!(unread(&app, &grace, &talk).await, [0, 0, 0, 0]);
    let reads = |told: Vec<String>| told.into_iter().filter(|kind| kind == "read_moved").count();
    assert_eq!(reads(app.told(key("conversation", &talk)).await), 2);
    assert_eq!(reads(app.told(grace.id().unwrap()).await), 2);
    assert_eq!(reads(app.told(ada.id().unwrap()).await), 0);
}

#[tokio::test]
async fn what_was_read_is_unread_again_from_a_message_on() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let talk = app.open_talk(&ada, &[&grace]).await;
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(app.say(&ada, &talk, "hello", &[&grace]).await);
    }
    app.run_with(&grace, READ, place(&talk, &said[1])).await.done();
    let run = app.refuses(&grace, UNREAD, place(&talk, &said[2])).await.done();
    let left = json!({ "unreadCount": 1, "mentionCount": 1 });
    assert_eq!(run.at("conversationMarkUnread.conversation.viewer"), &left);
    app.run_with(&grace, UNREAD, place(&talk, &said[1])).await.done();
    assert_eq!(unread(&app, &grace, &talk).await, [2, 2, 1, 2]);
    app.run_with(&grace, UNREAD, place(&talk, &said[0])).await.done();
    assert_eq!(unread(&app, &grace, &talk).await, [3, 3, 1, 3]);
    // Others do not hear that something is unread again.
    let told = app.told(key("conversation", &talk)).await;
    assert_eq!(told, ["message_added", "message_added", "message_added", "read_moved"]);
    let own = ["conversation_joined!", "read_moved", "read_moved", "read_moved"];
    assert_eq!(app.told(grace.id().unwrap()).await, own);
}

#[tokio::test]
async fn what_the_system_says_is_not_news() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    app.act(&grace, "conversationJoin", &room).await.done();
    let first = app.say(&ada, &room, "one", &[]).await;
    app.act(&mary, "conversationJoin", &room).await.done();
    app.say(&ada, &room, "two", &[]).await;
    assert_eq!(unread(&app, &grace, &room).await, [2, 0, 1, 0]);
    assert_eq!(unread(&app, &mary, &room).await, [1, 0, 1, 0]);
    app.run_with(&grace, READ, place(&room, &first)).await.done();
    assert_eq!(unread(&app, &grace, &room).await, [1, 0, 1, 0]);
    // In a channel nobody hears who has read what.
    let told = app.told(key("conversation", &room)).await;
    assert!(!told.contains(&"read_moved".to_owned()), "{told:?}");
    assert_eq!(app.told(grace.id().unwrap()).await, ["conversation_joined!", "read_moved"]);
}

#[tokio::test]
async fn only_who_is_in_it_marks_and_only_its_own_messages() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let talk = app.open_talk(&ada, &[&grace]).await;
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    let (here, there) =
        (app.say(&ada, &talk, "a", &[]).await, app.say(&ada, &room, "b", &[]).await);
    for (query, path) in [(READ, "upTo"), (UNREAD, "from")] {
        let not_found = format!("NOT_FOUND {path}");
        for (who, id, at, expected) in [
            (&mary, &talk, &here, "NOT_FOUND id"),
            (&mary, &room, &there, "FORBIDDEN id"),
            (&grace, &talk, &there, &not_found),
            (&grace, &talk, &talk, &not_found),
            (&grace, &here, &here, "NOT_FOUND id"),
        ] {
            assert_eq!(app.refuses(who, query, place(id, at)).await.refusals(), [expected]);
        }
        let token = app.by_token(grace, &[Scope::ReadChat]);
        let run = app.refuses(&token, query, place(&talk, &here)).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING");
        let run = app.refuses(&Guest, query, place(&talk, &here)).await;
        assert_eq!(run.error_code(), "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn counts_stay_exact_while_others_write() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let talk = app.open_talk(&ada, &[&grace]).await;
    let first = app.say(&ada, &talk, "0", &[&grace]).await;
    let mut marks = vec![first];
    let named = [&grace];
    for round in 0..6 {
        let at = marks.last().unwrap().clone();
        let (said, other, _) = tokio::join!(
            app.say(&ada, &talk, "x", &named),
            app.say(&ada, &talk, "y", &named),
            app.run_with(&grace, READ, place(&talk, &at)),
        );
        let own = conversation_member::Entity::find()
            .filter(conversation_member::Column::ProfileId.eq(grace.id().unwrap()))
            .one(&app.app.db.write)
            .await
            .unwrap()
            .unwrap();
        let after = guildhall::entity::message_mention::Column::Position.gt(own.read_position);
        let named = app.count::<guildhall::entity::message_mention::Entity>(after).await;
        assert_eq!(i64::try_from(named).unwrap(), i64::from(own.mention_count), "round {round}");
        marks.extend([said, other]);
    }
    let readers = marks.iter().map(|at| app.run_with(&grace, READ, place(&talk, at)));
    for run in join_all(readers).await {
        run.done();
    }
    assert_eq!(unread(&app, &grace, &talk).await[..2], [0, 0]);
}
