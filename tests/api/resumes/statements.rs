//! Resumes on a page are a fixed number of statements.

use serde_json::json;

use super::samples;
use crate::kit::{TestApp, write_comment, write_post};

/// As many members as are asked for, each with a resume, a post, and a comment of the member before.
async fn crowd(size: usize) -> TestApp {
    let app = TestApp::new().await;
    let mut before = app.member("first").await;
    app.import(&before, &samples::full()).await.done();
    for n in 1..size {
        let one = app.member(&format!("member{n}")).await;
        let mut document = samples::full();
        document["skills"][0]["name"] = json!(format!("Skill {n}"));
        app.import(&one, &document).await.done();
        app.add_entry(&one, json!({ "kind": "TALK", "title": format!("talk {n}") })).await;
        let post = write_post(&app, &one, "hello", "PUBLIC").await;
        write_comment(&app, &before, &post, "hi").await;
        before = one;
    }
    app
}

/// What is read, and how many statements it takes.
const PAGES: [(&str, usize); 4] = [
    // Profiles, resumes, entries, languages.
    (
        "{ profiles(first: 100, orderBy: { field: JOINED }) { nodes { resume { summary { html } updatedAt
            entries { title isCurrent summary { html } highlights } awards: entries(kinds: [AWARD]) { title }
            languages { language level } viewer { jsonResume } } } } }",
        4,
    ),
    // Profiles, resumes; whole resumes, whole entries, languages, profiles, skills, tags.
    ("{ profiles(first: 100, orderBy: { field: JOINED }) { nodes { resume { jsonResume } } } }", 8),
    // Posts with authors, comments with authors; for each depth resumes, entries, languages.
    (
        "{ feed(first: 100) { nodes { author { resume { entries { title } languages { level } } }
            comments(first: 2) { nodes { author { resume { entries { title } languages { level } } } } } } } }",
        8,
    ),
    ("query($ids: [ID!]!) { nodes(ids: $ids) { ... on ResumeEntry { title summary { html } } } }", 1),
];

#[tokio::test]
async fn pages_of_resumes_take_the_same_statements_for_few_and_many() {
    let crowds = [crowd(2).await, crowd(9).await, crowd(40).await];
    let mut wrong = Vec::new();
    for (query, statements) in PAGES {
        let mut taken = Vec::new();
        for app in &crowds {
            let all = "{ profiles(first: 100) { nodes { resume { entries { id } } } } }";
            let all = app.run(&guildhall::Actor::Guest, all).await.ok();
            let ids: Vec<_> = (0..2)
                .map(|n| all.text(&format!("profiles.nodes.0.resume.entries.{n}.id")))
                .collect();
            let run =
                app.run_with(&guildhall::Actor::Guest, query, json!({ "ids": ids })).await.ok();
            let answer = run.data.to_string();
            assert!(answer.contains("Lead engineer"), "{answer}");
            assert!(!answer.contains("\"resume\":null"), "{answer}");
            taken.push(run.sql.len());
        }
        if taken != [statements; 3] {
            wrong.push(format!("{taken:?}, not {statements}: {query}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
