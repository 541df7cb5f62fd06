//! Who follows, mutes and blocks whom, and what follows from it.

use chrono::TimeDelta;
use futures_util::future::join_all;
use guildhall::{
    Actor::{self, Guest},
    entity::{account::Role, follow as follow_row},
    graph::encode,
    scope::Scope,
};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use crate::kit::{TestApp, block, by_id, follow, mute, profile_id, write_comment, write_post};

const RELATIONS: [&str; 6] = [
    "profileFollow",
    "profileUnfollow",
    "profileMute",
    "profileUnmute",
    "profileBlock",
    "profileUnblock",
];

/// How many follow a member, and how many they follow.
async fn counts(app: &TestApp, actor: &Actor) -> (i32, i32) {
    let profile = app.profile(actor).await;
    (profile.follower_count, profile.following_count)
}

async fn bodies(app: &TestApp, actor: &Actor) -> Vec<String> {
    app.run(actor, "{ feed { nodes { body { source } } } }")
        .await
        .ok()
        .list("feed.nodes", "body.source")
}

async fn home(app: &TestApp, actor: &Actor) -> Vec<String> {
    let run = app.run(actor, "{ viewer { homeFeed { nodes { body { source } } } } }").await.ok();
    run.list("viewer.homeFeed.nodes", "body.source")
}

#[tokio::test]
async fn following_counts_once_and_unfollowing_takes_it_back() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    follow(&app, &ada, &grace).await;
    follow(&app, &ada, &grace).await;
    assert_eq!(counts(&app, &ada).await, (0, 1));
    assert_eq!(counts(&app, &grace).await, (1, 0));

    for _ in 0..2 {
        app.act(&ada, "profileUnfollow", &profile_id(&grace)).await.done();
        assert_eq!(counts(&app, &ada).await, (0, 0));
        assert_eq!(counts(&app, &grace).await, (0, 0));
    }
}

#[tokio::test]
async fn following_each_other_at_once_counts_exactly() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let (to_ada, to_grace) = (profile_id(&ada), profile_id(&grace));
    let both = (0..10).map(|n| match n % 2 {
        0 => app.act(&ada, "profileFollow", &to_grace),
        _ => app.act(&grace, "profileFollow", &to_ada),
    });

    join_all(both).await.into_iter().for_each(|run| drop(run.done()));

    assert_eq!(counts(&app, &ada).await, (1, 1));
    assert_eq!(counts(&app, &grace).await, (1, 1));
}

#[tokio::test]
async fn only_a_member_and_a_token_for_social_writes_relate() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let grace = profile_id(&grace);
    let reader = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteProfile]);
    for field in RELATIONS {
        let variables = json!({ "id": grace });
        let run = app.refuses(&Guest, &by_id(field), variables.clone()).await;
        assert_eq!((run.error_code(), &run.data), ("UNAUTHENTICATED", &Value::Null), "{field}");
        assert_eq!(run.sql, [""; 0], "{field}");
        let run = app.refuses(&reader, &by_id(field), variables.clone()).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING", "{field}");
        let writer = app.by_token(ada, &[Scope::WriteSocial]);
        app.act(&writer, field, &grace).await.done();
    }
}

#[tokio::test]
async fn oneself_and_what_is_no_profile_cannot_be_related_to() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let own = profile_id(&ada);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let unknown = encode("profile", app.app.clock.key()).to_string();
    for field in RELATIONS {
        assert_eq!(app.refuses_act(&ada, field, &own).await, ["INVALID id"], "{field}");
        for id in [&unknown, &post, "", "profile_", "nonsense", "\u{0}", "profile_01jcz'; --"] {
            assert_eq!(app.refuses_act(&ada, field, id).await, ["NOT_FOUND id"], "{field} {id:?}");
        }
    }
}

