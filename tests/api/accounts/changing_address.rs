use chrono::TimeDelta;
use guildhall::{
    Actor,
    entity::{
        account::{self, Role},
        email_choice, email_topic, suppression,
    },
    scope::Scope,
};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    PASSWORD, actor, because, joined,
    mails::{
        account as account_of, change, dead, done, mails, reset, send_reset, sent, templates,
        token, tokens, verify,
    },
    refused, sign_in,
};
use crate::kit::TestApp;

const ADA: &str = "ada@example.org";
const NEW: &str = "Lovelace@example.org";
const KEY: &str = "lovelace@example.org";

/// Somebody whose address is proved.
async fn proved(app: &TestApp, handle: &str) -> Actor {
    let actor = actor(app, &joined(app, handle).await).await;
    let token = token(app, &format!("{handle}@example.org")).await;
    done(&verify(app, &token).await, "emailVerify");
    actor
}

#[tokio::test]
async fn a_new_address_takes_effect_once_it_is_proved_and_the_old_one_is_told() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;

    let run = change(&app, &ada, NEW).await.ok();
    let expected = json!({ "email": ADA, "emailVerified": true, "pendingEmail": NEW });
    assert_eq!(run.at("emailChange.account"), &expected);
    assert_eq!(templates(&app, ADA).await, ["email_verification", "welcome", "email_changed"]);
    let told = mails(&app, ADA).await.pop().unwrap();
    assert_eq!(told.subject, "Your address at Guildhall is to be changed");
    assert!(told.text.unwrap().contains(NEW));
    sign_in(&app, ADA, PASSWORD).await.ok();

    let link = token(&app, KEY).await;
    done(&verify(&app, &link).await, "emailVerify");

    let query = "{ viewer { account { email emailVerified pendingEmail } } }";
    let run = app.run(&ada, query).await.ok();
    let expected = json!({ "email": NEW, "emailVerified": true, "pendingEmail": null });
    assert_eq!(run.at("viewer.account"), &expected);
    let told = mails(&app, ADA).await.pop().unwrap();
    assert_eq!(told.subject, "Your address at Guildhall was changed");
    assert_eq!(templates(&app, KEY).await, ["email_change"]);
    let run = sign_in(&app, ADA, PASSWORD).await;
    assert_eq!(refused(&run, "sessionCreate"), because("BAD_CREDENTIALS", &[]));
    let run = sign_in(&app, NEW, PASSWORD).await.ok();
    assert_eq!(run.at("sessionCreate.userErrors"), &json!([]));
    done(&verify(&app, &link).await, "emailVerify");
    assert_eq!(mails(&app, ADA).await.len(), 4, "followed again, it changes nothing");
}

#[tokio::test]
async fn an_address_in_use_is_answered_like_a_free_one_and_its_owner_is_told() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    proved(&app, "grace").await;

    let free = change(&app, &ada, "nobody@example.org").await.ok();
    let taken = change(&app, &ada, "Grace@example.org").await.ok();

    let account =
        |email: &str| json!({ "email": ADA, "emailVerified": true, "pendingEmail": email });
    assert_eq!(free.at("emailChange.account"), &account("nobody@example.org"));
    assert_eq!(taken.at("emailChange.account"), &account("Grace@example.org"));
    assert_eq!(free.sql, taken.sql);
    let mail = mails(&app, "grace@example.org").await.pop().unwrap();
    assert_eq!(mail.template_key.as_deref(), Some("email_taken"));
    assert!(!mail.text.unwrap().contains("]("), "there is no link in it");
    let query = "{ viewer { account { pendingEmail } } }";
    let run = app.run(&ada, query).await.ok();
    assert_eq!(run.at("viewer.account.pendingEmail"), "Grace@example.org");
    app.app.clock.advance(TimeDelta::hours(1));
    let run = app.run(&ada, query).await.ok();
    assert_eq!(run.at("viewer.account.pendingEmail"), &json!(null));
}

