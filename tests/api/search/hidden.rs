//! What somebody may not see is not found.

use guildhall::{Actor, Actor::Guest, scope::Scope};
use serde_json::json;

use super::{kinds, search};
use crate::chat::messages_kit::say;
use crate::kit::{Stored, TestApp, block, follow, open_channel, write_post};
use crate::portfolio::kit::create;

async fn nothing(app: &TestApp, who: &Actor) {
    let run = search(app, who, json!({ "text": "quixotic" })).await;
    assert_eq!(run.at("search.edges"), &json!([]), "{who:?}");
    assert_eq!(run.at("search.pageInfo.hasNextPage"), &json!(false));
}

#[tokio::test]
async fn messages_are_found_by_those_in_the_conversation_alone() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.member("ada").await, app.member("eve").await);
    let staff = app.with_role("staff", guildhall::entity::account::Role::Admin).await;
    let room = open_channel(&app, &ada, "secret", "PRIVATE").await;
    say(&app, &ada, &room, "a quixotic plan").await;
    assert_eq!(kinds(&app, &ada, "quixotic").await, ["Message"]);
    for who in [&Guest, &eve, &staff, &app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate])] {
        nothing(&app, who).await;
    }
    let by_token = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadChat]);
    assert_eq!(kinds(&app, &by_token, "quixotic").await, ["Message"]);
}

#[tokio::test]
async fn posts_are_found_by_whom_they_are_for() {
    let app = TestApp::new().await;
    let (ada, bob, eve) =
        (app.member("ada").await, app.member("bob").await, app.member("eve").await);
    follow(&app, &bob, &ada).await;
    write_post(&app, &ada, "a quixotic note", "FOLLOWERS").await;
    assert_eq!(kinds(&app, &bob, "quixotic").await, ["Post"]);
    assert_eq!(kinds(&app, &ada, "quixotic").await, ["Post"]);
    nothing(&app, &eve).await;
    nothing(&app, &Guest).await;
    block(&app, &ada, &bob).await;
    nothing(&app, &bob).await;
}

#[tokio::test]
async fn drafts_and_private_files_are_not_found_by_others() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.member("ada").await, app.member("eve").await);
    create(&app, &ada, json!({ "title": "Quixotic draft", "story": "x" })).await;
    nothing(&app, &ada).await;
    app.keep(&ada, &Stored::text("quixotic.txt", "x")).await;
    guildhall::search::service::rebuild(&app.app, &|_| ()).await.unwrap();
    assert_eq!(kinds(&app, &ada, "quixotic").await, ["File"]);
    nothing(&app, &eve).await;
    nothing(&app, &Guest).await;
}