#[tokio::test]
async fn a_block_ends_follows_both_ways_and_counts_stay_exact() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let alan = app.member("alan").await;
    for (a, b) in [(&ada, &grace), (&grace, &ada), (&alan, &ada), (&ada, &alan)] {
        follow(&app, a, b).await;
    }

    block(&app, &ada, &grace).await;
    block(&app, &ada, &grace).await;

    assert_eq!(counts(&app, &ada).await, (1, 1));
    assert_eq!(counts(&app, &grace).await, (0, 0));
    app.act(&ada, "profileUnblock", &profile_id(&grace)).await.done();
    assert_eq!(counts(&app, &grace).await, (0, 0), "follows stay ended");
    follow(&app, &grace, &ada).await;
    assert_eq!(counts(&app, &ada).await, (2, 1));
}

#[tokio::test]
async fn a_block_forbids_to_follow_from_either_side() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mo = app.with_role("mo", Role::Moderator).await;
    block(&app, &ada, &grace).await;
    block(&app, &ada, &mo).await;
    let (to_ada, to_grace) = (profile_id(&ada), profile_id(&grace));

    assert_eq!(app.refuses_act(&ada, "profileFollow", &to_grace).await, ["BLOCKED id"]);
    for field in RELATIONS {
        assert_eq!(app.refuses_act(&grace, field, &to_ada).await, ["NOT_FOUND id"], "{field}");
    }
    let sees = "query($id: ID!) { profile(by: { id: $id }) { handle viewer { canFollow } } }";
    let run = app.run_with(&mo, sees, json!({ "id": to_ada })).await.ok();
    assert_eq!(run.at("profile"), &json!({ "handle": "ada", "viewer": { "canFollow": false } }));
    assert_eq!(app.refuses_act(&mo, "profileFollow", &to_ada).await, ["BLOCKED id"]);
}

#[tokio::test]
async fn the_blocked_sees_nothing_of_the_blocker() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let alan = app.member("alan").await;
    let by_alan = write_post(&app, &alan, "by alan #weaving", "PUBLIC").await;
    let by_ada = write_post(&app, &ada, "by ada #weaving", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &by_alan, "ada comments").await;
    app.reply_to(&alan, &by_alan, &comment, "alan answers").await;
    app.react(&ada, &by_alan, "🎉").await;
    follow(&app, &ada, &alan).await;
    let page = "query($ada: ID!, $post: ID!, $alan: ID!, $comment: ID!) {
        profile(by: { id: $ada }) { handle } byHandle: profile(by: { handle: \"ada\" }) { handle }
        node(id: $ada) { id } comment: node(id: $comment) { id } post(by: { id: $post }) { id }
        nodes(ids: [$ada, $post, $comment, $alan]) { id }
        feed { nodes { body { source } commentCount comments { nodes { body { source } } }
            reactions { emoji count reactors { nodes { handle } } } } }
        profiles { nodes { handle } } alan: profile(by: { id: $alan }) { followers { nodes { handle } } }
        tag(name: \"weaving\") { posts { nodes { body { source } } } } }";
    let ids = json!({ "ada": profile_id(&ada), "post": by_ada, "alan": profile_id(&alan), "comment": comment });
    let open = app.run_with(&grace, page, ids.clone()).await.ok();
    assert_eq!(open.list("feed.nodes", "body.source"), ["by ada #weaving", "by alan #weaving"]);

    block(&app, &ada, &grace).await;

    let run = app.run_with(&grace, page, ids.clone()).await.ok();
    for hidden in ["profile", "byHandle", "node", "comment", "post"] {
        assert_eq!(run.at(hidden), &Value::Null, "{hidden}");
    }
    assert_eq!(run.at("nodes"), &json!([null, null, null, { "id": profile_id(&alan) }]));
    let feed = json!([{
        "body": { "source": "by alan #weaving" }, "commentCount": 2, "comments": { "nodes": [] },
        "reactions": [{ "emoji": "🎉", "count": 1, "reactors": { "nodes": [] } }],
    }]);
    assert_eq!(run.at("feed.nodes"), &feed);
    assert_eq!(run.list("profiles.nodes", "handle"), ["alan", "grace"]);
    assert_eq!(run.list("alan.followers.nodes", "handle"), [""; 0]);
    assert_eq!(run.list("tag.posts.nodes", "body.source"), ["by alan #weaving"]);
    for actor in [Guest, alan] {
        let run = app.run_with(&actor, page, ids.clone()).await.ok();
        assert_eq!(run.data, open.data, "others see all as before");
    }
}

#[tokio::test]
async fn the_blocker_sees_the_blocked_but_nothing_that_they_write() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let by_grace = write_post(&app, &grace, "by grace", "PUBLIC").await;
    let by_ada = write_post(&app, &ada, "by ada", "PUBLIC").await;
    let comment = write_comment(&app, &grace, &by_ada, "grace comments").await;
    app.react(&grace, &by_ada, "🎉").await;

    block(&app, &ada, &grace).await;

    let page = "query($grace: ID!, $post: ID!, $comment: ID!) {
        profile(by: { id: $grace }) { handle posts { nodes { id } } viewer { isBlocked } }
        post(by: { id: $post }) { id } node(id: $comment) { id }
        feed { nodes { body { source } comments { nodes { id } }
            reactions { count reactors { nodes { handle } } } } }
        viewer { blocked { nodes { handle } } } }";
    let ids = json!({ "grace": profile_id(&grace), "post": by_grace, "comment": comment });
    let run = app.run_with(&ada, page, ids).await.ok();
    let seen = json!({
        "profile": { "handle": "grace", "posts": { "nodes": [] }, "viewer": { "isBlocked": true } },
        "post": null, "node": null,
        "feed": { "nodes": [{ "body": { "source": "by ada" }, "comments": { "nodes": [] },
            "reactions": [{ "count": 1, "reactors": { "nodes": [] } }] }] },
        "viewer": { "blocked": { "nodes": [{ "handle": "grace" }] } },
    });
    assert_eq!(run.data, seen);
    for field in ["postDelete", "bookmarkAdd"] {
        assert_eq!(app.refuses_act(&ada, field, &by_grace).await, ["NOT_FOUND id"], "{field}");
    }
}

