use chrono::TimeDelta;
use guildhall::{
    Actor::Guest,
    entity::{account_token, email, work_item},
    infra::secrets,
    scope::Scope,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};
use serde_json::json;

use super::{
    actor, because, joined, joiner,
    mails::{
        account, dead, done, link, mails, send_reset, send_verification, templates, token, verify,
    },
    refused, register,
};
use crate::{
    door::{Door, Reply},
    kit::TestApp,
};

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn who_registers_gets_a_link_that_proves_the_address() {
    let app = TestApp::new().await;
    let ada = actor(&app, &joined(&app, "ada").await).await;
    let query = "{ viewer { account { emailVerified pendingEmail locale } } }";
    let before = app.run(&ada, query).await.ok();
    let expected = json!({ "emailVerified": false, "pendingEmail": null, "locale": "en" });
    assert_eq!(before.at("viewer.account"), &expected);
    let mail = mails(&app, ADA).await.remove(0);
    assert_eq!(mail.subject, "Confirm your address for Guildhall");
    assert!(link(&mail).starts_with("http://127.0.0.1:8000/account/verify/"), "{mail:#?}");
    assert!(!mail.text.unwrap().contains("Ada"), "strangers are not written to in words of others");

    app.app.clock.advance(TimeDelta::minutes(59));
    let token = token(&app, ADA).await;
    done(&verify(&app, &token).await, "emailVerify");

    assert_eq!(account(&app, ADA).await.email_verified_at, Some(app.app.clock.now()));
    let after = app.run(&ada, query).await;
    assert_eq!(after.at("viewer.account.emailVerified"), &json!(true));
    assert_eq!(templates(&app, ADA).await, ["email_verification", "welcome"]);
    app.app.clock.advance(TimeDelta::seconds(30));
    done(&verify(&app, &token).await, "emailVerify");
    assert_eq!(templates(&app, ADA).await.len(), 2, "followed again, it changes nothing");
    let at = account(&app, ADA).await.email_verified_at.unwrap();
    assert_eq!(at, app.app.clock.now() - TimeDelta::seconds(30));
}

#[tokio::test]
async fn a_link_is_good_for_an_hour() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    app.app.clock.advance(TimeDelta::hours(1));
    dead(&verify(&app, &token(&app, ADA).await).await, "emailVerify");
    assert_eq!(account(&app, ADA).await.email_verified_at, None);
    assert_eq!(templates(&app, ADA).await.len(), 1);
}

#[tokio::test]
async fn what_was_never_mailed_proves_nothing() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let token = token(&app, ADA).await;
    let hash = secrets::sha256_hex(&token);
    for wrong in ["", "x", &token[1..], &hash, "\0", &"y".repeat(10_000)] {
        dead(&verify(&app, wrong).await, "emailVerify");
    }
    assert_eq!(account(&app, ADA).await.email_verified_at, None);
}

#[tokio::test]
async fn a_token_stands_in_its_mail_alone() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    send_reset(&app, ADA).await;
    let items = work_item::Entity::find().all(&app.app.db.write).await.unwrap();
    app.work().await;
    let rows = account_token::Entity::find().all(&app.app.db.write).await.unwrap();
    let mails = mails(&app, ADA).await;
    assert_eq!((rows.len(), mails.len(), items.len()), (2, 2, 2));
    for mail in mails {
        assert_eq!((mail.is_secret, mail.subject.contains("token")), (1, false));
        let token = link(&mail).rsplit_once('/').unwrap().1;
        assert_eq!(token.len(), 43, "256 bits");
        assert!(rows.iter().any(|row| row.hash == secrets::hash(token)));
        assert!(!items.iter().any(|item| item.payload.contains(token)));
    }
}

#[tokio::test]
async fn ten_who_follow_a_link_at_once_prove_the_address_once() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let token = token(&app, ADA).await;
    for run in futures_util::future::join_all((0..10).map(|_| verify(&app, &token))).await {
        done(&run, "emailVerify");
    }
    assert_eq!(templates(&app, ADA).await, ["email_verification", "welcome"]);
}

#[tokio::test]
async fn another_link_is_sent_until_five_went_out_within_an_hour() {
    let app = TestApp::new().await;
    let ada = actor(&app, &joined(&app, "ada").await).await;
    let first = token(&app, ADA).await;
    app.app.clock.advance(TimeDelta::minutes(10));
    for _ in 0..4 {
        done(&send_verification(&app, &ada).await, "emailVerificationSend");
    }
    let run = send_verification(&app, &ada).await;
    assert_eq!(refused(&run, "emailVerificationSend"), because("RATE_LIMITED", &[]));
    assert_eq!(run.at("emailVerificationSend.userErrors.0.retryAfter"), "PT3000S");
    assert_eq!(mails(&app, ADA).await.len(), 5);
    app.app.clock.advance(TimeDelta::minutes(49));
    done(&verify(&app, &first).await, "emailVerify");
    let run = send_verification(&app, &ada).await;
    assert_eq!(refused(&run, "emailVerificationSend"), because("STATE_NOT_ALLOWED", &[]));
    assert_eq!(mails(&app, ADA).await.len(), 6);
}

#[tokio::test]
async fn an_hour_later_the_next_link_is_sent() {
    let app = TestApp::new().await;
    let ada = actor(&app, &joined(&app, "ada").await).await;
    for _ in 0..5 {
        send_verification(&app, &ada).await.ok();
    }
    assert_eq!(mails(&app, ADA).await.len(), 5);
    app.app.clock.advance(TimeDelta::minutes(61));
    done(&send_verification(&app, &ada).await, "emailVerificationSend");
    assert_eq!(mails(&app, ADA).await.len(), 6);
}

