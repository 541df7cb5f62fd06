//! A page is a fixed number of statements: what a query costs hangs on its shape, never on the rows.

use guildhall::{
    Actor::{self, Guest},
    graph::encode,
};
use serde_json::{Value, json};

use crate::kit::{TestApp, follow, profile_id, write_comment, write_post};

/// As many members, posts and so on as are asked for, all related to each other; ada reads.
struct Crowd {
    app: TestApp,
    ada: Actor,
    ids: Vec<String>,
}

async fn crowd(size: usize) -> Crowd {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut ids = Vec::new();
    let mut before: Option<Actor> = None;
    for n in 0..size {
        let handle = format!("member{n}");
        let one = app.member(&handle).await;
        let skills = format!(
            "mutation {{ skillsSet(skills: [{{ skill: \"loom\" }}, {{ skill: \"skill{n}\" }}]) {{ userErrors {{ code path }} }} }}"
        );
        app.run(&one, &skills).await.done();
        let open = "mutation { profileUpdate(input: { openTo: [WORK], bio: \"hi\" }) { userErrors { code path } } }";
        app.run(&one, open).await.done();
        follow(&app, &one, &ada).await;
        follow(&app, &ada, &one).await;
        if let Some(before) = &before {
            follow(&app, before, &one).await;
        }
        let post =
            write_post(&app, &one, &format!("to @ada and @{handle} #loom #tag{n}"), "MEMBERS")
                .await;
        let edit =
            "mutation($id: ID!, $body: Markdown!) { postUpdate(id: $id, input: { body: $body }) {
            post { revisions { nodes { id } } } userErrors { code path } } }";
        let body = format!("again to @ada and @{handle} #loom #tag{n}");
        let run = app.run_with(&one, edit, json!({ "id": post, "body": body })).await.done();
        let comment = write_comment(&app, &one, &post, "hi @ada").await;
        let reply = app.reply_to(&ada, &post, &comment, &format!("hi @{handle}")).await;
        for id in [&post, &comment, &reply] {
            app.react(&one, id, "🎉").await;
            app.react(&ada, id, "👍").await;
        }
        for id in [&post, &comment] {
            app.act(&ada, "bookmarkAdd", id).await.done();
        }
        let revision = run.text("postUpdate.post.revisions.nodes.0.id").to_owned();
        ids.extend([post, profile_id(&one), comment, revision]);
        before = Some(one);
    }
    Crowd { app, ada, ids }
}

/// Runs a query over two and over twenty of everything, and answers how many statements both took.
#[track_caller]
fn same(runs: [crate::kit::Run; 2]) -> usize {
    let [few, many] = runs;
    assert_eq!(few.sql.len(), many.sql.len(), "{:#?}\n{:#?}", few.sql, many.sql);
    many.sql.len()
}

async fn counted(query: &str, variables: fn(&Crowd) -> Value, nodes: &str) -> (usize, Crowd) {
    let (few, many) = (crowd(2).await, crowd(20).await);
    let of_few = few.app.run_with(&few.ada, query, variables(&few)).await.ok();
    let of_many = many.app.run_with(&many.ada, query, variables(&many)).await.ok();
    let length = |run: &crate::kit::Run| run.at(nodes).as_array().unwrap().len();
    assert!(
        length(&of_many) >= 10 * length(&of_few) - 9,
        "{} {}",
        length(&of_many),
        length(&of_few)
    );
    let whole = serde_json::to_string(&of_many.data).unwrap();
    assert!(!whole.contains("\"nodes\":[]"), "every list holds something: {whole}");
    (same([of_few, of_many]), many)
}

