//! What is found, in which order, and how it is shown.

use guildhall::{Actor::Guest, search::service};
use serde_json::json;

use super::{kinds, search};
use crate::chat::messages_kit::say;
use crate::kit::{Stored, TestApp, open_channel, profile_id, write_post};
use crate::portfolio::kit::publish;

#[tokio::test]
async fn everything_is_found_by_its_words_as_they_change_and_no_more_when_it_is_gone() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "Weaving **quixotic** cloth #quixotic", "PUBLIC").await;
    let item = json!({ "title": "Quixotic loom", "story": "wood", "visibility": "PUBLIC" });
    publish(&app, &ada, item).await;
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    let message = say(&app, &ada, &room, "a quixotic message").await;
    let bio = "mutation { profileUpdate(input: { headline: \"A quixotic weaver\" }) { userErrors { code } } }";
    app.run(&ada, bio).await.done();
    let all = ["Message", "PortfolioItem", "Post", "Profile", "Tag"];
    assert_eq!(kinds(&app, &ada, "quixot").await, all);

    app.act(&ada, "messageDelete", &message).await.done();
    let change = "mutation($id: ID!) { postUpdate(id: $id, input: { body: \"plain\", tags: [] }) { userErrors { code } } }";
    app.run_with(&ada, change, json!({ "id": post })).await.done();
    assert_eq!(kinds(&app, &ada, "quixotic").await, ["PortfolioItem", "Profile", "Tag"]);
    assert_eq!(kinds(&app, &ada, "plain").await, ["Post"]);
    app.act(&ada, "postDelete", &post).await.done();
    assert_eq!(kinds(&app, &ada, "plain").await, [""; 0]);
}

#[tokio::test]
async fn titles_weigh_more_pages_join_and_words_are_marked() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for n in 0..30 {
        write_post(&app, &ada, &format!("number {n} <b> about looms & wool"), "PUBLIC").await;
    }
    let item = json!({ "title": "Looms", "story": "wood", "visibility": "PUBLIC" });
    publish(&app, &ada, item).await;
    let mut seen = Vec::new();
    let mut after = json!(null);
    loop {
        let asked = json!({ "text": "LOOMS", "first": 7, "after": after });
        let run = search(&app, &Guest, asked).await;
        seen.extend(run.list("search.edges", "cursor"));
        if after.is_null() {
            assert_eq!(run.text("search.edges.0.node.__typename"), "PortfolioItem");
            assert_eq!(run.text("search.edges.0.highlight"), "<mark>Looms</mark>");
            let shown = run.text("search.edges.1.highlight");
            assert!(shown.contains("<mark>looms</mark> &amp; wool"), "{shown}");
        }
        after = run.at("search.pageInfo.endCursor").clone();
        if run.at("search.pageInfo.hasNextPage") == &json!(false) {
            break;
        }
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((count, seen.len()), (31, 31));
}

#[tokio::test]
async fn a_misspelt_name_and_a_part_of_one_are_found() {
    let app = TestApp::new().await;
    let ada = app.member("lovelace").await;
    write_post(&app, &ada, "about #typescript", "PUBLIC").await;
    service::rebuild(&app.app, &|_| ()).await.unwrap();
    assert_eq!(kinds(&app, &Guest, "lovelase").await, ["Profile"]);
    assert_eq!(kinds(&app, &Guest, "script").await, ["Tag"]);
    assert_eq!(kinds(&app, &Guest, "zzzzzz").await, [""; 0]);
}

#[tokio::test]
async fn a_filter_narrows_by_kind_author_and_time() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    write_post(&app, &ada, "wool #wool", "PUBLIC").await;
    write_post(&app, &bob, "wool", "PUBLIC").await;
    for (filter, expected) in [
        (json!({}), 3),
        (json!({ "kinds": ["POST"] }), 2),
        (json!({ "kinds": ["TAG", "JOB"] }), 1),
        (json!({ "author": profile_id(&bob) }), 1),
        (json!({ "author": "nobody" }), 0),
        (json!({ "at": { "from": "2026-05-05T00:00:00Z" } }), 0),
        (json!({ "at": { "to": "2026-05-05T00:00:00Z" } }), 3),
    ] {
        let run = search(&app, &Guest, json!({ "text": "wool", "filter": filter })).await;
        assert_eq!(run.at("search.edges").as_array().unwrap().len(), expected, "{filter}");
    }
}

#[tokio::test]
async fn a_rebuild_finds_what_was_never_written_and_changes_nothing_when_it_runs_again() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    assert!(service::is_missing(&app.app).await.unwrap());
    app.keep(&ada, &Stored::text("weaving.txt", "x")).await;
    assert!(guildhall::search::work::prepare(&app.app).await.unwrap());
    app.work().await;
    assert_eq!(kinds(&app, &ada, "weaving").await, ["File"]);
    assert_eq!(kinds(&app, &ada, "ada").await, ["Profile"]);
    assert_eq!(service::rebuild(&app.app, &|_| ()).await.unwrap(), 2);
    assert!(!guildhall::search::work::prepare(&app.app).await.unwrap());
}

#[tokio::test]
async fn words_are_stemmed_by_the_language_of_who_wrote_them() {
    let app = TestApp::new().await;
    if !app.is_postgres() {
        return;
    }
    let ada = app.member("ada").await;
    write_post(&app, &ada, "She was weaving carpets", "PUBLIC").await;
    assert_eq!(kinds(&app, &ada, "weaves carpet tomorrow").await, [""; 0]);
    assert_eq!(kinds(&app, &ada, "weaves carpeted").await, ["Post"]);
}