#[tokio::test]
async fn only_a_member_in_a_session_asks_for_another_link() {
    let app = TestApp::new().await;
    let ada = actor(&app, &joined(&app, "ada").await).await;
    assert_eq!(send_verification(&app, &Guest).await.error_code(), "UNAUTHENTICATED");
    let by_token = app.by_token(ada, &Scope::ALL);
    assert_eq!(send_verification(&app, &by_token).await.error_code(), "FORBIDDEN");
    assert_eq!(mails(&app, ADA).await.len(), 1);
}

#[tokio::test]
async fn guessing_links_is_slowed_down() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let token = token(&app, ADA).await;
    for _ in 0..10 {
        dead(&verify(&app, "guess").await, "emailVerify");
    }
    let run = verify(&app, &token).await;
    assert_eq!(refused(&run, "emailVerify"), because("RATE_LIMITED", &[]));
    assert_eq!(run.sql, [""; 0]);
    app.app.clock.advance(TimeDelta::seconds(2));
    done(&verify(&app, &token).await, "emailVerify");
}

#[tokio::test]
async fn mails_are_in_the_language_of_the_account() {
    let app = TestApp::new().await;
    let mut input = joiner("ada");
    input["locale"] = json!("de-at");
    let run = register(&app, input).await.ok();
    let ada = actor(&app, run.at("accountRegister")).await;
    assert_eq!(account(&app, ADA).await.locale, "de-AT");
    assert_eq!(mails(&app, ADA).await[0].subject, "Bestätige deine Adresse für Guildhall");
    let query = |locale| {
        format!(
            "mutation {{ accountUpdate(input: {{ locale: \"{locale}\" }}) {{ account {{ locale }} \
             userErrors {{ code path }} }} }}"
        )
    };
    for wrong in ["", "english", "e", "en--US", "en-US-", "1", "en_US"] {
        let run = app.run(&ada, &query(wrong)).await.ok();
        assert_eq!(
            refused(&run, "accountUpdate"),
            because("INVALID", &["input", "locale"]),
            "{wrong}"
        );
    }
    assert_eq!(account(&app, ADA).await.locale, "de-AT");
    let run = app.run(&ada, &query("PT-br")).await.ok();
    assert_eq!(run.text("accountUpdate.account.locale"), "pt-BR");
    let run =
        app.run(&ada, "mutation { accountUpdate(input: {}) { account { locale } } }").await.ok();
    assert_eq!(run.text("accountUpdate.account.locale"), "pt-BR");
    send_verification(&app, &ada).await.ok();
    let last = mails(&app, ADA).await.pop().unwrap();
    assert_eq!(
        last.subject, "Confirm your address for Guildhall",
        "English where we know no other"
    );
    let mut input = joiner("grace");
    input["locale"] = json!("german");
    let run = register(&app, input).await;
    assert_eq!(refused(&run, "accountRegister"), because("INVALID", &["input", "locale"]));
}

#[tokio::test]
async fn links_lead_to_the_front_end_if_there_is_one() {
    let app = TestApp::with(|config| {
        config.app_url = Some("https://guild.example/web/".parse().unwrap());
    })
    .await;
    joined(&app, "ada").await;
    send_reset(&app, ADA).await;
    app.work().await;
    let mails = mails(&app, ADA).await;
    assert!(link(&mails[0]).starts_with("https://guild.example/web/verify-email?token="));
    assert!(link(&mails[1]).starts_with("https://guild.example/web/reset-password?token="));
    assert!(mails[1].html.as_ref().unwrap().contains(link(&mails[1])));
}

#[tokio::test]
async fn the_host_that_a_request_names_is_in_no_link() {
    let door =
        Door::with(|config| config.base_url = Some("https://guild.example".parse().unwrap())).await;
    let query = "mutation ($input: AccountRegisterInput!) { accountRegister(input: $input) { userErrors { code } } }";
    let body = json!({ "query": query, "variables": { "input": joiner("ada") } });
    let forged =
        door.post().header("host", "evil.example").header("x-forwarded-host", "evil.example");
    let reply = Reply::of(forged.json(&body)).await;
    assert_eq!(reply.body["data"]["accountRegister"]["userErrors"], json!([]), "{reply:#?}");
    let query = format!("mutation {{ passwordResetSend(email: \"{ADA}\") {{ done }} }}");
    let forged =
        door.post().header("host", "evil.example").header("x-forwarded-host", "evil.example");
    Reply::of(forged.json(&json!({ "query": query }))).await;
    door.test.work().await;
    let mails = mails(&door.test, ADA).await;
    assert_eq!(mails.len(), 2);
    for mail in mails {
        assert!(link(&mail).starts_with("https://guild.example/account/"), "{mail:#?}");
        assert!(!mail.html.unwrap().contains("evil.example"));
    }
}

#[tokio::test]
async fn tokens_whose_time_is_over_are_deleted_hourly() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    app.app.clock.advance(TimeDelta::minutes(30));
    joined(&app, "grace").await;
    app.app.clock.advance(TimeDelta::minutes(30));
    guildhall::accounts::prune(&app.app).await.unwrap();
    let rows = account_token::Entity::find().all(&app.app.db.write).await.unwrap();
    let left: Vec<_> = rows.iter().map(|row| row.email.as_str()).collect();
    assert_eq!(left, ["grace@example.org"]);
}

#[tokio::test]
async fn nothing_is_mailed_for_somebody_who_was_refused() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    register(&app, joiner("ada")).await.ok();
    let mut input = joiner("grace");
    input["email"] = json!("grace@example.org\r\nBcc: eve@example.org");
    register(&app, input).await.ok();
    assert_eq!(app.count::<email::Entity>(email::Column::Id.is_not_null()).await, 1);
}
