use std::sync::Arc;

use chrono::TimeDelta;
use guildhall::{Error, accounts, app::App, entity::signing_key};
use sea_orm::sea_query::Expr;
use serde_json::Value;

use super::{PASSWORD, access, actor, joined, sign_in};
use crate::kit::{SECRET, TestApp};

fn kids(app: &App) -> Vec<String> {
    let keys = accounts::jwks(app)["keys"].as_array().unwrap().clone();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// Another process of the same server.
fn another(app: &TestApp) -> Arc<App> {
    let App { config, db, clock, .. } = &*app.app;
    Arc::new(App::new(config.clone(), db.clone(), clock.clone(), SECRET).unwrap())
}

#[tokio::test]
async fn the_first_start_makes_a_key_and_the_next_finds_it() {
    let app = TestApp::new().await;

    accounts::prepare(&app.app).await.unwrap();
    accounts::prepare(&app.app).await.unwrap();

    let other = another(&app);
    accounts::prepare(&other).await.unwrap();
    assert_eq!(kids(&app.app).len(), 1);
    assert_eq!(kids(&app.app), kids(&other));
    let key = &accounts::jwks(&app.app)["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"], &key["use"], &key["alg"]),
        (&Value::from("OKP"), &Value::from("Ed25519"), &Value::from("sig"), &Value::from("EdDSA"))
    );
    assert_eq!(key.as_object().unwrap().len(), 6, "and no private part");
}

#[tokio::test]
async fn a_key_that_was_sealed_with_another_secret_stops_the_start() {
    let app = TestApp::new().await;
    accounts::prepare(&app.app).await.unwrap();

    let App { config, db, clock, .. } = &*app.app;
    let other = "another secret of the tests, long enough";
    let other = App::new(config.clone(), db.clone(), clock.clone(), other).unwrap();

    assert!(matches!(accounts::prepare(&other).await, Err(Error::Internal(_))));
}

#[tokio::test]
async fn tokens_of_a_retired_key_are_good_until_they_end() {
    let app = TestApp::new().await;
    let before = joined(&app, "ada").await;
    accounts::rotate_keys(&app.app).await.unwrap();
    let after = sign_in(&app, "ada", PASSWORD).await.ok().at("sessionCreate").clone();
    assert_eq!(kids(&app.app).len(), 2);

    let other = another(&app);
    for answer in [&before, &after] {
        accounts::authenticate(&other, access(answer)).await.unwrap();
    }
    app.app.clock.advance(TimeDelta::minutes(14));
    actor(&app, &before).await;
    actor(&app, &after).await;

    app.app.clock.advance(TimeDelta::minutes(4));
    assert_eq!(kids(&app.app).len(), 1, "the retired one is shown no more");
    accounts::prune(&app.app).await.unwrap();
    assert_eq!(app.count::<signing_key::Entity>(Expr::value(true)).await, 1);
}

#[tokio::test]
async fn another_process_learns_of_a_new_key_from_a_token_signed_with_it() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let other = another(&app);
    accounts::prepare(&other).await.unwrap();
    accounts::rotate_keys(&app.app).await.unwrap();
    let ada = sign_in(&app, "ada", PASSWORD).await.ok().at("sessionCreate").clone();

    app.app.clock.advance(TimeDelta::seconds(9));
    let early = accounts::authenticate(&other, access(&ada)).await;
    assert!(matches!(early, Err(Error::Unauthenticated)), "it looks every ten seconds at most");

    app.app.clock.advance(TimeDelta::seconds(1));
    accounts::authenticate(&other, access(&ada)).await.unwrap();
    assert_eq!(kids(&other).len(), 2);
}

#[tokio::test]
async fn tokens_of_unknown_keys_make_the_server_read_its_keys_now_and_then_only() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let forged = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6IngifQ.e30.AAAA";
    app.app.clock.advance(TimeDelta::seconds(10));
    app.statements();

    for _ in 0..5 {
        let answer = accounts::authenticate(&app.app, forged).await;
        assert!(matches!(answer, Err(Error::Unauthenticated)));
    }

    assert_eq!(app.statements().len(), 1);
}

#[tokio::test]
async fn a_session_that_ends_in_one_process_ends_in_another_within_five_seconds() {
    let app = TestApp::new().await;
    let answer = joined(&app, "ada").await;
    let ada = actor(&app, &answer).await;
    let other = another(&app);
    accounts::authenticate(&other, access(&answer)).await.unwrap();

    app.run(&ada, "mutation { sessionRevoke { deletedIds } }").await.ok();

    let here = accounts::authenticate(&app.app, access(&answer)).await;
    assert!(matches!(here, Err(Error::Unauthenticated)), "here at once");
    app.app.clock.advance(TimeDelta::seconds(5));
    let there = accounts::authenticate(&other, access(&answer)).await;
    assert!(matches!(there, Err(Error::Unauthenticated)));
}
