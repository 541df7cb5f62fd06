use guildhall::{Actor, Actor::Guest, scope::Scope};
use serde_json::{Value, json};

use super::kit::{create, publish, show};
use crate::kit::{Run, TestApp, profile_id};

async fn work(app: &TestApp, owner: &Actor, title: &str, tags: &[&str]) -> String {
    app.app.clock.advance(chrono::TimeDelta::seconds(1));
    let input = json!({ "title": title, "summary": "A Thing", "story": "x", "visibility": "PUBLIC",
        "tags": tags });
    publish(app, owner, input).await
}

async fn titles(app: &TestApp, actor: &Actor, arguments: Value) -> Vec<String> {
    list(app, actor, arguments).await.ok().list("portfolioItems.nodes", "title")
}

async fn list(app: &TestApp, actor: &Actor, arguments: Value) -> Run {
    let query = "query($filter: PortfolioFilter, $sort: PortfolioSort! = NEWEST, $first: Int = 24, $after: String) {
        portfolioItems(filter: $filter, sort: $sort, first: $first, after: $after) {
            edges { cursor } nodes { title } pageInfo { hasNextPage endCursor } } }";
    app.run_with(actor, query, arguments).await
}

#[tokio::test]
async fn the_gallery_shows_what_was_published_last_first() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let late =
        create(&app, &ada, json!({ "title": "Late", "story": "x", "visibility": "PUBLIC" })).await;
    work(&app, &ada, "First", &[]).await;
    work(&app, &ben, "Second", &[]).await;
    show(&app, &ada, &late, true).await.done();
    assert_eq!(titles(&app, &Guest, json!({})).await, ["Late", "Second", "First"]);
}

#[tokio::test]
async fn the_gallery_is_narrowed_by_tags_owner_and_text() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    work(&app, &ada, "Loom", &["wood", "craft"]).await;
    work(&app, &ada, "Große Uhr", &["metal"]).await;
    work(&app, &ben, "100% loom_", &["wood"]).await;
    for (filter, expected) in [
        (json!({ "tags": ["wood"] }), vec!["100% loom_", "Loom"]),
        (json!({ "tags": ["#Craft", "METAL"] }), vec!["Große Uhr", "Loom"]),
        (json!({ "tags": ["none"] }), vec![]),
        (json!({ "tags": ["?"] }), vec![]),
        (json!({ "tags": [] }), vec!["100% loom_", "Große Uhr", "Loom"]),
        (json!({ "owner": profile_id(&ada) }), vec!["Große Uhr", "Loom"]),
        (json!({ "owner": "nobody" }), vec![]),
        (json!({ "owner": profile_id(&ada), "tags": ["wood"] }), vec!["Loom"]),
        (json!({ "text": "LOOM" }), vec!["100% loom_", "Loom"]),
        (json!({ "text": "GROSSE" }), vec![]),
        (json!({ "text": "GROßE UHR" }), vec!["Große Uhr"]),
        (json!({ "text": " a thing " }), vec!["100% loom_", "Große Uhr", "Loom"]),
        (json!({ "text": "%" }), vec!["100% loom_"]),
        (json!({ "text": "m_" }), vec!["100% loom_"]),
        (json!({ "text": "'" }), vec![]),
        (json!({ "text": "loom\u{0}" }), vec![]),
        (json!({ "text": "  " }), vec!["100% loom_", "Große Uhr", "Loom"]),
    ] {
        assert_eq!(titles(&app, &Guest, json!({ "filter": filter })).await, expected, "{filter}");
    }
    let many = json!({ "filter": { "tags": vec!["a"; 21] } });
    assert_eq!(list(&app, &Guest, many).await.error_code(), "BAD_REQUEST");
}

