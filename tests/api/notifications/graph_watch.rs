//! Saying how much one wants to hear of something.

use guildhall::{Actor::Guest, entity::watch, graph::encode, scope::Scope};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use crate::{
    kit::{TestApp, open_channel, profile_id, write_comment, write_post},
    portfolio::kit::publish,
};

const SET: &str =
    "mutation($id: ID!, $level: WatchLevel! = ALL) { watchSet(id: $id, level: $level) {
    subject { id __typename ... on Post { viewer { watching } }
        ... on PortfolioItem { viewer { watching } } ... on Conversation { viewer { watching } } }
    level userErrors { code path } } }";
const SHOW: &str = "query($id: ID!) { node(id: $id) { ... on Post { viewer { watching } }
    ... on PortfolioItem { viewer { watching } } ... on Conversation { viewer { watching } } } }";

#[tokio::test]
async fn one_says_how_much_one_wants_to_hear_of_something() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "MEMBERS").await;
    let item = publish(
        &app,
        &ada,
        json!({ "title": "Loom", "story": "A story", "visibility": "MEMBERS" }),
    )
    .await;
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    for (id, name) in [(&post, "Post"), (&item, "PortfolioItem"), (&room, "Conversation")] {
        let shown = app.run_with(&grace, SHOW, json!({ "id": id })).await.ok();
        assert_eq!(shown.at("node.viewer.watching"), &Value::Null, "{name}");
        for level in ["ALL", "PARTICIPATING", "MENTIONS", "NOTHING"] {
            let run = app.run_with(&grace, SET, json!({ "id": id, "level": level })).await.done();
            let expected = json!({ "subject": { "id": id, "__typename": name,
                "viewer": { "watching": level } }, "level": level, "userErrors": [] });
            assert_eq!(run.at("watchSet"), &expected);
        }
        let shown = app.run_with(&grace, SHOW, json!({ "id": id })).await.ok();
        assert_eq!(shown.at("node.viewer.watching"), "NOTHING", "{name}");
        let shown = app.run_with(&ada, SHOW, json!({ "id": id })).await.ok();
        assert_eq!(shown.at("node.viewer.watching"), &Value::Null, "{name}");
    }
    assert_eq!(app.count::<watch::Entity>(watch::Column::Id.is_not_null()).await, 3);
    let token = app.by_token(grace, &[Scope::ReadPublic]);
    let run = app.run_with(&token, SHOW, json!({ "id": post })).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    assert_eq!(run.at("node.viewer.watching"), &Value::Null);
}

#[tokio::test]
async fn what_one_may_not_see_cannot_be_watched() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let hidden = write_post(&app, &ada, "hello", "FOLLOWERS").await;
    let open = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &open, "hello").await;
    let talk = app.open_talk(&ada, &[&mary]).await;
    let draft = json!({ "input": { "title": "Draft" } });
    let draft = app.run_with(&ada, crate::portfolio::kit::CREATE, draft).await.done();
    let draft = draft.text("portfolioItemCreate.portfolioItem.id").to_owned();
    let unknown = encode("post", app.app.clock.key()).to_string();
    let ada_id = profile_id(&ada);
    for id in [&hidden, &comment, &talk, &draft, &unknown, &ada_id, "", "post_1"] {
        let run = app.refuses(&grace, SET, json!({ "id": id })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND id"], "{id:?}");
        assert_eq!(run.at("watchSet.level"), &Value::Null);
    }
    let token = app.by_token(grace, &[Scope::ReadPublic, Scope::ReadPrivate]);
    for (who, code) in [(&Guest, "UNAUTHENTICATED"), (&token, "SCOPE_MISSING")] {
        let run = app.refuses(who, SET, json!({ "id": open })).await;
        assert_eq!(run.error_code(), code);
    }
}
