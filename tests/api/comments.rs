//! Comments: how they nest, who changes them, and what stays when one is deleted.

use chrono::TimeDelta;
use futures_util::future::join_all;
use guildhall::{
    Actor::Guest,
    entity::{account::Role, comment, reaction},
    graph::encode,
    scope::Scope,
};
use sea_orm::{ColumnTrait as _, ExprTrait as _};
use serde_json::{Value, json};

use crate::kit::{TestApp, by_id, follow, key, write_comment, write_post};

const CREATE: &str = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) {
    comment { id } userErrors { code path message ... on LimitError { max actual } } } }";
const UPDATE: &str = "mutation($id: ID!, $body: Markdown!) { commentUpdate(id: $id, body: $body) {
    comment { body { source html mentions { handle } } editedAt }
    userErrors { code path message } } }";
const THREAD: &str = "{ feed(first: 1) { nodes { commentCount comments(first: 5) { nodes { ...C replies(first: 5) { nodes { ...C
    replies(first: 5) { nodes { ...C } } } } } } } } }
    fragment C on Comment { body { source } author { handle } depth replyCount reactionCount }";

fn on(post: &str, parent: Option<&str>, body: &str) -> Value {
    json!({ "input": { "subject": post, "parent": parent, "body": body } })
}

fn said(body: &str, author: &str, depth: i32, replies: i32) -> Value {
    json!({ "body": { "source": body }, "author": { "handle": author }, "depth": depth,
        "replyCount": replies, "reactionCount": 0 })
}

fn with(mut comment: Value, replies: &[Value]) -> Value {
    comment["replies"] = json!({ "nodes": replies });
    comment
}

async fn post_count(app: &TestApp) -> Value {
    app.run(&Guest, "{ feed { nodes { commentCount } } }")
        .await
        .ok()
        .at("feed.nodes.0.commentCount")
        .clone()
}

#[tokio::test]
async fn comments_nest_and_are_counted() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let a = write_comment(&app, &ada, &post, "a").await;
    let b = app.reply_to(&grace, &post, &a, "b").await;
    app.reply_to(&ada, &post, &b, "c").await;
    app.reply_to(&ada, &post, &a, "d").await;
    write_comment(&app, &grace, &post, "e").await;

    let run = app.run(&Guest, THREAD).await.ok();

    let expected = json!({ "commentCount": 5, "comments": { "nodes": [
        with(said("a", "ada", 0, 2), &[
            with(said("b", "grace", 1, 1), &[said("c", "ada", 2, 0)]),
            with(said("d", "ada", 1, 0), &[]),
        ]),
        with(said("e", "grace", 0, 0), &[]),
    ] } });
    assert_eq!(run.at("feed.nodes.0"), &expected);
}

#[tokio::test]
async fn answers_stand_twenty_deep_and_no_deeper() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let mut last = write_comment(&app, &ada, &post, "0").await;
    for n in 1..=22 {
        last = app.reply_to(&ada, &post, &last, &n.to_string()).await;
    }
    let query = "query($id: ID!) { node(id: $id) { ... on Comment { depth body { source }
        parent { depth body { source } } commentedOn { commentCount ... on Node { id } } } } }";
    let run = app.run_with(&Guest, query, json!({ "id": last })).await.ok();
    let expected = json!({ "depth": 20, "body": { "source": "22" },
        "parent": { "depth": 20, "body": { "source": "21" } },
        "commentedOn": { "commentCount": 23, "id": post } });
    assert_eq!(run.at("node"), &expected);
}

#[tokio::test]
async fn an_answer_stands_under_its_own_post() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let other = write_post(&app, &ada, "other", "PUBLIC").await;
    let hidden = write_post(&app, &ada, "hidden", "FOLLOWERS").await;
    let there = write_comment(&app, &ada, &other, "there").await;
    let in_hidden = write_comment(&app, &ada, &hidden, "in hidden").await;
    let unknown = encode("comment", app.app.clock.key()).to_string();
    for parent in [&there, &in_hidden, &unknown, &post, "", "comment_", "\u{0}"] {
        let run = app.refuses(&grace, CREATE, on(&post, Some(parent), "b")).await;
        assert_eq!(run.refusals(), ["NOT_FOUND input.parent"], "{parent:?}");
    }
    for subject in [&hidden, &there, &unknown, "", "post_", "\u{0}"] {
        let run = app.refuses(&grace, CREATE, on(subject, None, "b")).await;
        assert_eq!(run.refusals(), ["NOT_FOUND input.subject"], "{subject:?}");
    }
}

