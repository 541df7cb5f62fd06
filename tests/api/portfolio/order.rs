use guildhall::{Actor, Actor::Guest, entity::account::Role, scope::Scope};
use serde_json::{Value, json};

use super::kit::{create, publish};
use crate::kit::TestApp;

const REORDER: &str = "mutation($ids: [ID!]!) { portfolioItemsReorder(ids: $ids) {
    profile { portfolio { nodes { title } } } userErrors { code path message } } }";

/// The caller's items as `title position`.
async fn mine(app: &TestApp, owner: &Actor) -> Vec<String> {
    let run = app.run(owner, "{ viewer { portfolio { nodes { title position } } } }").await.ok();
    let text = |row: &Value| format!("{} {}", row["title"].as_str().unwrap(), row["position"]);
    run.at("viewer.portfolio.nodes").as_array().unwrap().iter().map(text).collect()
}

async fn stage() -> (TestApp, Actor, Vec<String>) {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut ids = Vec::new();
    for title in ["A", "B", "C"] {
        ids.push(publish(&app, &ada, json!({ "title": title, "story": "x" })).await);
    }
    ids.push(create(&app, &ada, json!({ "title": "D" })).await);
    (app, ada, ids)
}

#[tokio::test]
async fn a_portfolio_stands_in_the_order_that_its_owner_gave_it() {
    let (app, ada, ids) = stage().await;
    assert_eq!(mine(&app, &ada).await, ["A 0", "B 1", "C 2", "D 3"]);
    let new = [&ids[3], &ids[2], &ids[0], &ids[1]];
    let run = app.run_with(&ada, REORDER, json!({ "ids": new })).await.done();
    let titles = run.list("portfolioItemsReorder.profile.portfolio.nodes", "title");
    assert_eq!(titles, ["C", "A", "B"], "drafts are not shown");
    assert_eq!(mine(&app, &ada).await, ["D 0", "C 1", "A 2", "B 3"]);
    let moved = run.sql.iter().filter(|sql| sql.starts_with("UPDATE portfolio_item"));
    assert_eq!(moved.count(), 1);
}

#[tokio::test]
async fn an_order_names_each_item_of_ones_own_once() {
    let (app, ada, ids) = stage().await;
    let ben = app.member("ben").await;
    let his = publish(&app, &ben, json!({ "title": "His", "story": "x" })).await;
    let refused = async |ids: Value| app.refuses(&ada, REORDER, json!({ "ids": ids })).await;
    let run = refused(json!([ids[0], ids[1], ids[0], his, "nothing"])).await;
    let expected = ["DUPLICATE ids.2", "NOT_FOUND ids.3", "NOT_FOUND ids.4", "INVALID ids"];
    assert_eq!(run.refusals(), expected);
    let message = run.text("portfolioItemsReorder.userErrors.3.message");
    let missing = format!("name all your portfolio items: {}, {} missing", ids[2], ids[3]);
    assert_eq!(message, missing);
    assert_eq!(refused(json!([])).await.refusals(), ["INVALID ids"]);
    assert_eq!(refused(json!(vec!["x"; 5_000])).await.refusals().len(), 19);
    let variables = json!({ "ids": ids });
    let run = app.refuses(&Guest, REORDER, variables.clone()).await;
    assert_eq!(run.error_code(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::WriteProfile]);
    assert_eq!(app.refuses(&token, REORDER, variables).await.error_code(), "SCOPE_MISSING");
}

#[tokio::test]
async fn who_has_nothing_orders_nothing() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    app.run_with(&ada, REORDER, json!({ "ids": [] })).await.done();
}

#[tokio::test]
async fn an_item_that_goes_leaves_no_gap() {
    let (app, ada, ids) = stage().await;
    let ben = app.member("ben").await;
    create(&app, &ben, json!({ "title": "His" })).await;
    create(&app, &ben, json!({ "title": "Other" })).await;
    let run = app.act(&ada, "portfolioItemDelete", &ids[1]).await.done();
    assert_eq!(run.at("portfolioItemDelete.userErrors"), &json!([]));
    assert_eq!(mine(&app, &ada).await, ["A 0", "C 1", "D 2"]);
    assert_eq!(mine(&app, &ben).await, ["His 0", "Other 1"]);
}

#[tokio::test]
async fn its_owner_and_moderators_delete_an_item() {
    let (app, ada, ids) = stage().await;
    let ben = app.member("ben").await;
    let staff = app.with_role("mod", Role::Moderator).await;
    assert_eq!(app.refuses_act(&ben, "portfolioItemDelete", &ids[0]).await, ["FORBIDDEN id"]);
    assert_eq!(app.refuses_act(&ben, "portfolioItemDelete", &ids[3]).await, ["NOT_FOUND id"]);
    assert_eq!(app.refuses_act(&staff, "portfolioItemDelete", &ids[3]).await, ["NOT_FOUND id"]);
    assert_eq!(app.refuses_act(&ada, "portfolioItemDelete", "nothing").await, ["NOT_FOUND id"]);
    let query = "mutation($id: ID!) { portfolioItemDelete(id: $id) { deletedIds userErrors { code path } } }";
    let id = json!({ "id": ids[0] });
    assert_eq!(app.refuses(&Guest, query, id.clone()).await.error_code(), "UNAUTHENTICATED");
    for (who, scopes) in [
        (ada, [Scope::ReadPublic, Scope::Moderate]),
        (staff, [Scope::ReadPublic, Scope::WritePortfolio]),
    ] {
        let token = app.by_token(who, &scopes);
        assert_eq!(app.refuses(&token, query, id.clone()).await.error_code(), "SCOPE_MISSING");
    }
    let run = app.run_with(&staff, query, id).await.done();
    assert_eq!(run.at("portfolioItemDelete.deletedIds"), &json!([ids[0]]));
    assert_eq!(mine(&app, &ada).await, ["B 0", "C 1", "D 2"]);
}
