//! What one's own stream tells of notifications.

use guildhall::scope::Scope;
use serde_json::json;

use crate::kit::{TestApp, follow, profile_id};

const MINE: &str = "subscription($after: EventCursor) { viewerEvents(after: $after) { __typename
    ... on StreamReady { cursor }
    ... on NotificationAdded { cursor notification { id kind actors { handle } subject {
        ... on Profile { id } } } unread { notifications conversations } }
    ... on NotificationsRead { ids before unread { notifications } }
    ... on UnreadChanged { unread { notifications conversations } } } }";
const READ: &str = "mutation($ids: [ID!], $before: DateTime) {
    notificationsMarkRead(ids: $ids, before: $before) { userErrors { code path } } }";

#[tokio::test]
async fn news_is_told_at_once_and_so_is_that_it_was_read() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let mut hers = app.follow(&ada, MINE, json!({})).await;
    let start = hers.ready().await;
    let mut others = app.follow(&mary, MINE, json!({})).await;
    others.ready().await;
    follow(&app, &grace, &ada).await;
    app.work().await;

    let added = hers.next().await;
    assert_eq!(added["__typename"], "NotificationAdded");
    assert_eq!(added["notification"]["kind"], "FOLLOW");
    assert_eq!(added["notification"]["actors"], json!([{ "handle": "grace" }]));
    assert_eq!(added["notification"]["subject"]["id"], json!(profile_id(&ada)));
    assert_eq!(added["unread"], json!({ "notifications": 1, "conversations": 0 }));
    let id = added["notification"]["id"].as_str().unwrap();

    app.run_with(&ada, READ, json!({ "ids": [id] })).await.done();
    let read = json!({ "__typename": "NotificationsRead", "ids": [id], "before": null,
        "unread": { "notifications": 0 } });
    assert_eq!(hers.next().await, read);

    follow(&app, &mary, &ada).await;
    app.work().await;
    let added = hers.next().await;
    assert_eq!(added["notification"]["actors"], json!([{ "handle": "mary" }]));
    assert_ne!(added["notification"]["id"], id, "what was read gathers nobody more");
    app.run_with(&ada, READ, json!({ "before": "2030-01-01T00:00:00Z" })).await.done();
    let read = json!({ "__typename": "NotificationsRead", "ids": [],
        "before": "2026-05-04T09:30:00.000Z", "unread": { "notifications": 0 } });
    assert_eq!(hers.next().await, read);
    others.hears_nothing().await;

    // Whoever was away hears all of it again, as it is now.
    let mut again = app.follow(&ada, MINE, json!({ "after": start })).await;
    let told = again.take(4).await;
    let kinds: Vec<_> = told.iter().map(|event| event["__typename"].as_str().unwrap()).collect();
    let expected =
        ["NotificationAdded", "NotificationsRead", "NotificationAdded", "NotificationsRead"];
    assert_eq!(kinds, expected);
    assert_eq!(told[0]["unread"]["notifications"], 0);
}

#[tokio::test]
async fn what_is_unread_is_counted_with_notifications() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    follow(&app, &grace, &ada).await;
    app.work().await;
    let talk = app.open_talk(&grace, &[&ada]).await;
    let said = app.say(&grace, &talk, "hello", &[]).await;
    let mut hers = app.follow(&ada, MINE, json!({})).await;
    hers.ready().await;
    let read = "mutation($id: ID!, $at: ID!) { conversationMarkRead(id: $id, upTo: $at) { userErrors { code path } } }";
    app.run_with(&ada, read, json!({ "id": talk, "at": said })).await.done();
    let changed = json!({ "__typename": "UnreadChanged",
        "unread": { "notifications": 1, "conversations": 0 } });
    assert_eq!(hers.next().await, changed);
}

#[tokio::test]
async fn a_token_for_chat_alone_hears_of_no_notifications() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let token = app.by_token(ada, &[Scope::ReadChat]);
    let mut heard = app.follow(&token, MINE, json!({})).await;
    heard.ready().await;
    follow(&app, &grace, &ada).await;
    app.work().await;
    app.run_with(&ada, READ, json!({ "before": "2030-01-01T00:00:00Z" })).await.done();
    heard.hears_nothing().await;
}