#[tokio::test]
async fn a_comment_has_words_and_not_too_many() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = app.run_with(&ada, CREATE, on(&post, None, &"ж".repeat(5_000))).await.done();
    let comment = comment.text("commentCreate.comment.id");
    let long = "c".repeat(5_001);
    for (body, code) in [
        ("", "REQUIRED"),
        (" \u{200b}\n", "REQUIRED"),
        ("a\u{0}", "INVALID"),
        (long.as_str(), "TOO_LONG"),
    ] {
        let run = app.refuses(&ada, CREATE, on(&post, None, body)).await;
        assert_eq!(run.refusals(), [format!("{code} input.body")]);
        let run = app.refuses(&ada, UPDATE, json!({ "id": comment, "body": body })).await;
        assert_eq!(run.refusals(), [format!("{code} body")]);
    }
}

#[tokio::test]
async fn a_comment_is_changed_by_its_author_only() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mo = app.with_role("mo", Role::Moderator).await;
    let post = write_post(&app, &grace, "hello", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "first").await;
    for other in [&grace, &mo] {
        let run = app.refuses(other, UPDATE, json!({ "id": comment, "body": "b" })).await;
        assert_eq!(run.refusals(), ["FORBIDDEN id"]);
    }
    let can = "query($id: ID!) { node(id: $id) { ... on Comment { viewer { isAuthor canReact canReply canEdit canDelete } } } }";
    for (actor, edit, delete) in [(&ada, true, true), (&grace, false, false), (&mo, false, true)] {
        let run = app.run_with(actor, can, json!({ "id": comment })).await.ok();
        let expected = json!({ "isAuthor": edit, "canReact": true, "canReply": true, "canEdit": edit, "canDelete": delete });
        assert_eq!(run.at("node.viewer"), &expected);
    }
    app.app.clock.advance(TimeDelta::minutes(1));
    let edit = json!({ "id": comment, "body": "hi @grace" });
    let run = app.run_with(&ada, UPDATE, edit).await.done();
    let expected = json!({ "body": { "source": "hi @grace",
        "html": "<p>hi <span class=\"mention\">@grace</span></p>", "mentions": [{ "handle": "grace" }] },
        "editedAt": "2026-05-04T09:31:00.000Z" });
    assert_eq!(run.at("commentUpdate.comment"), &expected);
}

#[tokio::test]
async fn what_is_hidden_or_no_comment_cannot_be_changed() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let hidden = write_post(&app, &ada, "hello", "FOLLOWERS").await;
    let comment = write_comment(&app, &ada, &hidden, "hello").await;
    let unknown = encode("comment", app.app.clock.key()).to_string();
    for id in [&comment, &hidden, &unknown, "", "comment_", "\u{0}"] {
        assert_eq!(app.refuses_act(&grace, "commentDelete", id).await, ["NOT_FOUND id"], "{id:?}");
        let run = app.refuses(&grace, UPDATE, json!({ "id": id, "body": "b" })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND id"], "{id:?}");
    }
}

#[tokio::test]
async fn a_comment_without_answers_is_gone_when_deleted() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let before = app.contents_without_events().await;
    let comment = write_comment(&app, &ada, &post, "a").await;
    app.react(&ada, &comment, "🎉").await;

    let query = "mutation($id: ID!) { commentDelete(id: $id) {
        comment { id body { source } author { handle } reactionCount } userErrors { code path } } }";
    let run = app.run_with(&ada, query, json!({ "id": comment })).await.done();

    let gone = json!({ "id": comment, "body": null, "author": null, "reactionCount": 0 });
    assert_eq!(run.at("commentDelete.comment"), &gone);
    app.work().await;
    assert_eq!(app.contents_without_events().await, before);
    assert_eq!(app.refuses_act(&ada, "commentDelete", &comment).await, ["NOT_FOUND id"]);
}

