//! Comments on portfolio items: who writes them, how they nest, who changes them.

use futures_util::future::join_all;
use guildhall::{Actor::Guest, entity::comment, graph::encode, scope::Scope};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::kit::{Cast, comment, published, refusal, show};
use crate::kit::{TestApp, block, write_comment, write_post};

const CREATE: &str = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) {
    comment { id } userErrors { code path message } } }";
const UPDATE: &str = "mutation($id: ID!, $body: Markdown!) { commentUpdate(id: $id, body: $body) {
    comment { body { source } } userErrors { code path message } } }";
const DELETE: &str = "mutation($id: ID!) { commentDelete(id: $id) { userErrors { code path } } }";
const THREAD: &str =
    "query($id: ID!, $sort: CommentSort!) { portfolioItem(by: { id: $id }) { commentCount
    comments(sort: $sort, first: 5) { nodes { ...C replies(first: 5) { nodes { ...C
        replies(first: 5) { nodes { ...C } } } } } } } }
    fragment C on Comment { body { source } author { handle } depth replyCount }";

fn on(subject: &str, parent: Option<&str>) -> Value {
    json!({ "input": { "subject": subject, "parent": parent, "body": "hello" } })
}

fn said(body: &str, author: &str, depth: i32, replies: Value) -> Value {
    let count = replies.as_array().map_or(0, Vec::len);
    json!({ "body": { "source": body }, "author": { "handle": author }, "depth": depth,
        "replyCount": count, "replies": { "nodes": replies } })
}

async fn count(app: &TestApp, item: &str) -> Value {
    let variables = json!({ "id": item, "sort": "OLDEST" });
    app.run_with(&Guest, THREAD, variables).await.ok().at("portfolioItem.commentCount").clone()
}

#[tokio::test]
async fn who_may_see_a_published_item_comments_on_it_and_nobody_else() {
    let cast = Cast::new().await;
    for state in ["PUBLIC", "MEMBERS", "FOLLOWERS", "DRAFT"] {
        let item = cast.item(state).await;
        let mut written = 0;
        for (name, actor) in cast.all() {
            let expected = match name {
                "guest" => "UNAUTHENTICATED",
                "reading token" => "SCOPE_MISSING",
                _ if !Cast::seers(state).contains(&name) => "NOT_FOUND input.subject",
                _ if state == "DRAFT" => "STATE_NOT_ALLOWED input.subject",
                _ => {
                    cast.app.run_with(&actor, CREATE, on(&item, None)).await.done();
                    written += 1;
                    continue;
                }
            };
            let refused = refusal(&cast.app, &actor, CREATE, on(&item, None)).await;
            assert_eq!(refused, expected, "{state} {name}");
        }
        let seen = cast.app.run_with(&cast.owner, THREAD, json!({ "id": item, "sort": "OLDEST" }));
        assert_eq!(seen.await.ok().at("portfolioItem.commentCount"), written, "{state}");
        let writers = Cast::seers(state).iter().filter(|n| !["guest", "reading token"].contains(n));
        assert_eq!(written, if state == "DRAFT" { 0 } else { writers.count() }, "{state}");
    }
}

#[tokio::test]
async fn comments_nest_are_counted_and_ordered() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "PUBLIC").await;
    let a = write_comment(&app, &ada, &item, "a").await;
    let b = app.reply_to(&grace, &item, &a, "b").await;
    app.reply_to(&ada, &item, &b, "c").await;
    let d = write_comment(&app, &grace, &item, "d").await;
    write_comment(&app, &grace, &item, "e").await;
    app.react(&ada, &d, "🎉").await;
    let deepest = json!({ "body": { "source": "c" }, "author": { "handle": "ada" }, "depth": 2, "replyCount": 0 });
    let a = said("a", "ada", 0, json!([said("b", "grace", 1, json!([deepest]))]));
    let (d, e) = (said("d", "grace", 0, json!([])), said("e", "grace", 0, json!([])));
    for (sort, expected) in
        [("OLDEST", json!([a, d, e])), ("NEWEST", json!([e, d, a])), ("TOP", json!([d, e, a]))]
    {
        let run = app.run_with(&Guest, THREAD, json!({ "id": item, "sort": sort })).await.ok();
        let thread = json!({ "commentCount": 5, "comments": { "nodes": expected } });
        assert_eq!(run.at("portfolioItem"), &thread, "{sort}");
    }
}

