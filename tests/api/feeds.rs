//! Who reads what, on every way in; and what a feed holds.

use guildhall::{
    Actor::{self, Guest},
    entity::account::Role,
};
use serde_json::{Value, json};

use crate::kit::{TestApp, follow, mute, profile_id, write_comment, write_post};

/// Everyone who may look at ada's posts, and the visibilities that they see of them.
struct Lookers {
    app: TestApp,
    ada: Actor,
    /// Ids of the posts, and a comment and the revision of each: PUBLIC, MEMBERS, FOLLOWERS.
    posts: Vec<String>,
    comments: Vec<String>,
    revisions: Vec<String>,
    all: Vec<(&'static str, Actor, usize)>,
}

const VISIBILITIES: [&str; 3] = ["PUBLIC", "MEMBERS", "FOLLOWERS"];

async fn lookers() -> Lookers {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let (member, follower) = (app.member("member").await, app.member("follower").await);
    let moderator = app.with_role("moderator", Role::Moderator).await;
    let admin = app.with_role("admina", Role::Admin).await;
    follow(&app, &follower, &ada).await;
    follow(&app, &ada, &member).await;
    let (mut posts, mut comments, mut revisions) = (Vec::new(), Vec::new(), Vec::new());
    for visibility in VISIBILITIES {
        let post = write_post(&app, &ada, &format!("{visibility} #loom"), visibility).await;
        comments.push(write_comment(&app, &ada, &post, visibility).await);
        let edit =
            "mutation($id: ID!, $body: Markdown!) { postUpdate(id: $id, input: { body: $body }) {
            post { revisions { nodes { id } } } userErrors { code path } } }";
        let body = format!("edited {visibility} #loom");
        let run = app.run_with(&ada, edit, json!({ "id": post, "body": body })).await.done();
        revisions.push(run.text("postUpdate.post.revisions.nodes.0.id").to_owned());
        posts.push(post);
    }
    let all = vec![
        ("guest", Guest, 1),
        ("member", member, 2),
        ("follower", follower, 3),
        ("author", ada, 3),
        ("moderator", moderator, 3),
        ("admin", admin, 3),
    ];
    Lookers { app, ada, posts, comments, revisions, all }
}

/// The visibilities seen, widest last, as lists with the newest first show them.
fn newest(seen: usize) -> Vec<&'static str> {
    VISIBILITIES[..seen].iter().rev().copied().collect()
}

