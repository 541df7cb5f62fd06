use std::net::{IpAddr, Ipv4Addr};

use async_graphql::Variables;
use chrono::TimeDelta;
use guildhall::{
    Actor::Guest,
    accounts::work::HANDLERS,
    engine::{Ask, Caller},
    entity::{account, api_token, session, work_item},
    queue::{Job, Outcome},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};
use serde_json::{Value, json};

use super::{
    PASSWORD, access, actor, because, joined,
    mails::{
        account as account_of, dead, done, mails, reset, send_reset, sent, templates, token,
        tokens, verify,
    },
    refused, sign_in,
};
use crate::{
    door::Door,
    kit::TestApp,
    sockets::client::{Socket, is_closed},
};

const ADA: &str = "ada@example.org";
const NEXT: &str = "seven maple doors 12";

/// The token of a mail that was asked for.
async fn asked(app: &TestApp, email: &str) -> String {
    done(&send_reset(app, email).await, "passwordResetSend");
    app.work().await;
    token(app, &email.to_lowercase()).await
}

async fn sessions(app: &TestApp) -> u64 {
    app.count::<session::Entity>(Expr::value(true)).await
}

async fn suspend(app: &TestApp) {
    account::Entity::update_many()
        .set(account::ActiveModel { state: Set(account::State::Suspended), ..Default::default() })
        .filter(account::Column::EmailKey.eq(ADA))
        .exec(&app.app.db.write)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_a_link_and_ends_all_sessions() {
    let app = TestApp::new().await;
    let first = joined(&app, "ada").await;
    let second = sign_in(&app, "ada", PASSWORD).await.ok().at("sessionCreate").clone();
    joined(&app, "grace").await;
    let token = asked(&app, "Ada@Example.org").await;
    let mail = mails(&app, ADA).await.pop().unwrap();
    assert_eq!(mail.subject, "Set a new password for Guildhall");

    done(&reset(&app, &token, NEXT).await, "passwordReset");

    assert_eq!(sessions(&app).await, 1, "that of somebody else goes on");
    for ended in [&first, &second] {
        assert!(guildhall::accounts::authenticate(&app.app, access(ended)).await.is_err());
    }
    assert_eq!(templates(&app, ADA).await.last().unwrap(), "password_changed");
    let old = sign_in(&app, "ada", PASSWORD).await;
    assert_eq!(refused(&old, "sessionCreate"), because("BAD_CREDENTIALS", &[]));
    let new = sign_in(&app, "ada", NEXT).await.ok();
    assert_eq!(new.at("sessionCreate.userErrors"), &json!([]));
    dead(&reset(&app, &token, "another long 71 word").await, "passwordReset");
    assert_eq!(sessions(&app).await, 2, "a link is good once");
}

#[tokio::test]
async fn who_asks_does_not_learn_whether_there_is_such_an_account() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    app.work().await;
    let known = send_reset(&app, ADA).await;
    let unknown = send_reset(&app, "nobody@example.org").await;
    assert_eq!(known.data, unknown.data);
    assert_eq!(known.sql, unknown.sql);
    let items = work_item::Entity::find().all(&app.app.db.write).await.unwrap();
    let payloads: Vec<_> = items.iter().map(|item| item.payload.as_str()).collect();
    let expected = [r#"{"address":"ada@example.org"}"#, r#"{"address":"nobody@example.org"}"#];
    assert_eq!(payloads, expected);
    app.work().await;
    assert_eq!(templates(&app, ADA).await, ["email_verification", "password_reset"]);
    assert_eq!(sent(&app).await, 2);
}

#[tokio::test]
async fn of_ten_at_once_one_sets_the_password() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let token = asked(&app, ADA).await;
    let all = (0..10).map(|at| {
        let (app, token) = (&app, &token);
        async move { (at, reset(app, token, &format!("seven maple doors {at}")).await) }
    });
    let runs = futures_util::future::join_all(all).await;
    let won: Vec<_> = runs.iter().filter(|(_, run)| run.at("passwordReset.done") == true).collect();
    assert_eq!(won.len(), 1);
    let run = sign_in(&app, "ada", &format!("seven maple doors {}", won[0].0)).await.ok();
    assert_eq!(run.at("sessionCreate.userErrors"), &json!([]));
    for (_, run) in runs.iter().filter(|(_, run)| run.at("passwordReset.done") != true) {
        dead(run, "passwordReset");
    }
    let told = templates(&app, ADA).await;
    assert_eq!(told.iter().filter(|key| *key == "password_changed").count(), 1);
}