#[tokio::test]
async fn a_block_of_both_sides_is_undone_by_both() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mo = app.with_role("mo", Role::Moderator).await;
    block(&app, &ada, &mo).await;
    block(&app, &mo, &ada).await;
    let blocked = "{ viewer { blocked { nodes { handle } } } }";
    let run = app.run(&ada, blocked).await.ok();
    assert_eq!(run.list("viewer.blocked.nodes", "handle"), ["mo"]);

    app.act(&ada, "profileUnblock", &profile_id(&mo)).await.done();
    let run = app.run(&ada, blocked).await.ok();
    assert_eq!(run.list("viewer.blocked.nodes", "handle"), [""; 0]);
    assert_eq!(app.refuses_act(&ada, "profileUnblock", &profile_id(&mo)).await, ["NOT_FOUND id"]);
    app.act(&mo, "profileUnblock", &profile_id(&ada)).await.done();
    follow(&app, &ada, &mo).await;
    assert_eq!(counts(&app, &mo).await, (1, 0));
}

#[tokio::test]
async fn a_moderator_sees_whoever_blocked_whom() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mo = app.with_role("mo", Role::Moderator).await;
    write_post(&app, &ada, "by ada", "FOLLOWERS").await;
    block(&app, &ada, &mo).await;
    assert_eq!(bodies(&app, &mo).await, ["by ada"]);
}