#[tokio::test]
async fn changing_needs_a_password_proved_just_now() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    let before = (sent(&app).await, tokens(&app).await);
    let guest = change(&app, &Actor::Guest, NEW).await;
    assert_eq!(guest.error_code(), "UNAUTHENTICATED");
    let by_token = change(&app, &app.by_token(ada, &Scope::ALL), NEW).await;
    assert_eq!(by_token.error_code(), "FORBIDDEN");
    app.app.clock.advance(TimeDelta::minutes(11));
    let run = change(&app, &ada, NEW).await;
    assert_eq!(refused(&run, "emailChange"), because("RECENT_SIGN_IN_REQUIRED", &[]));
    assert_eq!((sent(&app).await, tokens(&app).await), before);
}

#[tokio::test]
async fn what_is_no_address_is_refused_and_nothing_is_mailed() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    let before = (sent(&app).await, tokens(&app).await);
    for wrong in [
        "ada",
        "eve@example.org\r\nBcc: x@example.org",
        "eve@example.org\nSubject: x",
        "<eve@example.org>",
        "eve@example.org,x@example.org",
    ] {
        let run = change(&app, &ada, wrong).await;
        let why = run.at("emailChange.userErrors.0");
        assert_eq!(why, &json!({ "code": "INVALID", "path": ["email"] }), "{wrong:?}");
    }
    let run = change(&app, &ada, "ADA@example.org").await;
    assert_eq!(refused(&run, "emailChange"), because("DUPLICATE", &["email"]));
    assert_eq!((sent(&app).await, tokens(&app).await), before);
}

#[tokio::test]
async fn the_newest_wish_alone_counts() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    change(&app, &ada, "typo@example.org").await.ok();
    change(&app, &ada, NEW).await.ok();
    dead(&verify(&app, &token(&app, "typo@example.org").await).await, "emailVerify");
    assert_eq!(account_of(&app, ADA).await.email, ADA);
    done(&verify(&app, &token(&app, KEY).await).await, "emailVerify");
    assert_eq!(account_of(&app, KEY).await.email, NEW);
}

#[tokio::test]
async fn a_new_password_leaves_the_address_as_it_is() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    change(&app, &ada, NEW).await.ok();
    send_reset(&app, ADA).await;
    app.work().await;
    let query = format!(
        "mutation {{ passwordChange(input: {{ current: \"{PASSWORD}\", next: \"seven maple doors 12\" }}) \
         {{ done userErrors {{ code path }} }} }}"
    );
    let run = app.run(&ada, &query).await.ok();
    done(&run, "passwordChange");
    assert_eq!(
        mails(&app, ADA).await.pop().unwrap().subject,
        "Your password at Guildhall was changed"
    );
    dead(&verify(&app, &token(&app, KEY).await).await, "emailVerify");
    dead(&reset(&app, &token(&app, ADA).await, "another long 71 word").await, "passwordReset");
    assert_eq!(account_of(&app, ADA).await.email, ADA);
}

#[tokio::test]
async fn links_sent_to_the_old_address_die_with_it() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    send_reset(&app, ADA).await;
    app.work().await;
    let old = token(&app, ADA).await;
    change(&app, &ada, NEW).await.ok();
    done(&verify(&app, &token(&app, KEY).await).await, "emailVerify");
    dead(&reset(&app, &old, "seven maple doors 12").await, "passwordReset");
    sign_in(&app, "ada", PASSWORD).await.ok().text("sessionCreate.viewer.account.email");
}

#[tokio::test]
async fn who_was_faster_has_the_address() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    change(&app, &ada, NEW).await.ok();
    let link = token(&app, KEY).await;
    joined(&app, "lovelace").await;
    let before = sent(&app).await;
    let run = verify(&app, &link).await;
    assert_eq!(refused(&run, "emailVerify"), because("TAKEN", &["token"]));
    assert_eq!(account_of(&app, ADA).await.email, ADA);
    assert_eq!(sent(&app).await, before);
}

#[tokio::test]
async fn who_is_suspended_changes_nothing_by_a_link() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    change(&app, &ada, NEW).await.ok();
    account::Entity::update_many()
        .set(account::ActiveModel { state: Set(account::State::Suspended), ..Default::default() })
        .filter(account::Column::EmailKey.eq(ADA))
        .exec(&app.app.db.write)
        .await
        .unwrap();
    dead(&verify(&app, &token(&app, KEY).await).await, "emailVerify");
    assert_eq!(account_of(&app, ADA).await.email, ADA);
}