#[tokio::test]
async fn pages_of_the_gallery_join_in_every_order_ties_too() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(work(&app, &ada, &n.to_string(), &[]).await);
    }
    for (item, count) in [(&ids[2], 2), (&ids[4], 1), (&ids[0], 1)] {
        for emoji in ["🎉", "👍"].iter().take(count) {
            app.react(&ben, item, emoji).await;
        }
    }
    for (sort, expected) in [
        ("NEWEST", ["6", "5", "4", "3", "2", "1", "0"]),
        ("TOP", ["2", "4", "0", "6", "5", "3", "1"]),
    ] {
        let mut found = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = json!({ "sort": sort, "first": 2, "after": after });
            let run = list(&app, &Guest, page).await.ok();
            found.extend(run.list("portfolioItems.nodes", "title"));
            after = run.at("portfolioItems.pageInfo.endCursor").clone();
            if run.at("portfolioItems.pageInfo.hasNextPage") == &json!(false) {
                break;
            }
        }
        assert_eq!(found, expected, "{sort}");
    }
    let newest = list(&app, &Guest, json!({ "first": 1 })).await.ok();
    let of_another =
        json!({ "sort": "TOP", "after": newest.at("portfolioItems.pageInfo.endCursor") });
    assert_eq!(list(&app, &Guest, of_another).await.error_code(), "BAD_REQUEST");
}

#[tokio::test]
async fn ones_own_portfolio_has_drafts_too_in_pages() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    work(&app, &ada, "A", &[]).await;
    create(&app, &ada, json!({ "title": "B" })).await;
    work(&app, &ada, "C", &[]).await;
    let query = "query($states: [PublicationState!], $first: Int = 12, $after: String) {
        viewer { portfolio(states: $states, first: $first, after: $after) {
            nodes { title owner { handle } } pageInfo { hasNextPage endCursor } } } }";
    for (states, expected) in [
        (Value::Null, vec!["A", "B", "C"]),
        (json!(["DRAFT"]), vec!["B"]),
        (json!(["PUBLISHED"]), vec!["A", "C"]),
        (json!(["PUBLISHED", "DRAFT"]), vec!["A", "B", "C"]),
        (json!([]), vec![]),
    ] {
        let run = app.run_with(&ada, query, json!({ "states": states })).await.ok();
        assert_eq!(run.list("viewer.portfolio.nodes", "title"), expected);
    }
    let run = app.run_with(&ada, query, json!({ "first": 2 })).await.ok();
    assert_eq!(run.list("viewer.portfolio.nodes", "title"), ["A", "B"]);
    let after = run.at("viewer.portfolio.pageInfo.endCursor");
    let run = app.run_with(&ada, query, json!({ "first": 2, "after": after })).await.ok();
    assert_eq!(run.list("viewer.portfolio.nodes", "title"), ["C"]);
    assert_eq!(run.at("viewer.portfolio.pageInfo.hasNextPage"), &json!(false));
    let token = app.by_token(ada, &[Scope::ReadPublic]);
    assert_eq!(app.run_with(&token, query, json!({})).await.error_code(), "SCOPE_MISSING");
    let run = app.run_with(&Guest, query, json!({})).await.ok();
    assert_eq!(run.at("viewer"), &Value::Null);
}

#[tokio::test]
async fn a_profile_shows_its_portfolio_in_pages() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for title in ["A", "B", "C"] {
        work(&app, &ada, title, &[]).await;
    }
    create(&app, &ada, json!({ "title": "Draft" })).await;
    let query = "query($id: ID!, $after: String) { profile(by: { id: $id }) {
        portfolio(first: 2, after: $after) { nodes { title owner { handle } } pageInfo { endCursor hasNextPage } } } }";
    let id = profile_id(&ada);
    let run = app.run_with(&ada, query, json!({ "id": id })).await.ok();
    assert_eq!(run.list("profile.portfolio.nodes", "title"), ["A", "B"]);
    assert_eq!(run.text("profile.portfolio.nodes.0.owner.handle"), "ada");
    let after = run.at("profile.portfolio.pageInfo.endCursor");
    let run = app.run_with(&ada, query, json!({ "id": id, "after": after })).await.ok();
    assert_eq!(run.list("profile.portfolio.nodes", "title"), ["C"], "no drafts, for its owner too");
    assert_eq!(run.at("profile.portfolio.pageInfo.hasNextPage"), &json!(false));
}
