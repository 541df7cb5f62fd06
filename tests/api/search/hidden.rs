//! What somebody may not see is not found.

use guildhall::{
    Actor,
    Actor::Guest,
    entity::{account::Role, board, board::Visibility},
    scope::Scope,
};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, Statement};
use serde_json::json;

use super::{
    kinds,
    kit::{add_job, add_task, open},
    search,
};
use crate::chat::messages_kit::say;
use crate::kit::{Stored, TestApp, block, follow, key, open_channel, write_post};
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
    let staff = app.with_role("staff", Role::Admin).await;
    let room = open_channel(&app, &ada, "secret", "PRIVATE").await;
    say(&app, &ada, &room, "a quixotic plan").await;
    assert_eq!(kinds(&app, &ada, "quixotic").await, ["Message"]);
    for who in [&Guest, &eve, &staff, &app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate])]
    {
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

#[tokio::test]
async fn tasks_are_found_by_whom_their_board_is_for() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.member("ada").await, app.member("eve").await);
    let staff = app.with_role("staff", Role::Admin).await;
    let private = add_task(&app, Visibility::Private, &ada, "A quixotic plan").await;
    assert_eq!(kinds(&app, &ada, "quixotic").await, ["Task"]);
    let by_token = app.by_token(ada, &[Scope::ReadPublic]);
    for who in [&Guest, &eve, &staff, &by_token] {
        nothing(&app, who).await;
    }
    add_task(&app, Visibility::Members, &ada, "Another quixotic plan").await;
    assert_eq!(kinds(&app, &eve, "quixotic").await, ["Task"]);
    nothing(&app, &Guest).await;
    add_task(&app, Visibility::Public, &ada, "A quixotic plan for all").await;
    assert_eq!(kinds(&app, &Guest, "quixotic").await, ["Task"]);
    assert_eq!(kinds(&app, &ada, "quixotic").await, ["Task"; 3]);
    board::Entity::delete_by_id(private.key).exec(&app.app.db.write).await.unwrap();
    assert_eq!(kinds(&app, &ada, "quixotic").await, ["Task"; 2]);
    assert_eq!(documents(&app, "task").await, 2);
}

#[tokio::test]
async fn drafts_of_postings_are_found_by_who_hires_even_when_they_are_misspelt() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.member("ada").await, app.member("eve").await);
    add_job(&app, &ada, "Quixotic weaver").await;
    let by_token = app.by_token(ada, &[Scope::ReadPublic]);
    for text in ["quixotic", "quixotik"] {
        assert_eq!(kinds(&app, &ada, text).await, ["Job"], "{text}");
        for who in [&Guest, &eve, &by_token] {
            assert_eq!(kinds(&app, who, text).await, [""; 0], "{text}");
        }
    }
    assert_eq!(kinds(&app, &Guest, "ashgrove").await, ["Organization"]);
}

#[tokio::test]
async fn an_open_posting_is_found_by_everybody() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.member("ada").await, app.member("eve").await);
    let job = add_job(&app, &ada, "Quixotic weaver").await;
    open(&app, &ada, &job).await;
    for who in [&Guest, &eve] {
        assert_eq!(kinds(&app, who, "quixotic").await, ["Job"]);
        assert_eq!(kinds(&app, who, "quixotik").await, ["Job"]);
    }
}

#[tokio::test]
async fn nobody_finds_who_blocked_them_and_neither_finds_what_the_other_wrote() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("quixotica").await, app.member("bob").await);
    guildhall::search::service::rebuild(&app.app, &|_| ()).await.unwrap();
    write_post(&app, &ada, "a quixotic note", "PUBLIC").await;
    write_post(&app, &bob, "a quixotic answer", "PUBLIC").await;
    assert_eq!(kinds(&app, &bob, "quixotic").await, ["Post", "Post", "Profile"]);
    block(&app, &ada, &bob).await;
    let theirs = search(&app, &bob, json!({ "text": "quixotic" })).await;
    assert_eq!(theirs.list("search.edges", "node.__typename"), ["Post"]);
    assert!(!theirs.data.to_string().contains("note"), "{theirs:?}");
    assert_eq!(kinds(&app, &bob, "quixotika").await, [""; 0]);
    let hers = search(&app, &ada, json!({ "text": "quixotic" })).await;
    assert!(!hers.data.to_string().contains("answer"), "{hers:?}");
    assert_eq!(kinds(&app, &Guest, "quixotic").await, ["Post", "Post", "Profile"]);
}

#[tokio::test]
async fn what_is_hidden_leaves_no_gaps_and_shows_in_no_highlight() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.member("ada").await, app.member("eve").await);
    for n in 0..6 {
        let visibility = if n % 2 == 0 { "PUBLIC" } else { "FOLLOWERS" };
        write_post(&app, &ada, &format!("quixotic {visibility} {n}"), visibility).await;
        add_task(&app, Visibility::Private, &ada, &format!("quixotic secret {n}")).await;
    }
    let (mut after, mut pages) = (json!(null), Vec::new());
    loop {
        let asked = json!({ "text": "quixotic", "first": 2, "after": after });
        let run = search(&app, &eve, asked).await;
        let shown = run.data.to_string();
        assert!(!shown.contains("secret") && !shown.contains("FOLLOWERS"), "{shown}");
        pages.push(run.list("search.edges", "node.__typename").len());
        after = run.at("search.pageInfo.endCursor").clone();
        if run.at("search.pageInfo.hasNextPage") == &json!(false) {
            break;
        }
    }
    assert_eq!(pages, [2, 1]);
    assert_eq!(kinds(&app, &ada, "quixotic").await.len(), 12);
}

#[tokio::test]
async fn an_account_and_a_conversation_take_their_documents_with_them() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    write_post(&app, &ada, "a quixotic note", "PUBLIC").await;
    let room = open_channel(&app, &bob, "secret", "PUBLIC").await;
    say(&app, &bob, &room, "a quixotic plan").await;
    assert_eq!((documents(&app, "post").await, documents(&app, "message").await), (1, 1));
    let db = &app.app.db.write;
    guildhall::entity::profile::Entity::delete_by_id(ada.id().unwrap()).exec(db).await.unwrap();
    let room = key("conversation", &room);
    guildhall::entity::conversation::Entity::delete_by_id(room).exec(db).await.unwrap();
    assert_eq!((documents(&app, "post").await, documents(&app, "message").await), (0, 0));
    nothing(&app, &bob).await;
}

/// How many documents of a kind there are.
async fn documents(app: &TestApp, kind: &str) -> i64 {
    let text = format!("SELECT count(*) FROM search_document WHERE kind = '{kind}'");
    let statement = Statement::from_string(app.app.db.backend(), text);
    let row = app.app.db.write.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}