#[tokio::test]
async fn a_comment_says_what_it_is_about_and_what_it_answers() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let item = published(&app, &ada, "PUBLIC").await;
    let a = write_comment(&app, &ada, &item, "a").await;
    let b = app.reply_to(&ada, &item, &a, "b").await;
    let query = "query($id: ID!) { node(id: $id) { ... on Comment { depth parent { id }
        commentedOn { __typename id commentCount ... on PortfolioItem { title } } } } }";
    let run = app.run_with(&Guest, query, json!({ "id": b })).await.ok();
    let on =
        json!({ "__typename": "PortfolioItem", "id": item, "commentCount": 2, "title": "Loom" });
    assert_eq!(run.at("node"), &json!({ "depth": 1, "parent": { "id": a }, "commentedOn": on }));
}

#[tokio::test]
async fn an_answer_stands_under_its_own_item() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "PUBLIC").await;
    let other = published(&app, &ada, "PUBLIC").await;
    let hidden = published(&app, &ada, "FOLLOWERS").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let there = write_comment(&app, &ada, &other, "there").await;
    let in_hidden = write_comment(&app, &ada, &hidden, "in hidden").await;
    let under_post = write_comment(&app, &ada, &post, "under a post").await;
    let unknown = encode("comment", app.app.clock.key()).to_string();
    for parent in [&there, &in_hidden, &under_post, &unknown, &item, ""] {
        let refused = refusal(&app, &grace, CREATE, on(&item, Some(parent))).await;
        assert_eq!(refused, "NOT_FOUND input.parent", "{parent:?}");
    }
    let here = write_comment(&app, &ada, &item, "here").await;
    let refused = refusal(&app, &grace, CREATE, on(&post, Some(&here))).await;
    assert_eq!(refused, "NOT_FOUND input.parent");
    let no_item = encode("portfolio_item", app.app.clock.key()).to_string();
    for subject in [&hidden, &here, &no_item, "portfolio_item_", "portfolio"] {
        let refused = refusal(&app, &grace, CREATE, on(subject, None)).await;
        assert_eq!(refused, "NOT_FOUND input.subject", "{subject:?}");
    }
}

#[tokio::test]
async fn its_author_changes_a_comment_and_moderators_delete_it_too() {
    let cast = Cast::new().await;
    let app = &cast.app;
    let item = cast.item("PUBLIC").await;
    let by_stranger = comment(app, &cast.stranger, &item, "a", json!({})).await;
    let edit = json!({ "id": by_stranger, "body": "b" });
    for (name, actor) in cast.all() {
        let (change, delete) = match name {
            "guest" => ("UNAUTHENTICATED", "UNAUTHENTICATED"),
            "reading token" => ("SCOPE_MISSING", "SCOPE_MISSING"),
            // These two may not see the item, nor what stands under it.
            "blocked" | "blocker" => ("NOT_FOUND id", "NOT_FOUND id"),
            "stranger" | "writing token" => continue,
            "moderator" => ("FORBIDDEN id", ""),
            _ => ("FORBIDDEN id", "FORBIDDEN id"),
        };
        assert_eq!(refusal(app, &actor, UPDATE, edit.clone()).await, change, "{name}");
        if !delete.is_empty() {
            let refused = refusal(app, &actor, DELETE, json!({ "id": by_stranger })).await;
            assert_eq!(refused, delete, "{name}");
        }
    }
    let run = app.run_with(&cast.stranger, UPDATE, edit).await.done();
    assert_eq!(run.at("commentUpdate.comment.body.source"), "b");
    let token = app.by_token(cast.moderator, &[Scope::ReadPublic, Scope::WriteSocial]);
    let refused = refusal(app, &token, DELETE, json!({ "id": by_stranger })).await;
    assert_eq!(refused, "SCOPE_MISSING");
    app.act(&cast.moderator, "commentDelete", &by_stranger).await.done();
    let own = comment(app, &cast.stranger, &item, "a", json!({})).await;
    app.act(&cast.stranger, "commentDelete", &own).await.done();
    assert_eq!(count(app, &item).await, 0);
    assert_eq!(app.count::<comment::Entity>(comment::Column::Id.is_not_null()).await, 0);
}

