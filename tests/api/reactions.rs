//! Reactions: which emoji, how many, by whom.

use futures_util::future::join_all;
use guildhall::{
    Actor,
    Actor::Guest,
    entity::{account::Role, reaction},
    graph::encode,
};
use sea_orm::ColumnTrait as _;
use serde_json::json;

use crate::kit::{TestApp, profile_id, write_comment, write_post};

const ADD: &str = "mutation($id: ID!, $emoji: Emoji!) { reactionAdd(id: $id, emoji: $emoji) {
    subject { __typename id reactionCount } userErrors { code path } } }";
const REMOVE: &str = "mutation($id: ID!, $emoji: Emoji!) { reactionRemove(id: $id, emoji: $emoji) {
    subject { ... on Post { reactionCount } ... on Comment { reactionCount } }
    reactions { emoji count } userErrors { code path } } }";

fn with(id: &str, emoji: &str) -> serde_json::Value {
    json!({ "id": id, "emoji": emoji })
}

async fn members(app: &TestApp, many: usize) -> Vec<Actor> {
    let handles: Vec<_> = (0..many).map(|n| format!("member{n}")).collect();
    let mut members = Vec::new();
    for handle in &handles {
        members.push(app.with_role(handle, Role::Member).await);
    }
    members
}

#[tokio::test]
async fn reacting_twice_is_reacting_once_and_removing_takes_it_back() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "hello").await;
    for id in [&post, &comment] {
        assert_eq!(app.react(&ada, id, "🎉").await, ["🎉 1"]);
        assert_eq!(app.react(&ada, id, "🎉").await, ["🎉 1"]);
        assert_eq!(app.react(&ada, id, "👍").await, ["🎉 1", "👍 1"]);
        assert_eq!(app.react(&grace, id, "👍").await, ["👍 2", "🎉 1"], "most used first");
        for _ in 0..2 {
            let run = app.run_with(&ada, REMOVE, with(id, "🎉")).await.done();
            assert_eq!(run.at("reactionRemove.reactions"), &json!([{ "emoji": "👍", "count": 2 }]));
            assert_eq!(run.at("reactionRemove.subject.reactionCount"), 2);
        }
    }
    assert_eq!(app.count::<reaction::Entity>(reaction::Column::Emoji.eq("👍")).await, 4);
    assert_eq!(app.count::<reaction::Entity>(reaction::Column::Emoji.ne("👍")).await, 0);
}

#[tokio::test]
async fn viewer_tells_what_one_reacted_with_in_order() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "hello").await;
    for emoji in ["🎉", "👍", "🚀"] {
        app.react(&ada, &post, emoji).await;
    }
    app.react(&ada, &comment, "👀").await;
    let query =
        "{ feed { nodes { viewer { reactions } comments { nodes { viewer { reactions } } } } } }";
    let run = app.run(&ada, query).await.ok();
    assert_eq!(run.at("feed.nodes.0.viewer.reactions"), &json!(["🎉", "👍", "🚀"]));
    assert_eq!(run.at("feed.nodes.0.comments.nodes.0.viewer.reactions"), &json!(["👀"]));
    let mo = app.member("mo").await;
    let run = app.run(&mo, query).await.ok();
    assert_eq!(run.at("feed.nodes.0.viewer.reactions"), &json!([]));
}

#[tokio::test]
async fn only_one_emoji_is_a_reaction() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    for no_emoji in [
        "",
        " ",
        "a",
        ":+1:",
        "+1",
        "🎉🎉",
        "👍a",
        "\u{0}",
        "\u{200d}",
        "\u{fe0f}",
        "1",
        "'; --",
        "🏻🏻",
        "e\u{301}",
        "👩\u{200d}",
        "🎉\u{0}",
    ] {
        for query in [ADD, REMOVE] {
            let run = app.refuses(&ada, query, with(&post, no_emoji)).await;
            assert_eq!(run.refusals(), ["INVALID emoji"], "{no_emoji:?}");
        }
    }
    let good = ["👍🏽", "👍", "❤️", "👩🏿‍💻", "🏳️‍🌈", "🇩🇪", "#️⃣", "🧑‍🧑‍🧒", "☺️"];
    for (at, emoji) in good.iter().enumerate() {
        let groups = app.react(&ada, &post, emoji).await;
        assert_eq!(groups[at], format!("{emoji} 1"));
    }
    assert_eq!(app.react(&ada, &post, "❤").await.len(), good.len(), "the same without selector");
    assert_eq!(app.react(&ada, &post, " 👍 ").await.len(), good.len());
}

