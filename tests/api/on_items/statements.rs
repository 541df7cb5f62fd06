//! What pages with portfolio items and comments cost: the same for two and for twelve of everything.

use guildhall::Actor;
use serde_json::{Value, json};

use super::kit::{comment, published};
use crate::kit::{Run, TestApp, by_id, write_post};

struct Crowd {
    app: TestApp,
    ada: Actor,
    ids: Vec<String>,
}

/// So many items of others with two comments each, an answer, reactions, files, and kept by ada; and posts alike.
async fn crowd(size: usize) -> Crowd {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut ids = Vec::new();
    for n in 0..size {
        let one = app.member(&format!("member{n}")).await;
        let item = published(&app, &one, "MEMBERS").await;
        let post = write_post(&app, &one, "hello", "MEMBERS").await;
        for subject in [&item, &post] {
            let files = json!({ "attachments": [app.picture(&one, "a.png").await] });
            let first = comment(&app, &one, subject, "first", files).await;
            let files =
                json!({ "attachments": [app.picture(&ada, "b.png").await], "parent": first });
            let answer = comment(&app, &ada, subject, "answer", files).await;
            comment(&app, &ada, subject, "second", json!({})).await;
            for id in [subject, &first, &answer] {
                app.react(&one, id, "🎉").await;
                app.react(&ada, id, "👍").await;
                app.act(&ada, "bookmarkAdd", id).await.done();
            }
            ids.extend([first, answer]);
        }
        ids.push(item);
    }
    Crowd { app, ada, ids }
}

const PAGES: [(&str, &str, usize); 5] = [
    (
        "{ portfolioItems(first: 12) { nodes { title owner { handle } commentCount
            comments(first: 3) { nodes { author { handle } } } } } }",
        "portfolioItems.nodes",
        2,
    ),
    (
        "{ portfolioItems(first: 12) { nodes { title owner { handle } commentCount eventCursor
            reactions { emoji reactors(first: 2) { nodes { handle } } }
            viewer { reactions isBookmarked canComment canReact }
            comments(first: 3) { nodes { author { handle } attachments { name } body { source }
                reactions { emoji reactors(first: 2) { nodes { handle } } }
                viewer { reactions canReply canEdit } commentedOn { id commentCount } } } } } }",
        "portfolioItems.nodes",
        11,
    ),
    (
        "{ portfolioItems(first: 12) { nodes { comments(first: 1) { nodes { attachments { name } body { source }
            replies(first: 2) { nodes { author { handle } attachments { name } body { source } viewer { reactions }
                parent { id author { handle } attachments { name } body { source } viewer { reactions } } } } } } } } }",
        "portfolioItems.nodes",
        12,
    ),
    (
        "{ viewer { bookmarks(first: 100) { nodes { target {
            ... on Post { comments(first: 1) { nodes { attachments { name } } } }
            ... on PortfolioItem { title owner { handle } viewer { isBookmarked reactions }
                comments(first: 1) { nodes { author { handle } attachments { name } } } }
            ... on Comment { author { handle } attachments { name } viewer { canReply }
                commentedOn { ... on Post { title author { handle } } ... on PortfolioItem { title owner { handle } } } } } } } } }",
        "viewer.bookmarks.nodes",
        13,
    ),
    (
        "query($ids: [ID!]!) { nodes(ids: $ids) {
            ... on PortfolioItem { comments(first: 1) { nodes { attachments { name } } } }
            ... on Comment { author { handle } attachments { name } viewer { reactions }
                commentedOn { id commentCount } } } }",
        "nodes",
        8,
    ),
];

#[tokio::test]
async fn pages_of_twelve_take_the_statements_of_pages_of_two() {
    let crowds = [crowd(2).await, crowd(12).await];
    let mut wrong = Vec::new();
    for (query, rows, statements) in PAGES {
        let mut runs: Vec<Run> = Vec::new();
        for Crowd { app, ada, ids } in &crowds {
            let run = app.run_with(ada, query, json!({ "ids": ids })).await.ok();
            let whole = run.data.to_string();
            assert!(!whole.contains("\"nodes\":[]"), "every list holds something: {whole}");
            runs.push(run);
        }
        let found = |run: &Run| run.at(rows).as_array().map_or(0, Vec::len);
        assert_eq!(found(&runs[1]), 6 * found(&runs[0]), "{query}");
        let taken: Vec<_> = runs.iter().map(|run| run.sql.len()).collect();
        if taken != [statements; 2] {
            wrong.push(format!("{taken:?}, not {statements}: {query}\n{:#?}", runs[1].sql));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_write_costs_as_many_statements_as_it_must() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "PUBLIC").await;
    let picture = app.picture(&grace, "a.png").await;
    // PostgreSQL numbers and writes an event in one statement, SQLite in two.
    let event = if app.is_postgres() { 1 } else { 2 };
    let create = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) {
        comment { id } userErrors { code path } } }";
    let taken = async |actor: &Actor, query: &str, variables: Value| {
        let run = app.run_with(actor, query, variables).await.done();
        (run.sql.len() - event, run)
    };
    let input = json!({ "subject": item, "body": "a" });
    let (statements, _) = taken(&grace, create, json!({ "input": input })).await;
    assert_eq!(statements, 4);
    let input = json!({ "subject": item, "body": "a", "attachments": [picture] });
    let (statements, run) = taken(&grace, create, json!({ "input": input })).await;
    assert_eq!(statements, 6, "the files are checked and hung");
    let id = run.text("commentCreate.comment.id");
    let edit = "mutation($id: ID!, $files: [ID!]) { commentUpdate(id: $id, body: \"b\", attachments: $files) {
        userErrors { code path } } }";
    for (files, expected) in [(Value::Null, 2), (json!([picture]), 5), (json!([]), 3)] {
        let (statements, _) = taken(&grace, edit, json!({ "id": id, "files": files })).await;
        assert_eq!(statements, expected, "{files}");
    }
    let react =
        "mutation($id: ID!) { reactionAdd(id: $id, emoji: \"🎉\") { userErrors { code path } } }";
    assert_eq!(taken(&ada, react, json!({ "id": item })).await.0, 4);
    assert_eq!(taken(&ada, react, json!({ "id": id })).await.0, 5, "drafts are looked for");
    assert_eq!(taken(&grace, &by_id("commentDelete"), json!({ "id": id })).await.0, 6);
}