#[tokio::test]
async fn a_deleted_comment_with_answers_leaves_its_place_until_the_last_answer_goes() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "PUBLIC").await;
    let before = app.contents_without_events().await;
    let top = write_comment(&app, &ada, &item, "secret").await;
    let answer = app.reply_to(&grace, &item, &top, "answer").await;
    app.act(&ada, "commentDelete", &top).await.done();
    assert_eq!(count(&app, &item).await, 1);
    let run = app.run_with(&Guest, THREAD, json!({ "id": item, "sort": "OLDEST" })).await.ok();
    let place = run.at("portfolioItem.comments.nodes.0");
    assert_eq!((&place["body"], &place["author"]), (&Value::Null, &Value::Null));
    assert_eq!(place["replies"]["nodes"][0]["body"]["source"], "answer");
    app.act(&grace, "commentDelete", &answer).await.done();
    app.work().await;
    assert!(app.contents_without_events().await == before);
}

#[tokio::test]
async fn comments_of_the_blocked_are_not_shown_either_way() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let eve = app.member("eve").await;
    let item = published(&app, &ada, "PUBLIC").await;
    write_comment(&app, &grace, &item, "grace's").await;
    let by_eve = write_comment(&app, &eve, &item, "eve's").await;
    block(&app, &grace, &eve).await;
    for (actor, seen) in [
        (&Guest, vec!["grace's", "eve's"]),
        (&ada, vec!["grace's", "eve's"]),
        (&grace, vec!["grace's"]),
        (&eve, vec!["eve's"]),
    ] {
        let run = app.run_with(actor, THREAD, json!({ "id": item, "sort": "OLDEST" })).await.ok();
        assert_eq!(run.list("portfolioItem.comments.nodes", "body.source"), seen, "{actor:?}");
        assert_eq!(run.at("portfolioItem.commentCount"), 2);
    }
    let refused = refusal(&app, &grace, CREATE, on(&item, Some(&by_eve))).await;
    assert_eq!(refused, "NOT_FOUND input.parent");
}

#[tokio::test]
async fn counts_stay_exact_when_many_write_and_delete_at_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let item = published(&app, &ada, "PUBLIC").await;
    let top = write_comment(&app, &ada, &item, "top").await;
    let ids = join_all((0..9).map(|_| app.reply_to(&ada, &item, &top, "below"))).await;
    assert_eq!(count(&app, &item).await, 10);
    let gone = ids.iter().take(5).map(|id| app.act(&ada, "commentDelete", id));
    join_all(gone).await.into_iter().for_each(|run| drop(run.done()));
    assert_eq!(count(&app, &item).await, 5);
    assert_eq!(app.count::<comment::Entity>(comment::Column::ReplyCount.eq(4)).await, 1);
}

#[tokio::test]
async fn the_same_client_key_answers_the_first_comment() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let item = published(&app, &ada, "PUBLIC").await;
    let first = comment(&app, &ada, &item, "a", json!({ "clientKey": "k" })).await;
    assert_eq!(comment(&app, &ada, &item, "a", json!({ "clientKey": "k" })).await, first);
    assert_eq!(count(&app, &item).await, 1);
    // Even once the item takes no more.
    show(&app, &ada, &item, false).await;
    assert_eq!(comment(&app, &ada, &item, "a", json!({ "clientKey": "k" })).await, first);
}

#[tokio::test]
async fn the_comments_of_an_item_go_with_it() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let before = app.contents_without_events().await;
    let item = published(&app, &ada, "PUBLIC").await;
    let top = write_comment(&app, &ada, &item, "top").await;
    app.reply_to(&ada, &item, &top, "below").await;
    for id in [&item, &top] {
        app.react(&ada, id, "🎉").await;
        app.act(&ada, "bookmarkAdd", id).await.done();
    }
    app.act(&ada, "portfolioItemDelete", &item).await.done();
    app.work().await;
    assert!(app.contents_without_events().await == before);
}
