use chrono::TimeDelta;
use guildhall::{
    Actor::Guest,
    entity::{
        account::{self, State},
        session,
    },
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::json;

use super::{PASSWORD, actor, because, cookies, joined, refused, sign_in};
use crate::kit::TestApp;

#[tokio::test]
async fn one_signs_in_by_address_or_by_handle() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;

    for login in ["ada", "@Ada", "ada@example.org", " ADA@example.org "] {
        let run = sign_in(&app, login, PASSWORD).await.ok();
        assert_eq!(run.text("sessionCreate.viewer.account.email"), "ada@example.org", "{login}");
    }
    assert_eq!(app.count::<session::Entity>(Expr::value(true)).await, 5);
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_answered_alike_after_the_same_work() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let before = app.app.passwords.checks();

    let wrong = sign_in(&app, "ada@example.org", "not the password").await;
    let after_wrong = app.app.passwords.checks();
    let unknown = sign_in(&app, "nobody@example.org", "not the password").await;
    let after_unknown = app.app.passwords.checks();

    assert_eq!(refused(&wrong, "sessionCreate"), because("BAD_CREDENTIALS", &[]));
    assert_eq!(wrong.data, unknown.data);
    assert_eq!(wrong.sql, unknown.sql);
    assert_eq!((after_wrong - before, after_unknown - after_wrong), (1, 1));
    assert_eq!(app.count::<session::Entity>(Expr::value(true)).await, 1);
}

#[tokio::test]
async fn a_device_is_called_what_the_person_says() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;

    let query = format!(
        r#"mutation {{ sessionCreate(input: {{ password: {{ login: "ada", password: "{PASSWORD}",
            device: "The loom" }} }}) {{ session {{ session {{ device }} }} }} }}"#
    );
    let run = app.run(&Guest, &query).await.ok();

    assert_eq!(run.text("sessionCreate.session.session.device"), "The loom");
}

#[tokio::test]
async fn after_ten_wrong_passwords_one_waits_and_a_bit_longer_each_time() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    for _ in 0..10 {
        let run = sign_in(&app, "ada", "not the password").await;
        assert_eq!(refused(&run, "sessionCreate"), because("BAD_CREDENTIALS", &[]));
    }
    let checks = app.app.passwords.checks();

    let run = sign_in(&app, "ada", PASSWORD).await;
    assert_eq!(refused(&run, "sessionCreate"), because("RATE_LIMITED", &[]));
    assert_eq!(run.at("sessionCreate")["userErrors"][0]["retryAfter"], "PT2S");
    assert_eq!(app.app.passwords.checks(), checks, "no password is looked at");
    assert_eq!(run.sql, [""; 0]);

    app.app.clock.advance(TimeDelta::seconds(2));
    sign_in(&app, "ada", "not the password").await.ok();
    let run = sign_in(&app, "ada", PASSWORD).await;
    assert_eq!(run.at("sessionCreate")["userErrors"][0]["retryAfter"], "PT4S");

    app.app.clock.advance(TimeDelta::seconds(4));
    let run = sign_in(&app, "ada", PASSWORD).await.ok();
    assert_eq!(
        run.at("sessionCreate")["userErrors"],
        json!([]),
        "she is never locked out for good"
    );
}

#[tokio::test]
async fn a_hundred_guesses_at_once_are_ten() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let checks = app.app.passwords.checks();

    let guesses = (0..100).map(|_| sign_in(&app, "ada", "not the password"));
    futures_util::future::join_all(guesses).await;

    assert_eq!(app.app.passwords.checks() - checks, 10);
}

#[tokio::test]
async fn good_passwords_use_up_no_tries_of_an_address() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;

    for _ in 0..15 {
        let run = sign_in(&app, "ada", PASSWORD).await.ok();
        assert_eq!(run.at("sessionCreate")["userErrors"], json!([]));
    }
}

#[tokio::test]
async fn that_an_account_is_suspended_only_its_owner_hears() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;
    suspend(&app).await;

    let wrong = sign_in(&app, "ada", "not the password").await;
    let right = sign_in(&app, "ada", PASSWORD).await;
    let stayed = super::refresh(&app, super::renewal(&ada)).await;

    assert_eq!(refused(&wrong, "sessionCreate"), because("BAD_CREDENTIALS", &[]));
    assert_eq!(refused(&right, "sessionCreate"), because("ACCOUNT_SUSPENDED", &[]));
    assert_eq!(refused(&stayed, "sessionRefresh"), because("ACCOUNT_SUSPENDED", &[]));
    let kept = guildhall::accounts::authenticate(&app.app, super::access(&ada)).await;
    assert!(matches!(kept, Err(guildhall::Error::Unauthenticated)));
}

async fn suspend(app: &TestApp) {
    account::Entity::update_many()
        .col_expr(account::Column::State, Expr::value(State::Suspended))
        .filter(account::Column::EmailKey.eq("ada@example.org"))
        .exec(&app.app.db.write)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_browser_keeps_its_session_in_cookies_of_this_host() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;

    let query = format!(
        r#"mutation {{ sessionCreate(input: {{ password: {{ login: "ada", password: "{PASSWORD}" }} }})
            {{ userErrors {{ code }} }} }}"#
    );
    let set = cookies(&app, &Guest, &query, None).await;

    let [access, refresh] = set.as_slice() else { panic!("{set:?}") };
    assert!(access.starts_with("__Host-guildhall_access=eyJ"), "{access}");
    assert!(
        access.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=900"),
        "{access}"
    );
    assert!(refresh.starts_with("__Host-guildhall_refresh="), "{refresh}");
    assert!(
        refresh.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=5184000"),
        "{refresh}"
    );
}

#[tokio::test]
async fn a_wrong_password_sets_no_cookie() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;

    let query = r#"mutation { sessionCreate(input: { password: { login: "ada", password: "no" } })
        { userErrors { code } } }"#;

    assert_eq!(cookies(&app, &Guest, query, None).await, [""; 0]);
}

#[tokio::test]
async fn an_old_hash_is_made_anew_on_signing_in() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let old = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        argon2::Params::new(8 * 1024, 1, 1, None).unwrap(),
    );
    let old = argon2::PasswordHasher::hash_password(&old, PASSWORD.as_bytes()).unwrap().to_string();
    account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(old.clone()))
        .exec(&app.app.db.write)
        .await
        .unwrap();

    sign_in(&app, "ada", PASSWORD).await.ok();

    let account = account::Entity::find().one(&app.app.db.write).await.unwrap().unwrap();
    assert!(account.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    let run = sign_in(&app, "ada", PASSWORD).await.ok();
    actor(&app, run.at("sessionCreate")).await;
}

#[tokio::test]
async fn the_hundred_and_first_session_ends_the_oldest() {
    let app = TestApp::new().await;
    let first = joined(&app, "ada").await;
    for _ in 0..100 {
        app.app.clock.advance(TimeDelta::seconds(1));
        sign_in(&app, "ada", PASSWORD).await.ok();
    }

    assert_eq!(app.count::<session::Entity>(Expr::value(true)).await, 100);
    let first = guildhall::accounts::authenticate(&app.app, super::access(&first)).await;
    assert!(matches!(first, Err(guildhall::Error::Unauthenticated)));
}
