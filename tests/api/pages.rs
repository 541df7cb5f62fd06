//! Pages: every connection, walked to its end in small steps, and what is no page.

use std::collections::HashSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use guildhall::Actor;
use serde_json::{Value, json};

use crate::kit::{TestApp, block, follow, mute, profile_id, write_comment, write_post};

/// A connection somewhere in the graph: how to ask for a page of it, where it stands in the answer, and
/// what each thing on it is called.
struct List {
    query: String,
    at: &'static str,
    name: &'static str,
}

/// Reads a list to its end in pages of `step`, checking where each page says that it lies.
async fn walk(app: &TestApp, actor: &Actor, list: &List, step: usize) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = json!({ "first": step, "after": after });
        let run = app.run_with(actor, &list.query, page).await.ok();
        let edges = run.at(&format!("{}.edges", list.at)).as_array().unwrap().clone();
        let info = run.at(&format!("{}.pageInfo", list.at));
        let name = |edge: &Value| edge["node"].pointer(list.name).unwrap().to_string();
        names.extend(edges.iter().map(name));
        let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
        assert_eq!(info["startCursor"], cursor(edges.first()), "{}", list.query);
        assert_eq!(info["endCursor"], cursor(edges.last()));
        assert_eq!(info["hasPreviousPage"], !after.is_null());
        if info["hasNextPage"] == false {
            return names;
        }
        assert_eq!(edges.len(), step);
        after = info["endCursor"].clone();
    }
}

fn list(
    before: &str,
    field: &str,
    arguments: &str,
    after: &str,
    at: &'static str,
    name: &'static str,
) -> List {
    let node =
        name.trim_start_matches('/').split('/').rev().fold(
            String::new(),
            |inner, part| match inner {
                inner if inner.is_empty() => part.to_owned(),
                inner => format!("{part} {{ {inner} }}"),
            },
        );
    let query = format!(
        "query($first: Int!, $after: String) {{ {before} {field}({arguments} first: $first, after: $after) {{
            edges {{ cursor node {{ {node} }} }}
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} {after} }}"
    );
    List { query, at, name }
}