#[tokio::test]
async fn the_muted_vanish_from_feeds_until_the_time() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    follow(&app, &ada, &grace).await;
    let post = write_post(&app, &grace, "by grace", "FOLLOWERS").await;
    let until = "mutation($id: ID!, $until: DateTime) { profileMute(id: $id, until: $until) {
        profile { viewer { isMuted muteUntil } } userErrors { code path } } }";
    let at = |at: &str| json!({ "id": profile_id(&grace), "until": at });

    let run = app.run_with(&ada, until, at("2026-05-04T12:30:00+02:00")).await.done();
    let viewer = json!({ "isMuted": true, "muteUntil": "2026-05-04T10:30:00.000Z" });
    assert_eq!(run.at("profileMute.profile.viewer"), &viewer);
    assert_eq!((bodies(&app, &ada).await, home(&app, &ada).await), (vec![], vec![]));
    let muted = app.run(&ada, "{ viewer { muted { nodes { handle } } } }").await.ok();
    assert_eq!(muted.list("viewer.muted.nodes", "handle"), ["grace"]);
    let direct = "query($id: ID!) { post(by: { id: $id }) { author { posts { nodes { id } } } } }";
    let run = app.run_with(&ada, direct, json!({ "id": post })).await.ok();
    assert_eq!(run.list("post.author.posts.nodes", "id"), [post], "only feeds are quiet");
    assert_eq!(bodies(&app, &grace).await, ["by grace"], "and only the muter's");

    app.app.clock.advance(TimeDelta::hours(1) - TimeDelta::milliseconds(1));
    assert_eq!(bodies(&app, &ada).await, [""; 0]);
    app.app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(bodies(&app, &ada).await, ["by grace"]);
    assert_eq!(home(&app, &ada).await, ["by grace"]);
    let muted = app.run(&ada, "{ viewer { muted { nodes { handle } } } }").await.ok();
    assert_eq!(muted.list("viewer.muted.nodes", "handle"), [""; 0]);

    for past in ["2026-05-04T10:30:00Z", "1970-01-01T00:00:00Z"] {
        let run = app.refuses(&ada, until, at(past)).await;
        assert_eq!(run.refusals(), ["OUT_OF_RANGE until"], "{past}");
    }
}

#[tokio::test]
async fn a_mute_for_good_lasts_until_it_is_undone() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    follow(&app, &ada, &grace).await;
    write_post(&app, &grace, "by grace", "PUBLIC").await;
    let grace_id = profile_id(&grace);
    let many = (0..5).map(|_| app.act(&ada, "profileMute", &grace_id));
    join_all(many).await.into_iter().for_each(|run| drop(run.done()));
    app.app.clock.advance(TimeDelta::days(10_000));
    assert_eq!(home(&app, &ada).await, [""; 0]);
    assert_eq!(counts(&app, &grace).await, (1, 0), "they do not notice");

    app.act(&ada, "profileUnmute", &grace_id).await.done();
    assert_eq!(home(&app, &ada).await, ["by grace"]);
    mute(&app, &ada, &grace).await;
    assert_eq!(bodies(&app, &ada).await, [""; 0]);
}

#[tokio::test]
async fn mutual_followers_are_those_one_follows_too() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let (alan, joan) = (app.member("alan").await, app.member("joan").await);
    for (a, b) in [(&alan, &grace), (&joan, &grace), (&ada, &alan), (&ada, &grace)] {
        follow(&app, a, b).await;
    }
    let query = "{ profile(by: { handle: \"grace\" }) { followerCount followers { edges { node { handle } since } }
        viewer { mutualFollowers { nodes { handle } } } } }";

    let run = app.run(&ada, query).await.ok();

    assert_eq!(run.list("profile.followers.edges", "node.handle"), ["ada", "joan", "alan"]);
    assert_eq!(run.text("profile.followers.edges.0.since"), "2026-05-04T09:30:00.000Z");
    assert_eq!(run.list("profile.viewer.mutualFollowers.nodes", "handle"), ["alan"]);
}

#[tokio::test]
async fn lists_of_ones_own_are_for_oneself_only() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::WriteSocial]);
    for field in ["blocked", "muted", "homeFeed", "bookmarks"] {
        let query = format!("{{ viewer {{ {field} {{ nodes {{ id }} }} }} }}");
        assert_eq!(app.run(&Guest, &query).await.ok().data, json!({ "viewer": null }));
        let run = app.run(&token, &query).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING", "{field}");
        app.run(&app.by_token(ada, &[Scope::ReadPrivate]), &query).await.ok();
    }
}

#[tokio::test]
async fn the_database_refuses_that_one_follows_oneself() {
    let app = TestApp::new().await;
    let id = app.member("ada").await.id().unwrap();
    let row = follow_row::ActiveModel {
        id: Set(app.app.clock.key()),
        follower_id: Set(id),
        followed_id: Set(id),
    };
    assert!(follow_row::Entity::insert(row).exec(&app.app.db.write).await.is_err());
}