#[tokio::test]
async fn a_feed_with_everything_in_it() {
    let query = "{ feed(first: 20) { nodes {
        author { handle skills { level } } tags { name } body { mentions { handle } }
        viewer { reactions isBookmarked canEdit }
        reactions { emoji reactors(first: 2) { nodes { handle } } }
        revisions(first: 2) { nodes { version editor { handle } } }
        comments(first: 2) { nodes { author { handle } viewer { reactions }
            reactions { reactors(first: 2) { nodes { handle } } }
            replies(first: 2) { nodes { author { handle } parent { id } body { mentions { handle } } } } } } } } }";
    let (statements, crowd) = counted(query, |_| json!({}), "feed.nodes").await;
    assert_eq!(statements, 13);
    let run = crowd.app.run(&Guest, &query.replace("feed(", "feed(sort: TOP, ")).await.ok();
    assert!(run.sql.len() <= 1, "there is nothing for a guest here: {:#?}", run.sql);
}

#[tokio::test]
async fn the_directory_with_everything_in_it() {
    let query = "{ profiles(first: 21) { nodes { handle openTo bio { html } skills { tag { name } }
        followers(first: 2) { nodes { handle bio { html } } } following(first: 2) { nodes { handle } }
        viewer { following isMuted canFollow mutualFollowers(first: 2) { nodes { handle } } }
        posts(first: 2) { nodes { title author { handle } viewer { isBookmarked } } } } } }";
    let query = query.replace(
        "profiles(first: 21)",
        "profiles(first: 20, orderBy: { field: JOINED, direction: DESC })",
    );
    let (few, many) = (crowd(2).await, crowd(20).await);
    let runs =
        [few.app.run(&few.ada, &query).await.ok(), many.app.run(&many.ada, &query).await.ok()];
    assert_eq!(same(runs), 12);
}

#[tokio::test]
async fn nodes_of_every_kind() {
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id
        ... on Profile { handle viewer { following } }
        ... on Post { author { handle } tags { name } }
        ... on Comment { author { handle } commentedOn { ... on Post { title author { handle } } } }
        ... on Revision { editor { handle } body { html } } } }";
    let (statements, crowd) = counted(query, |crowd| json!({ "ids": crowd.ids }), "nodes").await;
    assert_eq!(statements, 7);
    let unknown: Vec<_> =
        (0..100).map(|_| encode("post", crowd.app.app.clock.key()).to_string()).collect();
    let run = crowd.app.run_with(&crowd.ada, query, json!({ "ids": unknown })).await.ok();
    assert_eq!(run.sql.len(), 1);
}

#[tokio::test]
async fn tags_with_their_posts() {
    let query = "{ tags(first: 20) { name posts(first: 3) { nodes { title author { handle } viewer { reactions } } } } }";
    let (few, many) = (crowd(2).await, crowd(20).await);
    let runs = [few.app.run(&few.ada, query).await.ok(), many.app.run(&many.ada, query).await.ok()];
    assert_eq!(same(runs), 4);
}

#[tokio::test]
async fn bookmarks_with_what_they_stand_on() {
    let query = "{ viewer { bookmarks(first: 40) { nodes { note target { __typename
        ... on Post { title author { handle } viewer { isBookmarked } }
        ... on Comment { author { handle } commentedOn { ... on Post { title } } viewer { reactions } } } } } } }";
    let (statements, _) = counted(query, |_| json!({}), "viewer.bookmarks.nodes").await;
    assert_eq!(statements, 6);
}

#[tokio::test]
async fn the_home_feed_and_the_lists_of_ones_own() {
    let query = "{ viewer { homeFeed(first: 20) { nodes { title author { handle } viewer { reactions } } } } }";
    let (statements, _) = counted(query, |_| json!({}), "viewer.homeFeed.nodes").await;
    assert_eq!(statements, 2);
}

#[tokio::test]
async fn pages_that_differ_are_read_apart_and_equal_ones_together() {
    let crowd = crowd(3).await;
    let query = "{ feed(first: 3) { nodes { oldest: comments(first: 2) { nodes { id } }
        same: comments(first: 2) { nodes { id } } newest: comments(sort: NEWEST, first: 2) { nodes { id } }
        top: comments(sort: TOP, first: 2) { nodes { id } } fewer: comments(first: 1) { nodes { id } } } } }";
    let run = crowd.app.run(&crowd.ada, query).await.ok();
    assert_eq!(run.sql.len(), 5, "{:#?}", run.sql);
}