/// A community of nine, with everything that has pages, and every list in it that ada reads.
async fn community() -> (TestApp, Actor, Vec<List>) {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut others = Vec::new();
    for handle in ["bob", "cleo", "dan", "eve", "fay", "gus", "hal"] {
        others.push(app.member(handle).await);
    }
    // Ties in the number of followers and in names, so that keys must break them.
    let (zoe, joe) = (&others[5], &others[6]);
    for other in [zoe, joe] {
        let rename =
            "mutation { profileUpdate(input: { name: \"Éve\" }) { userErrors { code path } } }";
        app.run(other, rename).await.done();
    }
    for (at, other) in others.iter().enumerate() {
        follow(&app, other, &ada).await;
        follow(&app, &ada, other).await;
        if at > 3 {
            follow(&app, other, &others[0]).await;
            follow(&app, other, &others[1]).await;
        }
    }
    let mut posts = Vec::new();
    for n in 0..7 {
        posts.push(write_post(&app, &others[0], &format!("post {n} #loom"), "PUBLIC").await);
        app.act(&ada, "bookmarkAdd", &posts[n]).await.done();
    }
    for (at, n) in [(0, 3), (1, 3), (2, 1), (3, 1), (4, 2)] {
        for other in &others[..n] {
            app.react(other, &posts[at], "🎉").await;
        }
    }
    for other in &others {
        app.react(other, &posts[5], "👍").await;
    }
    let mut comments = Vec::new();
    for n in 0..7 {
        comments.push(write_comment(&app, &others[1], &posts[0], &format!("comment {n}")).await);
        app.reply_to(&ada, &posts[0], &comments[0], &format!("answer {n}")).await;
        let edit = "mutation($id: ID!, $body: Markdown!) { postUpdate(id: $id, input: { body: $body }) { userErrors { code path } } }";
        let edit_to = json!({ "id": posts[1], "body": format!("wording {n}") });
        app.run_with(&others[0], edit, edit_to).await.done();
    }
    for (at, n) in [(1, 2), (3, 2), (4, 1), (6, 3)] {
        for other in &others[..n] {
            app.react(other, &comments[at], "🎉").await;
        }
    }
    let eve = app.member("eva").await;
    for n in 0..5 {
        let handle = format!("troll{n}");
        let troll = app.member(&handle).await;
        block(&app, &eve, &troll).await;
        mute(&app, &eve, &troll).await;
    }
    for n in 0..7 {
        app.act(&eve, "bookmarkAdd", &posts[n]).await.done();
        follow(&app, &eve, &others[n]).await;
    }
    let (bob, ada_id) = (profile_id(&others[0]), profile_id(&ada));
    let post = |n: usize| format!("post(by: {{ id: {:?} }}) {{", posts[n]);
    let of = |id: &str| format!("profile(by: {{ id: {id:?} }}) {{");
    let comment = format!("node(id: {:?}) {{ ... on Comment {{", comments[0]);
    let mut lists = vec![
        list("", "feed", "", "", "feed", "/id"),
        list("", "feed", "sort: TOP,", "", "feed", "/id"),
        list("", "feed", "filter: { tags: [\"loom\"] },", "", "feed", "/id"),
        list("viewer {", "homeFeed", "", "}", "viewer.homeFeed", "/id"),
        list("viewer {", "bookmarks", "", "}", "viewer.bookmarks", "/id"),
        list("viewer {", "blocked", "", "}", "viewer.blocked", "/id"),
        list("viewer {", "muted", "", "}", "viewer.muted", "/id"),
        list(&of(&bob), "posts", "", "}", "profile.posts", "/id"),
        list(&of(&ada_id), "followers", "", "}", "profile.followers", "/handle"),
        list(&of(&ada_id), "following", "", "}", "profile.following", "/handle"),
        list(
            &format!("{} viewer {{", of(&ada_id)),
            "mutualFollowers",
            "",
            "} }",
            "profile.viewer.mutualFollowers",
            "/handle",
        ),
        list("tag(name: \"loom\") {", "posts", "", "}", "tag.posts", "/id"),
        list(&post(1), "revisions", "", "}", "post.revisions", "/version"),
        list(&comment, "replies", "", "} }", "node.replies", "/id"),
        list(
            &format!("{} reactions {{", post(5)),
            "reactors",
            "",
            "} }",
            "post.reactions.0.reactors",
            "/handle",
        ),
    ];
    for sort in ["OLDEST", "NEWEST", "TOP"] {
        lists.push(list(
            &post(0),
            "comments",
            &format!("sort: {sort},"),
            "}",
            "post.comments",
            "/id",
        ));
    }
    for field in ["NAME", "JOINED", "FOLLOWERS"] {
        for direction in ["ASC", "DESC"] {
            let order = format!("orderBy: {{ field: {field}, direction: {direction} }},");
            lists.push(list("", "profiles", &order, "", "profiles", "/handle"));
        }
    }
    (app, eve, lists)
}

#[tokio::test]
async fn every_list_is_read_to_its_end_without_gap_or_double() {
    let (app, eve, lists) = community().await;
    for list in &lists {
        let whole = walk(&app, &eve, list, 100).await;
        assert!(whole.len() >= 5, "{whole:?} {}", list.query);
        assert_eq!(whole.iter().collect::<HashSet<_>>().len(), whole.len(), "{}", list.query);
        for step in [1, 2, 3, whole.len() - 1, whole.len()] {
            assert_eq!(walk(&app, &eve, list, step).await, whole, "{step} {}", list.query);
        }
    }
}

