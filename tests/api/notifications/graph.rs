//! One's own notifications: what is shown of them, and marking them as read.

use chrono::TimeDelta;
use guildhall::{
    Actor::Guest,
    entity::{account::Role, notification::Kind},
    graph::encode,
    scope::Scope,
};
use serde_json::{Value, json};

use super::graph_kit::told;
use crate::kit::{TestApp, block, follow, profile_id, write_comment, write_post};

const LIST: &str = "query($filter: NotificationFilter, $first: Int! = 20, $after: String) { viewer {
    unread { notifications } notifications(filter: $filter, first: $first, after: $after) { unreadCount
    nodes { id kind readAt } pageInfo { hasNextPage endCursor } } } }";
const NODES: &str = "viewer.notifications.nodes";
const READ: &str = "mutation($ids: [ID!], $before: DateTime) {
    notificationsMarkRead(ids: $ids, before: $before) {
        notifications { id readAt } unread { notifications } userErrors { code path } } }";

#[tokio::test]
async fn a_notification_says_what_happened_in_ones_own_language() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = write_comment(&app, &grace, &post, "hello").await;
    let id = told(&app, &ada, &[&mary, &grace], Kind::Reply, &comment).await;

    let query = "{ viewer { notifications { nodes { id kind at readAt actorCount actors { handle }
        subject { __typename ... on Comment { id } } excerpt url summary } } } }";
    let shown = app.run(&ada, query).await.ok();
    let expected = json!([{
        "id": id, "kind": "REPLY", "at": "2026-05-04T09:30:00.000Z", "readAt": null, "actorCount": 2,
        "actors": [{ "handle": "grace" }, { "handle": "mary" }],
        "subject": { "__typename": "Comment", "id": comment }, "excerpt": "the beginning",
        "url": format!("{}/comments/{comment}", app.app.config.public_url()),
        "summary": "Grace and Mary replied to your comment" }]);
    assert_eq!(shown.at(NODES), &expected);

    let german =
        "mutation { accountUpdate(input: { locale: \"de-CH\" }) { userErrors { code path } } }";
    app.run(&ada, german).await.done();
    let shown = app.run(&ada, query).await.ok();
    let summary = "Grace und Mary haben auf deinen Kommentar geantwortet";
    assert_eq!(shown.list(NODES, "summary"), [summary]);

    block(&app, &grace, &ada).await;
    let shown = app.run(&ada, query).await.ok();
    assert_eq!(shown.at("viewer.notifications.nodes.0.actors"), &json!([{ "handle": "mary" }]));
    assert_eq!(shown.at("viewer.notifications.nodes.0.actorCount"), 2);
    assert!(!shown.list(NODES, "summary")[0].contains("Grace"), "who blocked you is not named");
}

#[tokio::test]
async fn notifications_are_ones_own_alone() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let admin = app.with_role("root", Role::Admin).await;
    let id = told(&app, &ada, &[&grace], Kind::Follow, &profile_id(&ada)).await;
    let node = "query($id: ID!) { node(id: $id) { ... on Notification { kind } } }";
    for other in [&Guest, &grace, &admin] {
        let run = app.run_with(other, node, json!({ "id": id })).await.ok();
        assert_eq!(run.at("node"), &Value::Null, "{other:?}");
    }
    for other in [&grace, &admin] {
        let run = app.run(other, LIST).await.ok();
        assert_eq!(run.at(NODES), &json!([]));
        assert_eq!(run.at("viewer.unread.notifications"), 0);
    }
    let run = app.run_with(&ada, node, json!({ "id": id })).await.ok();
    assert_eq!(run.at("node.kind"), "FOLLOW");
    let run = app.run(&ada, LIST).await.ok();
    assert_eq!(run.list(NODES, "id"), [id.as_str()]);
    assert_eq!(run.at("viewer.unread.notifications"), 1);
    assert_eq!(run.at("viewer.notifications.unreadCount"), 1);

    let reader = app.by_token(ada, &[Scope::ReadPrivate]);
    assert_eq!(app.run(&reader, LIST).await.ok().list(NODES, "id"), [id.as_str()]);
    let other = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadChat, Scope::WriteSocial]);
    assert_eq!(app.run(&other, LIST).await.error_code(), "SCOPE_MISSING");
    let counted = app.run(&other, "{ viewer { unread { notifications } } }").await;
    assert_eq!(counted.error_code(), "SCOPE_MISSING");
    let run = app.run_with(&other, node, json!({ "id": id })).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    assert_eq!(run.at("node"), &Value::Null);
}

#[tokio::test]
async fn what_one_may_not_see_any_more_is_not_shown() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    follow(&app, &grace, &ada).await;
    app.work().await;
    let post = write_post(&app, &ada, "hello @grace", "FOLLOWERS").await;
    let id = told(&app, &grace, &[&ada], Kind::Mention, &post).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Notification {
        subject { ... on Post { id } } excerpt actors { handle } kind } } }";
    let seen = app.run_with(&grace, query, json!({ "id": id })).await.ok();
    assert_eq!(seen.at("node.subject.id"), &json!(post));
    assert_eq!(seen.at("node.excerpt"), "the beginning");
    block(&app, &ada, &grace).await;
    let hidden = app.run_with(&grace, query, json!({ "id": id })).await.ok();
    let expected = json!({ "subject": null, "excerpt": null, "actors": [], "kind": "MENTION" });
    assert_eq!(hidden.at("node"), &expected);
    app.act(&ada, "postDelete", &post).await.done();
    let gone = app.run_with(&grace, query, json!({ "id": id })).await.ok();
    assert_eq!(gone.at("node"), &Value::Null);
}