#[tokio::test]
async fn a_deleted_comment_with_answers_leaves_its_place() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let top = write_comment(&app, &ada, &post, "secret @grace").await;
    let answer = app.reply_to(&grace, &post, &top, "answer").await;
    app.react(&grace, &top, "🎉").await;

    app.act(&ada, "commentDelete", &top).await.done();

    let empty =
        json!({ "body": null, "author": null, "depth": 0, "replyCount": 1, "reactionCount": 0 });
    let thread = json!({ "commentCount": 1, "comments": { "nodes": [
        with(empty, &[with(said("answer", "grace", 1, 0), &[])]),
    ] } });
    assert_eq!(app.run(&Guest, THREAD).await.ok().at("feed.nodes.0"), &thread);
    let row = comment::Column::Id
        .eq(key("comment", &top))
        .and(comment::Column::BodySource.eq(""))
        .and(comment::Column::Mentions.is_null());
    assert_eq!(app.count::<comment::Entity>(row).await, 1, "no word of it is kept");
    assert_eq!(app.count::<reaction::Entity>(reaction::Column::Emoji.eq("🎉")).await, 0);

    for actor in [&ada, &grace] {
        let run = app.refuses(actor, CREATE, on(&post, Some(&top), "b")).await;
        assert_eq!(run.refusals(), ["NOT_FOUND input.parent"]);
        assert_eq!(app.refuses_act(actor, "commentDelete", &top).await.len(), 1);
    }
    assert_eq!(app.refuses_act(&ada, "commentDelete", &top).await, ["NOT_FOUND id"]);
    let run = app.refuses(&ada, UPDATE, json!({ "id": top, "body": "b" })).await;
    assert_eq!(run.refusals(), ["NOT_FOUND id"]);
    let can = "query($id: ID!) { node(id: $id) { ... on Comment { viewer { canReact canReply canEdit canDelete } } } }";
    let run = app.run_with(&ada, can, json!({ "id": top })).await.ok();
    let nothing =
        json!({ "canReact": false, "canReply": false, "canEdit": false, "canDelete": false });
    assert_eq!(run.at("node.viewer"), &nothing);

    app.act(&grace, "commentDelete", &answer).await.done();
    assert_eq!(post_count(&app).await, 0);
}

#[tokio::test]
async fn an_empty_place_goes_with_its_last_answer() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let before = app.contents_without_events().await;
    let a = write_comment(&app, &ada, &post, "a").await;
    let b = app.reply_to(&ada, &post, &a, "b").await;
    let c = app.reply_to(&ada, &post, &b, "c").await;
    let d = app.reply_to(&ada, &post, &b, "d").await;
    for id in [&a, &b, &c] {
        app.act(&ada, "commentDelete", id).await.done();
    }
    assert_eq!(post_count(&app).await, 1);

    app.act(&ada, "commentDelete", &d).await.done();

    app.work().await;
    assert_eq!(app.contents_without_events().await, before);
}

#[tokio::test]
async fn moderators_delete_comments_and_others_do_not() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mo = app.with_role("mo", Role::Moderator).await;
    let post = write_post(&app, &grace, "hello", "FOLLOWERS").await;
    follow(&app, &ada, &grace).await;
    let comment = write_comment(&app, &ada, &post, "a").await;
    assert_eq!(app.refuses_act(&grace, "commentDelete", &comment).await, ["FORBIDDEN id"]);
    let token = app.by_token(mo, &[Scope::ReadPublic, Scope::WriteSocial]);
    let run = app.refuses(&token, &by_id("commentDelete"), json!({ "id": comment })).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    app.act(&app.by_token(mo, &[Scope::ReadPublic, Scope::Moderate]), "commentDelete", &comment)
        .await
        .done();
}

#[tokio::test]
async fn the_same_client_key_answers_the_first_comment() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let input = json!({ "input": { "subject": post, "body": "b", "clientKey": "k" } });
    let calls = (0..10).map(|_| app.run_with(&ada, CREATE, input.clone()));
    let ids = join_all(calls)
        .await
        .into_iter()
        .map(|run| run.done().text("commentCreate.comment.id").to_owned());
    let ids: Vec<_> = ids.collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(post_count(&app).await, 1);
    let as_post = "mutation { postCreate(input: { body: \"b\", clientKey: \"k\" }) { userErrors { code path } } }";
    let run = app.refuses(&ada, as_post, json!({})).await;
    assert_eq!(run.refusals(), ["DUPLICATE input.clientKey"]);
}

#[tokio::test]
async fn counts_stay_exact_when_many_write_and_delete_at_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let top = write_comment(&app, &ada, &post, "top").await;
    let written = (0..12).map(|n| {
        let (app, post, top) = (&app, &post, &top);
        async move {
            match n % 3 {
                0 => write_comment(app, &ada, post, "beside").await,
                _ => app.reply_to(&ada, post, top, "below").await,
            }
        }
    });
    let ids = join_all(written).await;
    assert_eq!(post_count(&app).await, 13);
    let churn = ids.iter().map(|id| {
        let (app, post, top) = (&app, &post, &top);
        async move {
            app.act(&ada, "commentDelete", id).await.done();
            app.reply_to(&ada, post, top, "again").await;
        }
    });
    join_all(churn).await;
    assert_eq!(post_count(&app).await, 13);
    let top = comment::Column::ReplyCount.eq(12);
    assert_eq!(app.count::<comment::Entity>(top).await, 1);
}