#[tokio::test]
async fn a_link_is_good_for_an_hour_and_for_nothing_else() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let proof = token(&app, ADA).await;
    dead(&reset(&app, &proof, NEXT).await, "passwordReset");
    let token = asked(&app, ADA).await;
    dead(&verify(&app, &token).await, "emailVerify");
    assert_eq!(account_of(&app, ADA).await.email_verified_at, None);
    app.app.clock.advance(TimeDelta::hours(1));
    dead(&reset(&app, &token, NEXT).await, "passwordReset");
    let run = sign_in(&app, "ada", PASSWORD).await.ok();
    assert_eq!(run.at("sessionCreate.userErrors"), &json!([]));
}

#[tokio::test]
async fn a_weak_password_does_not_use_the_link_up() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let token = asked(&app, ADA).await;
    for (weak, code) in [("short", "TOO_SHORT"), ("adaweaver1", "PASSWORD_TOO_WEAK")] {
        let run = reset(&app, &token, weak).await;
        assert_eq!(refused(&run, "passwordReset"), because(code, &["input", "password"]));
    }
    assert_eq!(sessions(&app).await, 1);
    done(&reset(&app, &token, NEXT).await, "passwordReset");
}

#[tokio::test]
async fn when_one_link_is_used_the_others_die() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let first = asked(&app, ADA).await;
    let second = asked(&app, ADA).await;
    assert_ne!(first, second);
    done(&reset(&app, &second, NEXT).await, "passwordReset");
    dead(&reset(&app, &first, "another long 71 word").await, "passwordReset");
}

#[tokio::test]
async fn who_is_suspended_gets_nothing() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let token = asked(&app, ADA).await;
    suspend(&app).await;
    let before = (sent(&app).await, tokens(&app).await);
    done(&send_reset(&app, ADA).await, "passwordResetSend");
    app.work().await;
    dead(&reset(&app, &token, NEXT).await, "passwordReset");
    assert_eq!((sent(&app).await, tokens(&app).await), before);
    assert_eq!(sessions(&app).await, 1, "nothing was changed");
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let app = TestApp::new().await;
    for wrong in ["ada", "", "ada@example.org\r\nBcc: x@example.org", "ada@example.org\0"] {
        let run = send_reset(&app, wrong).await;
        assert_eq!(run.at("passwordResetSend.done"), false);
        let why = run.at("passwordResetSend.userErrors.0");
        assert_eq!(why["path"], json!(["email"]), "{wrong:?}");
        assert!([json!("INVALID"), json!("REQUIRED")].contains(&why["code"]), "{why}");
        assert_eq!(run.sql, [""; 0]);
    }
    assert_eq!(app.work().await, 0);
}

/// What comes of asking from an address of the network.
async fn ask_from(app: &TestApp, place: [u8; 4], email: &str) -> Value {
    let query = "mutation ($email: EmailAddress!) { passwordResetSend(email: $email) { done userErrors { code } } }";
    let variables = Variables::from_json(json!({ "email": email }));
    let address = IpAddr::V4(Ipv4Addr::from(place));
    let caller = Caller { actor: Guest, address, device: "tests".to_owned() };
    let ask = Ask { query: Some(query.to_owned()), variables, ..Ask::default() };
    let response = app.engine.execute(caller, ask).await.response;
    serde_json::to_value(&response.data).unwrap()["passwordResetSend"].clone()
}

