use chrono::TimeDelta;
use guildhall::{
    Actor,
    Actor::Guest,
    Error, accounts,
    cx::Means,
    entity::api_token,
    scope::{Scope, Scopes},
};
use sea_orm::{EntityTrait as _, sea_query::Expr};
use serde_json::{Value, json};

use super::{actor, because, joined, refused, sign_in};
use crate::kit::{Run, TestApp};

async fn create(app: &TestApp, actor: &Actor, input: Value) -> Run {
    let query = "mutation ($input: ApiTokenCreateInput!) { apiTokenCreate(input: $input) {
        apiToken { id name prefix scopes createdAt expiresAt lastUsedAt } secret
        userErrors { code path } } }";
    app.run_with(actor, query, json!({ "input": input })).await
}

fn reader() -> Value {
    json!({ "name": "Reader", "scopes": ["READ_PRIVATE", "READ_PUBLIC", "READ_PUBLIC"] })
}

#[tokio::test]
async fn a_token_acts_for_its_owner_within_its_scopes() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;

    let run = create(&app, &ada, reader()).await.ok();

    let secret = run.text("apiTokenCreate.secret").to_owned();
    assert_eq!((&secret[..3], secret.len()), ("gh_", 46));
    let token = run.at("apiTokenCreate.apiToken").clone();
    assert_eq!(token["name"], "Reader");
    assert_eq!(token["prefix"], secret[..8]);
    assert_eq!(token["scopes"], json!(["READ_PUBLIC", "READ_PRIVATE"]));
    assert_eq!(token["createdAt"], "2026-05-04T09:30:00.000Z");
    assert_eq!((&token["expiresAt"], &token["lastUsedAt"]), (&json!(null), &json!(null)));

    let program = accounts::authenticate(&app.app, &secret).await.unwrap().member().unwrap();
    assert_eq!(Some(program.id), ada.id());
    let scopes: Scopes = [Scope::ReadPublic, Scope::ReadPrivate].into_iter().collect();
    assert_eq!(program.means, Means::Token(scopes));

    app.app.tasks.close();
    app.app.tasks.wait().await;
    let run = app.run(&ada, "{ viewer { account { apiTokens { name lastUsedAt } } } }").await.ok();
    assert_eq!(
        run.at("viewer.account.apiTokens"),
        &json!([{ "name": "Reader", "lastUsedAt": "2026-05-04T09:30:00.000Z" }])
    );
}

#[tokio::test]
async fn only_the_hash_of_a_secret_is_kept() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let run = create(&app, &ada, reader()).await.ok();

    let row = api_token::Entity::find().one(&app.app.db.write).await.unwrap().unwrap();

    let secret = run.text("apiTokenCreate.secret");
    assert_eq!(row.token_hash, guildhall::infra::secrets::hash(secret));
    assert!(!format!("{row:?}").contains(&secret[8..]));
}

#[tokio::test]
async fn a_token_works_until_its_time_is_over() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut input = reader();
    input["expiresAt"] = json!("2026-05-04T09:30:03Z");
    let run = create(&app, &ada, input).await.ok();
    let secret = run.text("apiTokenCreate.secret");

    accounts::authenticate(&app.app, secret).await.unwrap();
    app.statements();
    accounts::authenticate(&app.app, secret).await.unwrap();
    assert_eq!(app.statements(), [""; 0]);
    app.app.clock.advance(TimeDelta::seconds(3));
    let over = accounts::authenticate(&app.app, secret).await;
    assert!(matches!(over, Err(Error::Unauthenticated)));
}

#[tokio::test]
async fn a_token_that_was_taken_back_stops_at_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let grace = app.member("grace").await;
    let run = create(&app, &ada, reader()).await.ok();
    let (id, secret) = (run.text("apiTokenCreate.apiToken.id"), run.text("apiTokenCreate.secret"));
    let program = accounts::authenticate(&app.app, secret).await.unwrap();
    let query = format!(
        r#"mutation {{ apiTokenRevoke(id: "{id}") {{ deletedIds userErrors {{ code path }} }} }}"#
    );

    let other = app.run(&grace, &query).await;
    assert_eq!(refused(&other, "apiTokenRevoke"), because("NOT_FOUND", &["id"]));
    assert_eq!(app.run(&Guest, &query).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.run(&program, &query).await.error_code(), "FORBIDDEN");
    accounts::authenticate(&app.app, secret).await.unwrap();

    let run = app.run(&ada, &query).await.ok();
    assert_eq!(run.at("apiTokenRevoke.deletedIds"), &json!([id]));
    let ended = accounts::authenticate(&app.app, secret).await;
    assert!(matches!(ended, Err(Error::Unauthenticated)));
}

#[tokio::test]
async fn a_token_is_made_in_a_session_whose_password_was_just_proved() {
    let app = TestApp::new().await;
    let answer = joined(&app, "ada").await;
    let ada = actor(&app, &answer).await;
    assert_eq!(create(&app, &Guest, reader()).await.error_code(), "UNAUTHENTICATED");
    let program = app.by_token(ada, &Scope::ALL);
    assert_eq!(create(&app, &program, reader()).await.error_code(), "FORBIDDEN");

    app.app.clock.advance(TimeDelta::milliseconds(600_001));
    let renewed = super::refresh(&app, super::renewal(&answer)).await.ok();
    let ada = actor(&app, renewed.at("sessionRefresh")).await;
    let late = create(&app, &ada, reader()).await;
    assert_eq!(refused(&late, "apiTokenCreate"), because("RECENT_SIGN_IN_REQUIRED", &[]));
    assert_eq!(app.count::<api_token::Entity>(Expr::value(true)).await, 0);

    let again = sign_in(&app, "ada", super::PASSWORD).await.ok();
    let ada = actor(&app, again.at("sessionCreate")).await;
    assert_eq!(create(&app, &ada, reader()).await.ok().at("apiTokenCreate.userErrors"), &json!([]));
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_said() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;

    let input = json!({ "name": "", "scopes": [], "expiresAt": "2026-05-04T09:30:00Z" });
    let run = create(&app, &ada, input).await.ok();

    assert_eq!(
        run.at("apiTokenCreate"),
        &json!({ "apiToken": null, "secret": null, "userErrors": [
            { "code": "REQUIRED", "path": ["input", "name"] },
            { "code": "REQUIRED", "path": ["input", "scopes"] },
            { "code": "OUT_OF_RANGE", "path": ["input", "expiresAt"] },
        ] })
    );
}

#[tokio::test]
async fn a_member_has_fifty_tokens_at_most() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for _ in 0..49 {
        create(&app, &ada, reader()).await.ok();
    }

    let two = futures_util::future::join_all((0..2).map(|_| create(&app, &ada, reader()))).await;

    let made = two.iter().filter(|run| !run.at("apiTokenCreate.secret").is_null()).count();
    assert_eq!(made, 1);
    assert_eq!(app.count::<api_token::Entity>(Expr::value(true)).await, 50);
    let run = create(&app, &ada, reader()).await;
    assert_eq!(refused(&run, "apiTokenCreate"), because("QUOTA_EXCEEDED", &[]));
}