#[tokio::test]
async fn what_is_hidden_or_gone_is_not_reacted_to() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let hidden = write_post(&app, &ada, "hello", "FOLLOWERS").await;
    let hidden_comment = write_comment(&app, &ada, &hidden, "hello").await;
    let open = write_post(&app, &ada, "hello", "PUBLIC").await;
    let removed = write_comment(&app, &ada, &open, "hello").await;
    app.reply_to(&ada, &open, &removed, "answer").await;
    app.act(&ada, "commentDelete", &removed).await.done();
    let unknown = encode("comment", app.app.clock.key()).to_string();
    let grace_id = profile_id(&grace);
    for id in [&hidden, &hidden_comment, &removed, &unknown, &grace_id, "", "post_x"] {
        for query in [ADD, REMOVE] {
            let run = app.refuses(&grace, query, with(id, "🎉")).await;
            assert_eq!(run.refusals(), ["NOT_FOUND id"], "{id:?}");
        }
    }
}

#[tokio::test]
async fn counts_are_exact_when_fifty_react_at_once() {
    let app = TestApp::new().await;
    let members = members(&app, 50).await;
    let post = write_post(&app, &members[0], "hello", "PUBLIC").await;
    let comment = write_comment(&app, &members[0], &post, "hello").await;
    let emoji = |at: usize| ["🎉", "👍", "🎉", "🚀", "🎉"][at % 5];
    for id in [&post, &comment] {
        let all = members.iter().enumerate().map(|(at, actor)| app.react(actor, id, emoji(at)));
        join_all(all).await;
        let groups = app.react(&members[0], id, "🎉").await;
        assert_eq!(groups[0], "🎉 30");
        assert_eq!(
            {
                let mut rest = groups[1..].to_vec();
                rest.sort();
                rest
            },
            ["👍 10", "🚀 10"]
        );

        let half = members.iter().enumerate().take(25);
        let back = half.map(|(at, actor)| app.run_with(actor, REMOVE, with(id, emoji(at))));
        join_all(back).await.into_iter().for_each(|run| drop(run.done()));
        let run = app.run_with(&members[0], ADD, with(id, "🎉")).await.done();
        assert_eq!(run.at("reactionAdd.subject.reactionCount"), 26);
    }
}

#[tokio::test]
async fn a_thing_takes_fifty_kinds_of_reactions() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let kinds: Vec<char> = ('\u{1f600}'..='\u{1f640}').collect();
    for emoji in &kinds[..50] {
        app.react(&ada, &post, &emoji.to_string()).await;
    }
    let run = app.refuses(&ada, ADD, with(&post, &kinds[50].to_string())).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED emoji"]);
    app.run_with(&ada, REMOVE, with(&post, &kinds[0].to_string())).await.done();
    assert_eq!(app.react(&ada, &post, &kinds[50].to_string()).await.len(), 50);
}

#[tokio::test]
async fn reactors_are_told_by_emoji_latest_first() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let alan = app.member("alan").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    for (actor, emoji) in [(&ada, "🎉"), (&grace, "👍"), (&alan, "🎉"), (&grace, "🎉")] {
        app.react(actor, &post, emoji).await;
    }
    let run = app
        .run(
            &Guest,
            "{ feed { nodes { reactionCount reactions { emoji count
        reactors { nodes { handle bio { source } } pageInfo { hasNextPage } } } } } }",
        )
        .await
        .ok();
    assert_eq!(run.at("feed.nodes.0.reactionCount"), 4);
    assert_eq!(run.list("feed.nodes.0.reactions", "emoji"), ["🎉", "👍"]);
    assert_eq!(
        run.list("feed.nodes.0.reactions.0.reactors.nodes", "handle"),
        ["grace", "alan", "ada"]
    );
    assert_eq!(run.list("feed.nodes.0.reactions.1.reactors.nodes", "handle"), ["grace"]);
}