#[tokio::test]
async fn lists_show_what_the_reader_may_see() {
    let Lookers { app, ada, all, .. } = lookers().await;
    let query = "query($ada: ID!) { feed { nodes { visibility } } top: feed(sort: TOP) { nodes { visibility } }
        by: feed(filter: { author: $ada }) { nodes { visibility } }
        tagged: feed(filter: { tags: [\"loom\"] }) { nodes { visibility } }
        notes: feed(filter: { kinds: [NOTE] }) { nodes { visibility } }
        profile(by: { id: $ada }) { posts { nodes { visibility } } }
        tag(name: \"loom\") { posts { nodes { visibility } } } }";
    for (name, actor, seen) in &all {
        let run = app.run_with(actor, query, json!({ "ada": profile_id(&ada) })).await.ok();
        for list in ["feed", "top", "by", "tagged", "notes", "profile.posts", "tag.posts"] {
            let nodes = run.list(&format!("{list}.nodes"), "visibility");
            assert_eq!(nodes, newest(*seen), "{list} of {name}");
        }
    }
}

#[tokio::test]
async fn things_by_id_show_what_the_reader_may_see() {
    let Lookers { app, posts, comments, revisions, all, .. } = lookers().await;
    let one = "query($post: ID!, $comment: ID!, $revision: ID!) {
        post(by: { id: $post }) { comments { nodes { id } } revisions { nodes { version } } }
        asNode: node(id: $post) { id } comment: node(id: $comment) { id }
        revision: node(id: $revision) { ... on Revision { body { source } } } }";
    for (name, actor, seen) in &all {
        for (at, visibility) in VISIBILITIES.iter().enumerate() {
            let ids =
                json!({ "post": posts[at], "comment": comments[at], "revision": revisions[at] });
            let run = app.run_with(actor, one, ids).await.ok();
            let open = json!({
                "post": { "comments": { "nodes": [{ "id": comments[at] }] }, "revisions": { "nodes": [{ "version": 1 }] } },
                "asNode": { "id": posts[at] }, "comment": { "id": comments[at] },
                "revision": { "body": { "source": format!("{visibility} #loom") } },
            });
            let hidden = json!({ "post": null, "asNode": null, "comment": null, "revision": null });
            assert_eq!(run.data, if at < *seen { open } else { hidden }, "{visibility} by {name}");
        }
        let ids: Vec<_> = posts.iter().chain(&comments).chain(&revisions).collect();
        let run = app
            .run_with(
                actor,
                "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                json!({ "ids": ids }),
            )
            .await
            .ok();
        let expected = ids
            .iter()
            .enumerate()
            .map(|(at, id)| if at % 3 < *seen { json!({ "id": id }) } else { Value::Null });
        assert_eq!(run.at("nodes"), &Value::Array(expected.collect()), "{name}");
    }
}

#[tokio::test]
async fn what_the_reader_may_not_see_can_not_be_joined() {
    let Lookers { app, posts, comments, all, .. } = lookers().await;
    let (_, member, seen) = &all[1];
    for at in 0..3 {
        let open = at < *seen;
        for (field, id) in [("bookmarkAdd", &posts[at]), ("bookmarkAdd", &comments[at])] {
            if open {
                app.act(member, field, id).await.done();
            } else {
                assert_eq!(app.refuses_act(member, field, id).await, ["NOT_FOUND id"]);
            }
        }
        let react = "mutation($id: ID!) { reactionAdd(id: $id, emoji: \"🎉\") { userErrors { code path } } }";
        let run = app.run_with(member, react, json!({ "id": posts[at] })).await;
        assert_eq!(run.refusals().is_empty(), open);
    }
}

#[tokio::test]
async fn a_home_feed_is_ones_own_and_of_whom_one_follows() {
    let Lookers { app, ada, all, .. } = lookers().await;
    let (member, follower) = (&all[1].1, &all[2].1);
    write_post(&app, member, "by member", "FOLLOWERS").await;
    write_post(&app, follower, "by follower", "PUBLIC").await;
    let home = async |actor: &Actor| {
        let run = app
            .run(actor, "{ viewer { homeFeed { edges { at node { body { source } } } } } }")
            .await
            .ok();
        run.list("viewer.homeFeed.edges", "node.body.source")
    };
    let of_ada = ["edited FOLLOWERS #loom", "edited MEMBERS #loom", "edited PUBLIC #loom"];
    assert_eq!(home(&ada).await, [&["by member"], &of_ada[..]].concat());
    assert_eq!(home(member).await, ["by member"]);
    assert_eq!(home(follower).await, [&["by follower"], &of_ada[..]].concat());
    assert_eq!(home(&all[4].1).await, [""; 0], "a moderator follows nobody");

    mute(&app, &ada, member).await;
    assert_eq!(home(&ada).await, of_ada);
    app.act(follower, "profileUnfollow", &profile_id(&ada)).await.done();
    assert_eq!(home(follower).await, ["by follower"]);
}

#[tokio::test]
async fn who_follows_no_more_sees_no_more() {
    let Lookers { app, ada, posts, all, .. } = lookers().await;
    let follower = &all[2].1;
    app.act(follower, "profileUnfollow", &profile_id(&ada)).await.done();
    let query = "query($id: ID!) { post(by: { id: $id }) { id } }";
    let run = app.run_with(follower, query, json!({ "id": posts[2] })).await.ok();
    assert_eq!(run.at("post"), &Value::Null);
}

#[tokio::test]
async fn a_change_of_visibility_shows_at_once() {
    let Lookers { app, ada, posts, .. } = lookers().await;
    let change = "mutation($id: ID!, $to: Visibility!) { postUpdate(id: $id, input: { visibility: $to }) { userErrors { code path } } }";
    app.run_with(&ada, change, json!({ "id": posts[0], "to": "FOLLOWERS" })).await.done();
    app.run_with(&ada, change, json!({ "id": posts[2], "to": "PUBLIC" })).await.done();
    let run = app.run(&Guest, "{ feed { nodes { id } } }").await.ok();
    assert_eq!(run.list("feed.nodes", "id"), [posts[2].clone()]);
}

#[tokio::test]
async fn a_feed_is_narrowed_by_kind_tag_and_author() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let public = |kind: &str, title: Option<&str>, body: &str| json!({ "kind": kind, "title": title, "body": body, "visibility": "PUBLIC" });
    app.publish(&ada, public("NOTE", None, "a #loom")).await;
    app.publish(&ada, public("ARTICLE", Some("T"), "b #Wool")).await;
    app.publish(&grace, public("NOTE", None, "c #loom #wool")).await;
    app.publish(&grace, public("NOTE", None, "d")).await;
    let query =
        "query($f: PostFilter) { feed(filter: $f) { nodes { body { text(maxLength: 2) } } } }";
    let (by_ada, by_nobody) = (profile_id(&ada), "post_01jcz");
    for (filter, found) in [
        (json!(null), "dcba"),
        (json!({}), "dcba"),
        (json!({ "kinds": [] }), "dcba"),
        (json!({ "kinds": ["NOTE"] }), "dca"),
        (json!({ "kinds": ["NOTE", "NOTE", "ARTICLE"] }), "dcba"),
        (json!({ "tags": ["#LOOM"] }), "ca"),
        (json!({ "tags": ["loom", "wool"] }), "cba"),
        (json!({ "tags": ["wool"], "kinds": ["ARTICLE"] }), "b"),
        (json!({ "author": by_ada }), "ba"),
        (json!({ "author": by_ada, "tags": ["loom"] }), "a"),
        (json!({ "author": by_nobody }), ""),
        (json!({ "tags": ["nowhere"] }), ""),
        (json!({ "tags": ["%", "' OR 1=1 --", "\u{0}", ""] }), ""),
        (json!({ "author": "\u{0}" }), ""),
    ] {
        let run = app.run_with(&Guest, query, json!({ "f": filter })).await.ok();
        let bodies = run.list("feed.nodes", "body.text");
        let first: String = bodies.iter().filter_map(|body| body.chars().next()).collect();
        assert_eq!(first, found, "{filter}");
    }
    let many: Vec<_> = (0..21).map(|n| format!("tag{n}")).collect();
    let run = app.run_with(&Guest, query, json!({ "f": { "tags": many } })).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
}

#[tokio::test]
async fn the_top_of_a_feed_has_most_reactions() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mut posts = Vec::new();
    for body in ["a", "b", "c", "d"] {
        posts.push(write_post(&app, &ada, body, "PUBLIC").await);
    }
    for (actor, at) in [(&ada, 0), (&grace, 0), (&ada, 2)] {
        app.react(actor, &posts[at], "🎉").await;
    }
    let run = app.run(&Guest, "{ feed(sort: TOP) { nodes { body { source } } } }").await.ok();
    assert_eq!(run.list("feed.nodes", "body.source"), ["a", "c", "d", "b"]);
}

#[tokio::test]
async fn a_page_of_the_feed_is_two_statements_however_long_it_is() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    for at in 0..4 {
        let author = if at % 2 == 0 { &ada } else { &grace };
        let post = write_post(&app, author, &format!("post {at}"), "PUBLIC").await;
        for by in [&grace, &ada] {
            write_comment(&app, by, &post, &format!("comment on {at}")).await;
        }
        app.react(&grace, &post, "🎉").await;
    }
    // The home page of the feed, as a front end asks for it.
    let page = "{ feed(first: 20) { nodes { id title body { html } createdAt commentCount
        author { handle name headline }
        reactions { emoji count }
        comments(first: 3) { nodes { id body { html } author { handle name } } } }
        pageInfo { hasNextPage endCursor } } }";

    let run = app.run(&Guest, page).await.ok();

    assert_eq!(run.sql.len(), 2, "posts with authors, comments with theirs: {:#?}", run.sql);
    assert_eq!(run.at("feed.nodes").as_array().unwrap().len(), 4);
    assert_eq!(run.text("feed.nodes.0.author.handle"), "grace");
    assert_eq!(run.at("feed.nodes.0.reactions"), &json!([{ "emoji": "🎉", "count": 1 }]));
    assert_eq!(run.text("feed.nodes.0.comments.nodes.1.body.html"), "<p>comment on 3</p>");
    assert_eq!(run.text("feed.nodes.0.comments.nodes.1.author.handle"), "ada");
    assert_eq!(app.run(&ada, page).await.ok().sql.len(), 2);
}
