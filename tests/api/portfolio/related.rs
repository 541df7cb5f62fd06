use guildhall::{Actor, Actor::Guest};
use serde_json::{Value, json};

use super::kit::{create, publish, read};
use crate::kit::{TestApp, block};

async fn work(
    app: &TestApp,
    owner: &Actor,
    title: &str,
    tags: &[&str],
    visibility: &str,
) -> String {
    app.app.clock.advance(chrono::TimeDelta::seconds(1));
    let input = json!({ "title": title, "story": "x", "visibility": visibility, "tags": tags });
    publish(app, owner, input).await
}

async fn titles(app: &TestApp, actor: &Actor, id: &str, first: i32) -> Vec<String> {
    let item = read(app, actor, id, &format!("related(first: {first}) {{ title }}")).await;
    let title = |row: &Value| row["title"].as_str().unwrap().to_owned();
    item["related"].as_array().unwrap().iter().map(title).collect()
}

#[tokio::test]
async fn what_shares_most_tags_comes_first_and_then_the_newest() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let id = work(&app, &ada, "Loom", &["wood", "craft", "thread"], "PUBLIC").await;
    work(&app, &ben, "All", &["wood", "craft", "thread", "more"], "PUBLIC").await;
    work(&app, &ada, "Two", &["craft", "wood"], "PUBLIC").await;
    work(&app, &ben, "Old", &["wood"], "PUBLIC").await;
    work(&app, &ben, "New", &["thread"], "PUBLIC").await;
    work(&app, &ben, "Other", &["metal"], "PUBLIC").await;
    work(&app, &ben, "Members", &["wood", "craft", "thread"], "MEMBERS").await;
    let draft = json!({ "title": "Draft", "story": "x", "tags": ["wood"] });
    create(&app, &ada, draft).await;
    assert_eq!(titles(&app, &Guest, &id, 10).await, ["All", "Two", "New", "Old"]);
    assert_eq!(titles(&app, &Guest, &id, 2).await, ["All", "Two"]);
    assert_eq!(titles(&app, &ada, &id, 10).await, ["Members", "All", "Two", "New", "Old"]);
    block(&app, &ada, &ben).await;
    assert_eq!(titles(&app, &ada, &id, 10).await, ["Two"]);
    let bare = work(&app, &ada, "Bare", &[], "PUBLIC").await;
    assert_eq!(titles(&app, &ada, &bare, 4).await, [""; 0]);
}

#[tokio::test]
async fn of_a_popular_tag_the_newest_are_looked_at() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = work(&app, &ada, "Loom", &["wood"], "PUBLIC").await;
    for n in 0..60 {
        work(&app, &ada, &n.to_string(), &["wood"], "PUBLIC").await;
    }
    let expected: Vec<_> = (10..60).rev().map(|n: i32| n.to_string()).collect();
    assert_eq!(titles(&app, &Guest, &id, 100).await, expected);
}

#[tokio::test]
async fn related_items_of_a_page_are_one_statement_with_what_hangs_on_them() {
    for size in [2, 12] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        for n in 0..size {
            work(&app, &ada, &n.to_string(), &["wood", &format!("t{n}")], "PUBLIC").await;
        }
        let query = "{ portfolioItems { nodes { title tags { name } cover { id } owner { handle }
            related { title tags { name } cover { id } owner { handle } related { title } } } } }";
        let run = app.run(&Guest, query).await.ok();
        let first = run.at("portfolioItems.nodes.0.related").as_array().unwrap();
        assert_eq!(first.len(), 4.min(size - 1));
        assert_eq!(run.sql.len(), 7, "{:#?}", run.sql);
    }
}

#[tokio::test]
async fn only_pages_are_asked_for() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = work(&app, &ada, "Loom", &["wood"], "PUBLIC").await;
    for first in [0, 101] {
        let query = format!(
            "query($id: ID!) {{ portfolioItem(by: {{ id: $id }}) {{ related(first: {first}) {{ id }} }} }}"
        );
        let run = app.run_with(&Guest, &query, json!({ "id": id })).await;
        assert_eq!(run.error_code(), "BAD_REQUEST");
    }
}
