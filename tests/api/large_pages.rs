//! Pages of a hundred take the statements that pages of five take: in lists of more than thirty, futures are woken
//! one by one, and what they ask next must be one batch all the same.

use guildhall::Actor;
use serde_json::json;

use crate::kit::{TestApp, follow, open_channel, profile_id, write_comment, write_post};

/// As many of everything as are asked for; ada reads.
struct Crowd {
    app: TestApp,
    ada: Actor,
    size: usize,
    ids: Vec<String>,
    /// A post that everybody commented on.
    root: String,
}

async fn crowd(size: usize) -> Crowd {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let root = write_post(&app, &ada, "all talk here", "MEMBERS").await;
    let mut ids = Vec::new();
    for n in 0..size {
        app.app.clock.advance(chrono::TimeDelta::minutes(30));
        let one = app.member(&format!("member{n}")).await;
        let skills = format!(
            "mutation {{ skillsSet(skills: [{{ skill: \"loom\" }}, {{ skill: \"tag{n}\" }}]) {{ userErrors {{ code path }} }} }}"
        );
        app.run(&one, &skills).await.done();
        follow(&app, &one, &ada).await;
        follow(&app, &ada, &one).await;
        let post = write_post(&app, &one, &format!("to @ada #loom #tag{n}"), "MEMBERS").await;
        let comment = write_comment(&app, &one, &post, "mine").await;
        let talk = write_comment(&app, &one, &root, "mine too").await;
        let reply = app.reply_to(&one, &root, &talk, "and more").await;
        let kept = if n % 2 == 0 { &post } else { &comment };
        app.act(&ada, "bookmarkAdd", kept).await.done();
        let room = if n % 2 == 0 {
            app.open_talk(&ada, &[&one]).await
        } else {
            let room = open_channel(&app, &ada, &format!("room-{n}"), "PRIVATE").await;
            app.set(&ada, &room, &[&one], json!("MEMBER")).await.done();
            room
        };
        let said = app.say(&one, &room, "hello", &[&ada]).await;
        for id in [&post, &comment, &talk, &reply, &said] {
            app.react(&ada, id, "👍").await;
        }
        ids.extend([[post, profile_id(&one), comment, room][n % 4].clone()]);
    }
    Crowd { app, ada, size, ids, root }
}

/// What is read, where the rows of the page stand, and how many statements it takes.
const PAGES: [(&str, &str, usize); 9] = [
    (
        "{ feed(first: 100) { nodes {
            author { handle } tags { name }
            comments(first: 2) { nodes { author { handle } viewer { reactions } } }
            viewer { reactions isBookmarked } } } }",
        "feed.nodes",
        6,
    ),
    (
        "{ viewer { homeFeed(first: 100) { nodes {
            title author { handle skills { tag { name } } } viewer { reactions isBookmarked } } } } }",
        "viewer.homeFeed.nodes",
        5,
    ),
    (
        "{ post(by: { id: \"ROOT\" }) { comments(first: 100) { nodes { author { handle } viewer { reactions }
            reactions { reactors(first: 2) { nodes { handle } } }
            replies(first: 2) { nodes { author { handle } viewer { reactions } parent { id } } } } } } }",
        "post.comments.nodes",
        7,
    ),
    (
        "{ profiles(first: 100) { nodes { handle skills { tag { name } }
            followers(first: 2) { nodes { handle } }
            posts(first: 2) { nodes { title author { handle } viewer { reactions isBookmarked } } }
            viewer { following canFollow conversation { title lastMessage { author { handle } } } } } } }",
        "profiles.nodes",
        11,
    ),
    (
        "{ viewer { conversations(first: 100) { nodes { title eventCursor
            members(first: 2) { edges { role node { handle } } }
            lastMessage { body { html } author { handle } viewer { reactions mentionsMe canReply canPin } }
            viewer { title unreadCount mentionCount role lastReadMessage { id }
                firstUnreadMessage { id author { handle } viewer { reactions } }
                canSend canInvite canEdit canPin canModerate canLeave canJoin } } } } }",
        "viewer.conversations.nodes",
        12,
    ),
    (
        "{ viewer { conversations(first: 100) { nodes {
            messages(last: 2) { nodes { author { handle } viewer { reactions } } } } } } }",
        "viewer.conversations.nodes",
        3,
    ),
    (
        "{ viewer { bookmarks(first: 100) { nodes { note target { __typename
            ... on Post { title author { handle } viewer { isBookmarked reactions } }
            ... on Comment { author { handle } commentedOn { ... on Post { title author { handle } } }
                viewer { reactions } } } } } } }",
        "viewer.bookmarks.nodes",
        7,
    ),
    (
        "{ tags(first: 100) { name posts(first: 2) { nodes {
            title author { handle } tags { name } viewer { reactions } } } } }",
        "tags",
        5,
    ),
    (
        "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id
            ... on Profile { skills { tag { name } } viewer { following } }
            ... on Post { author { handle } tags { name } viewer { reactions } }
            ... on Comment { author { handle } commentedOn { ... on Post { title } } viewer { reactions } }
            ... on Conversation { lastMessage { author { handle } viewer { reactions } } viewer { title } } } }",
        "nodes",
        14,
    ),
];

#[tokio::test]
async fn pages_of_a_hundred_take_the_statements_of_pages_of_five() {
    let crowds = [crowd(5).await, crowd(40).await, crowd(100).await];
    let mut wrong = Vec::new();
    for (query, rows, statements) in PAGES {
        let mut taken = Vec::new();
        for Crowd { app, ada, size, ids, root } in &crowds {
            let (query, variables) = (query.replace("ROOT", root), json!({ "ids": ids }));
            let run = app.run_with(ada, &query, variables).await.ok();
            let found = run.at(rows).as_array().map_or(0, Vec::len);
            assert!(found >= *size, "{found} of {size}: {query}");
            assert!(
                !run.data.to_string().contains("\"nodes\":[]"),
                "every list holds something: {query}"
            );
            taken.push(run.sql.len());
        }
        if taken != [statements; 3] {
            wrong.push(format!("{taken:?}, not {statements}: {query}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