#[tokio::test]
async fn one_asks_for_ten_changes_a_day() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    for at in 0..10 {
        let run = change(&app, &ada, &format!("ada{at}@example.org")).await.ok();
        assert_eq!(run.at("emailChange.userErrors"), &json!([]));
    }
    let before = (sent(&app).await, tokens(&app).await);
    let run = change(&app, &ada, "ada10@example.org").await;
    assert_eq!(refused(&run, "emailChange"), because("QUOTA_EXCEEDED", &[]));
    assert_eq!((sent(&app).await, tokens(&app).await), before);
}

#[tokio::test]
async fn no_mailbox_gets_more_than_five_links_an_hour() {
    let app = TestApp::new().await;
    for at in 0..7 {
        let member = proved(&app, &format!("member{at}")).await;
        let run = change(&app, &member, NEW).await.ok();
        assert_eq!(run.at("emailChange.account.pendingEmail"), NEW);
    }
    assert_eq!(mails(&app, KEY).await.len(), 5);
}

async fn topic(app: &TestApp, key: &str) -> Uuid {
    let id = app.app.clock.key();
    let topic = email_topic::ActiveModel {
        id: Set(id),
        key: Set(key.to_owned()),
        name: Set(key.to_owned()),
        description: Set(None),
        default_on: Set(1),
        is_system: Set(0),
    };
    email_topic::Entity::insert(topic).exec(&app.app.db.write).await.unwrap();
    id
}

async fn choose(app: &TestApp, email: &str, topic: Uuid, subscribed: i32) {
    app.app.clock.advance(TimeDelta::seconds(1));
    let choice = email_choice::ActiveModel {
        email_key: Set(email.to_owned()),
        topic_id: Set(topic),
        subscribed: Set(subscribed),
        chosen_at: Set(app.app.clock.now()),
    };
    email_choice::Entity::insert(choice).exec(&app.app.db.write).await.unwrap();
}

#[tokio::test]
async fn what_one_wants_to_be_mailed_goes_along() {
    let app = TestApp::new().await;
    let ada = proved(&app, "ada").await;
    let (news, digest, jobs) =
        (topic(&app, "a_news").await, topic(&app, "a_digest").await, topic(&app, "a_jobs").await);
    choose(&app, ADA, news, 0).await;
    choose(&app, KEY, digest, 1).await;
    choose(&app, ADA, digest, 0).await;
    choose(&app, ADA, jobs, 1).await;
    choose(&app, KEY, jobs, 0).await;
    let none = suppression::ActiveModel {
        id: Set(app.app.clock.key()),
        email: Set(ADA.to_owned()),
        email_key: Set(ADA.to_owned()),
        reason: Set(suppression::Reason::UnsubscribedAll),
        detail: Set(None),
    };
    suppression::Entity::insert(none).exec(&app.app.db.write).await.unwrap();
    change(&app, &ada, NEW).await.ok();
    done(&verify(&app, &token(&app, KEY).await).await, "emailVerify");

    let rows = email_choice::Entity::find().all(&app.app.db.write).await.unwrap();
    let chosen = |topic| {
        let row = rows.iter().find(|row| row.topic_id == topic).unwrap();
        (row.email_key.as_str(), row.subscribed)
    };
    assert_eq!(rows.len(), 3);
    assert_eq!([chosen(news), chosen(digest), chosen(jobs)], [(KEY, 0), (KEY, 0), (KEY, 0)]);
    assert_eq!(app.count::<suppression::Entity>(suppression::Column::EmailKey.eq(KEY)).await, 1);
}

#[tokio::test]
async fn pending_addresses_of_many_accounts_are_one_statement() {
    let app = TestApp::new().await;
    let admin = app.with_role("root", Role::Admin).await;
    let query = "{ admin { members { nodes { pendingEmail emailVerified locale } } } }";
    let mut counts = Vec::new();
    for at in 0..6 {
        let member = app.member(&format!("member{at}")).await;
        change(&app, &member, &format!("next{at}@example.org")).await.ok();
        if [0, 5].contains(&at) {
            let run = app.run(&admin, query).await.ok();
            let nodes = run.at("admin.members.nodes").as_array().unwrap();
            let pending = nodes.iter().filter(|node| node["pendingEmail"] != Value::Null).count();
            assert_eq!(pending, at + 1);
            counts.push(run.sql.len());
        }
    }
    assert_eq!(counts, [2, 2]);
}
