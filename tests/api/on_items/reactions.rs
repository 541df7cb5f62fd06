//! Reactions on portfolio items, and on the comments under them.

use futures_util::future::join_all;
use guildhall::{Actor::Guest, entity::reaction};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::kit::{Cast, comment, published, refusal};
use crate::kit::TestApp;

const ADD: &str =
    "mutation($id: ID!, $emoji: Emoji! = \"🎉\") { reactionAdd(id: $id, emoji: $emoji) {
    subject { __typename id reactionCount } reactions { emoji count } userErrors { code path } } }";
const REMOVE: &str =
    "mutation($id: ID!, $emoji: Emoji! = \"🎉\") { reactionRemove(id: $id, emoji: $emoji) {
    subject { __typename id reactionCount } reactions { emoji count } userErrors { code path } } }";

#[tokio::test]
async fn who_may_see_a_published_item_reacts_to_it_and_nobody_else() {
    let cast = Cast::new().await;
    for state in ["PUBLIC", "MEMBERS", "FOLLOWERS", "DRAFT"] {
        let item = cast.item(state).await;
        for (name, actor) in cast.all() {
            let expected = match name {
                "guest" => "UNAUTHENTICATED",
                "reading token" => "SCOPE_MISSING",
                _ if !Cast::seers(state).contains(&name) => "NOT_FOUND id",
                _ if state == "DRAFT" => "STATE_NOT_ALLOWED id",
                _ => {
                    let run = cast.app.run_with(&actor, ADD, json!({ "id": item })).await.done();
                    assert_eq!(run.at("reactionAdd.subject.__typename"), "PortfolioItem");
                    assert_eq!(run.at("reactionAdd.subject.id"), &json!(item));
                    continue;
                }
            };
            for query in [ADD, REMOVE] {
                let refused = refusal(&cast.app, &actor, query, json!({ "id": item })).await;
                assert_eq!(refused, expected, "{state} {name}");
            }
        }
    }
}

#[tokio::test]
async fn reactions_are_counted_once_each_and_taken_back() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "PUBLIC").await;
    for emoji in ["🎉", "🎉", "👍"] {
        app.react(&ada, &item, emoji).await;
    }
    assert_eq!(app.react(&grace, &item, "👍").await, ["👍 2", "🎉 1"]);
    let query = "query($id: ID!) { portfolioItem(by: { id: $id }) { reactionCount
        reactions { emoji count reactors { nodes { handle } } } viewer { reactions canReact canComment } } }";
    let run = app.run_with(&ada, query, json!({ "id": item })).await.ok();
    let group = |emoji: &str, who: &[&str]| {
        let nodes: Vec<_> = who.iter().map(|handle| json!({ "handle": handle })).collect();
        json!({ "emoji": emoji, "count": who.len(), "reactors": { "nodes": nodes } })
    };
    let expected = json!({ "reactionCount": 3,
        "reactions": [group("👍", &["grace", "ada"]), group("🎉", &["ada"])],
        "viewer": { "reactions": ["🎉", "👍"], "canReact": true, "canComment": true } });
    assert_eq!(run.at("portfolioItem"), &expected);
    for _ in 0..2 {
        let run = app.run_with(&ada, REMOVE, json!({ "id": item })).await.done();
        assert_eq!(run.at("reactionRemove.reactions"), &json!([{ "emoji": "👍", "count": 2 }]));
        assert_eq!(run.at("reactionRemove.subject.reactionCount"), 2);
    }
    let there = reaction::Column::PortfolioItemId.is_not_null();
    assert_eq!(app.count::<reaction::Entity>(there).await, 2);
}

#[tokio::test]
async fn only_one_emoji_is_a_reaction_and_fifty_kinds_fit() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let item = published(&app, &ada, "PUBLIC").await;
    for no_emoji in ["", "a", "🎉🎉", "\u{0}"] {
        let variables = json!({ "id": item, "emoji": no_emoji });
        assert_eq!(refusal(&app, &ada, ADD, variables).await, "INVALID emoji", "{no_emoji:?}");
    }
    let kinds: Vec<char> = ('\u{1f600}'..='\u{1f640}').take(51).collect();
    let (last, kinds) = kinds.split_last().unwrap();
    for emoji in kinds {
        app.react(&ada, &item, &emoji.to_string()).await;
    }
    let variables = json!({ "id": item, "emoji": last.to_string() });
    assert_eq!(refusal(&app, &ada, ADD, variables).await, "QUOTA_EXCEEDED emoji");
}

#[tokio::test]
async fn counts_are_exact_when_many_react_at_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let item = published(&app, &ada, "PUBLIC").await;
    let mut members = Vec::new();
    for n in 0..12 {
        members.push(app.member(&format!("member{n}")).await);
    }
    join_all(members.iter().map(|actor| app.react(actor, &item, "🎉"))).await;
    let back =
        members.iter().take(4).map(|actor| app.run_with(actor, REMOVE, json!({ "id": item })));
    join_all(back).await.into_iter().for_each(|run| drop(run.done()));
    assert_eq!(app.react(&ada, &item, "🎉").await, ["🎉 9"]);
}

#[tokio::test]
async fn comments_under_what_was_taken_back_are_joined_by_nobody() {
    let cast = Cast::new().await;
    let app = &cast.app;
    let item = cast.item("PUBLIC").await;
    let mine = comment(app, &cast.collaborator, &item, "mine", json!({})).await;
    app.react(&cast.owner, &mine, "🎉").await;
    cast.show(&item, false).await;
    let can = "query($id: ID!) { node(id: $id) { ... on Comment {
        viewer { canReact canReply canEdit canDelete } } } }";
    for (actor, author) in [(&cast.owner, false), (&cast.collaborator, true)] {
        for query in [ADD, REMOVE] {
            let refused = refusal(app, actor, query, json!({ "id": mine })).await;
            assert_eq!(refused, "STATE_NOT_ALLOWED id");
        }
        let run = app.run_with(actor, can, json!({ "id": mine })).await.ok();
        let expected =
            json!({ "canReact": false, "canReply": false, "canEdit": author, "canDelete": author });
        assert_eq!(run.at("node.viewer"), &expected);
    }
    let run = app.run_with(&cast.moderator, ADD, json!({ "id": mine })).await;
    assert_eq!(run.refusals(), ["NOT_FOUND id"], "moderators see no drafts of others");
    let viewer =
        "query($id: ID!) { portfolioItem(by: { id: $id }) { viewer { canReact canComment } } }";
    let run = app.run_with(&cast.owner, viewer, json!({ "id": item })).await.ok();
    let nothing = json!({ "canReact": false, "canComment": false });
    assert_eq!(run.at("portfolioItem.viewer"), &nothing);

    cast.show(&item, true).await;
    assert_eq!(app.react(&cast.collaborator, &mine, "🎉").await, ["🎉 2"]);
    let run = app.run_with(&cast.collaborator, can, json!({ "id": mine })).await.ok();
    let all = json!({ "canReact": true, "canReply": true, "canEdit": true, "canDelete": true });
    assert_eq!(run.at("node.viewer"), &all);
    let run = app.run_with(&Guest, can, json!({ "id": mine })).await.ok();
    assert_eq!(run.at("node.viewer"), &Value::Null);
}