#[tokio::test]
async fn an_order_is_the_one_that_was_asked_for() {
    let (app, eve, lists) = community().await;
    let mut orders = Vec::new();
    for list in lists.iter().filter(|list| list.at == "profiles") {
        orders.push(walk(&app, &eve, list, 4).await.join(" ").replace('"', ""));
    }
    let names = "ada bob cleo dan eva eve fay troll0 troll1 troll2 troll3 troll4 gus hal";
    let joined = "ada bob cleo dan eve fay gus hal eva troll0 troll1 troll2 troll3 troll4";
    let followers = "eva troll0 troll1 troll2 troll3 troll4 dan eve fay gus hal bob cleo ada";
    let back = |order: &str| order.split(' ').rev().collect::<Vec<_>>().join(" ");
    let expected = [names, joined, followers].map(|order| [order.to_owned(), back(order)]);
    assert_eq!(orders, expected.concat());

    let sorted = async |at: usize| walk(&app, &eve, &lists[at], 3).await;
    let comments = [15, 16, 17].map(|at| &lists[at]);
    let (oldest, newest) =
        (walk(&app, &eve, comments[0], 2).await, walk(&app, &eve, comments[1], 2).await);
    assert_eq!(oldest.iter().rev().collect::<Vec<_>>(), newest.iter().collect::<Vec<_>>());
    let top = walk(&app, &eve, comments[2], 2).await;
    let by_reactions = [6, 3, 1, 4, 5, 2, 0].map(|at: usize| oldest[at].clone());
    assert_eq!(top, by_reactions);
    let newest = sorted(0).await;
    let by_reactions = [1, 5, 6, 2, 3, 4, 0].map(|at: usize| newest[at].clone());
    assert_eq!(sorted(1).await, by_reactions);
}

#[tokio::test]
async fn a_page_of_none_of_less_or_of_too_many_is_refused() {
    let (app, eve, lists) = community().await;
    for list in &lists {
        for first in [0, -1, 101, i32::MAX, i32::MIN] {
            let run = app.run_with(&eve, &list.query, json!({ "first": first })).await;
            // The guard, which counts pages before anything is read, may be first to refuse.
            assert!(["BAD_REQUEST", "TOO_COMPLEX"].contains(&run.error_code()), "{first} {run:#?}");
        }
        for first in [0, -1, 101] {
            let run = app.run_with(&eve, &list.query, json!({ "first": first })).await;
            assert_eq!(run.error_code(), "BAD_REQUEST", "{first} {run:#?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_cursor_of_a_list_is_refused_and_never_an_internal_error() {
    let (app, eve, lists) = community().await;
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let key = [7; 16];
    let with = |tail: &[u8]| encode(&[&key[..], tail].concat());
    let nonsense = [
        String::new(),
        "x".to_owned(),
        "nonsense!".to_owned(),
        "\u{0}".to_owned(),
        "'; DROP TABLE post; --".to_owned(),
        encode(&key[..15]),
        with(b"x"),
        with(b"n"),
        with(b"n123"),
        with(b"n12345"),
        with(b"t\xff"),
        with(b"t\0"),
        "A".repeat(100_000),
        format!("{}=", encode(&key)),
        "💥".to_owned(),
    ];
    let (by_key, by_count, by_text) =
        (encode(&key), with(b"n\0\0\0\x01"), with("tÄ'--%".as_bytes()));
    for list in &lists {
        for cursor in &nonsense {
            let run = app.run_with(&eve, &list.query, json!({ "first": 2, "after": cursor })).await;
            assert_eq!(run.error_code(), "BAD_REQUEST", "{cursor:.40} {}", list.query);
        }
        let kind = match list.query.as_str() {
            query if query.contains("TOP") || query.contains("FOLLOWERS") => 1,
            query if query.contains("NAME") => 2,
            _ => 0,
        };
        for (at, cursor) in [&by_key, &by_count, &by_text].into_iter().enumerate() {
            let run = app.run_with(&eve, &list.query, json!({ "first": 2, "after": cursor })).await;
            match at == kind {
                true => assert!(run.errors.is_empty(), "{run:#?}"),
                false => assert_eq!(run.error_code(), "BAD_REQUEST", "{at} {}", list.query),
            }
        }
    }
}

#[tokio::test]
async fn what_comes_between_two_pages_is_not_shown_twice() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for n in 0..4 {
        write_post(&app, &ada, &format!("post {n}"), "PUBLIC").await;
    }
    let query = "query($after: String) { feed(first: 2, after: $after) { nodes { id body { source } } pageInfo { endCursor } } }";
    let first = app.run(&ada, query).await.ok();
    write_post(&app, &ada, "new", "PUBLIC").await;
    app.act(&ada, "postDelete", first.text("feed.nodes.1.id")).await.done();
    let after = json!({ "after": first.text("feed.pageInfo.endCursor") });
    let second = app.run_with(&ada, query, after).await.ok();
    assert_eq!(first.list("feed.nodes", "body.source"), ["post 3", "post 2"]);
    assert_eq!(second.list("feed.nodes", "body.source"), ["post 1", "post 0"]);
}