#[tokio::test]
async fn notifications_come_in_pages_and_by_kind() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mut ids = Vec::new();
    for n in 0..3 {
        let post = write_post(&app, &ada, &format!("post {n}"), "PUBLIC").await;
        let kind = if n == 1 { Kind::Mention } else { Kind::Comment };
        ids.insert(0, told(&app, &ada, &[&grace], kind, &post).await);
        app.app.clock.advance(TimeDelta::minutes(1));
    }
    let first = app.run_with(&ada, LIST, json!({ "first": 2 })).await.ok();
    assert_eq!(first.list(NODES, "id"), ids[..2]);
    assert_eq!(first.at("viewer.notifications.unreadCount"), 3);
    assert_eq!(first.at("viewer.notifications.pageInfo.hasNextPage"), true);
    let after = first.text("viewer.notifications.pageInfo.endCursor");
    let rest = app.run_with(&ada, LIST, json!({ "first": 2, "after": after })).await.ok();
    assert_eq!(rest.list(NODES, "id"), ids[2..]);
    app.run_with(&ada, READ, json!({ "ids": [ids[0]] })).await.done();
    for (filter, expected) in [
        (json!({ "kinds": ["MENTION"] }), vec![&ids[1]]),
        (json!({ "kinds": [] }), vec![&ids[0], &ids[1], &ids[2]]),
        (json!({ "unreadOnly": true }), vec![&ids[1], &ids[2]]),
        (json!({ "since": "2026-05-04T09:31:00Z" }), vec![&ids[0], &ids[1]]),
        (json!({ "unreadOnly": true, "kinds": ["COMMENT"] }), vec![&ids[2]]),
    ] {
        let run = app.run_with(&ada, LIST, json!({ "filter": filter })).await.ok();
        assert_eq!(run.list(NODES, "id").iter().collect::<Vec<_>>(), expected, "{filter}");
    }
    for first in [0, 101] {
        let run = app.run_with(&ada, LIST, json!({ "first": first })).await;
        assert_eq!(run.error_code(), "BAD_REQUEST");
    }
}

#[tokio::test]
async fn these_or_all_up_to_a_moment_are_marked_as_read() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mut ids = Vec::new();
    for n in 0..3 {
        let post = write_post(&app, &ada, &format!("post {n}"), "PUBLIC").await;
        ids.push(told(&app, &ada, &[&grace], Kind::Comment, &post).await);
        app.app.clock.advance(TimeDelta::minutes(1));
    }
    let others = told(&app, &grace, &[&ada], Kind::Follow, &profile_id(&grace)).await;

    let run = app.run_with(&ada, READ, json!({ "ids": [ids[1]] })).await.done();
    let marked = json!([{ "id": ids[1], "readAt": "2026-05-04T09:33:00.000Z" }]);
    assert_eq!(run.at("notificationsMarkRead.notifications"), &marked);
    assert_eq!(run.at("notificationsMarkRead.unread.notifications"), 2);
    app.app.clock.advance(TimeDelta::minutes(1));
    let again = app.run_with(&ada, READ, json!({ "ids": [ids[1]] })).await.done();
    assert_eq!(again.at("notificationsMarkRead.notifications"), &json!([]));
    let before = json!({ "before": "2026-05-04T09:31:00Z" });
    let run = app.run_with(&ada, READ, before).await.done();
    assert_eq!(run.list("notificationsMarkRead.notifications", "id"), [ids[0].as_str()]);
    assert_eq!(run.at("notificationsMarkRead.unread.notifications"), 1);
    let run = app.run(&grace, LIST).await.ok();
    assert_eq!(run.at(NODES), &json!([{ "id": others, "kind": "FOLLOW", "readAt": null }]));
}

#[tokio::test]
async fn nobody_marks_what_is_not_theirs() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mine = told(&app, &ada, &[&grace], Kind::Follow, &profile_id(&ada)).await;
    let others = told(&app, &grace, &[&ada], Kind::Follow, &profile_id(&grace)).await;
    let unknown = encode("notification", app.app.clock.key()).to_string();
    let run = app.refuses(&ada, READ, json!({ "ids": [mine, others, unknown, "post_1"] })).await;
    assert_eq!(run.refusals(), ["NOT_FOUND ids.1", "NOT_FOUND ids.2", "NOT_FOUND ids.3"]);
    assert_eq!(run.at("notificationsMarkRead.unread"), &Value::Null);
    let both = json!({ "ids": [mine], "before": "2026-05-04T09:30:00Z" });
    assert_eq!(app.refuses(&ada, READ, both).await.refusals(), ["INVALID ids"]);
    assert_eq!(app.refuses(&ada, READ, json!({})).await.refusals(), ["REQUIRED ids"]);
    let many = json!({ "ids": vec![&mine; 101] });
    assert_eq!(app.refuses(&ada, READ, many).await.error_code(), "BAD_REQUEST");
    let token = app.by_token(ada, &[Scope::ReadPrivate, Scope::WriteChat]);
    for (who, code) in [(&Guest, "UNAUTHENTICATED"), (&token, "SCOPE_MISSING")] {
        for variables in [json!({ "ids": [mine] }), json!({})] {
            assert_eq!(app.refuses(who, READ, variables).await.error_code(), code);
        }
    }
}