#[tokio::test]
async fn asking_is_slowed_down_by_mail_address_and_by_place() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let limited = json!({ "done": false, "userErrors": [{ "code": "RATE_LIMITED" }] });
    let taken = json!({ "done": true, "userErrors": [] });
    for at in 0..10 {
        assert_eq!(ask_from(&app, [192, 0, 2, at], ADA).await, taken);
        assert_eq!(ask_from(&app, [192, 0, 2, at], "nobody@example.org").await, taken);
    }
    assert_eq!(ask_from(&app, [192, 0, 2, 99], ADA).await, limited);
    assert_eq!(ask_from(&app, [192, 0, 2, 99], "nobody@example.org").await, limited);
    for at in 0..8 {
        let email = format!("somebody{at}@example.org");
        assert_eq!(ask_from(&app, [192, 0, 2, 99], &email).await, taken);
    }
    assert_eq!(ask_from(&app, [192, 0, 2, 99], "else@example.org").await, limited);
    assert_eq!(ask_from(&app, [192, 0, 2, 98], "else@example.org").await, taken);
}

#[tokio::test]
async fn a_mailbox_gets_five_links_an_hour() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    for _ in 0..8 {
        send_reset(&app, ADA).await;
        app.work().await;
    }
    assert_eq!(mails(&app, ADA).await.len(), 5);
    app.app.clock.advance(TimeDelta::minutes(61));
    asked(&app, ADA).await;
    assert_eq!(mails(&app, ADA).await.len(), 6);
}

#[tokio::test]
async fn work_that_is_done_twice_mails_once() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    app.work().await;
    send_reset(&app, ADA).await;
    let item = work_item::Entity::find().one(&app.app.db.write).await.unwrap().unwrap();
    for _ in 0..2 {
        let job = Job { app: app.app.clone(), item: item.clone() };
        assert_eq!((HANDLERS[0].run)(job).await.unwrap(), Outcome::Done);
    }
    assert_eq!(templates(&app, ADA).await, ["email_verification", "password_reset"]);
}

#[tokio::test]
async fn sockets_end_with_their_sessions() {
    let door = Door::open().await;
    let first = joined(&door.test, "ada").await;
    let other = joined(&door.test, "grace").await;
    let mut socket = Socket::member(&door, access(&first)).await;
    let mut stays = Socket::member(&door, access(&other)).await;
    let token = asked(&door.test, ADA).await;
    done(&reset(&door.test, &token, NEXT).await, "passwordReset");
    is_closed(socket.closed().await, 4403, "has ended");
    stays.ask("1", "{ __typename }").await;
}

async fn make_api_token(app: &TestApp, answer: &Value) -> String {
    let query =
        "mutation { apiTokenCreate(input: { name: \"bot\", scopes: [READ_PUBLIC] }) { secret } }";
    let run = app.run(&actor(app, answer).await, query).await.ok();
    run.text("apiTokenCreate.secret").to_owned()
}

#[tokio::test]
async fn the_link_proves_the_address_and_ends_what_a_stranger_may_have_made() {
    let app = TestApp::new().await;
    let by_stranger = joined(&app, "ada").await;
    let secret = make_api_token(&app, &by_stranger).await;
    guildhall::accounts::authenticate(&app.app, &secret).await.unwrap();
    done(&reset(&app, &asked(&app, ADA).await, NEXT).await, "passwordReset");
    assert_eq!(account_of(&app, ADA).await.email_verified_at, Some(app.app.clock.now()));
    assert!(guildhall::accounts::authenticate(&app.app, &secret).await.is_err());

    let hers = sign_in(&app, "ada", NEXT).await.ok().at("sessionCreate").clone();
    let secret = make_api_token(&app, &hers).await;
    done(&reset(&app, &asked(&app, ADA).await, PASSWORD).await, "passwordReset");
    guildhall::accounts::authenticate(&app.app, &secret).await.unwrap();
    assert_eq!(app.count::<api_token::Entity>(Expr::value(true)).await, 1);
}

#[tokio::test]
async fn who_set_a_new_password_need_not_wait_for_the_tries_before() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    for _ in 0..11 {
        sign_in(&app, "ada", "not the password").await.ok();
    }
    let token = asked(&app, ADA).await;
    done(&reset(&app, &token, NEXT).await, "passwordReset");
    app.app.throttle.forgive("sign-in 127.0.0.1");
    let run = sign_in(&app, "ada", NEXT).await.ok();
    assert_eq!(run.at("sessionCreate.userErrors"), &json!([]));
}
