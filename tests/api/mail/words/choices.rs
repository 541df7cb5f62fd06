//! Who wants what: by the token at the foot of a mail, without signing in.

use guildhall::{
    Actor::Guest,
    cx::Hand,
    entity::{email::State, email_choice, suppression},
    mail::service::{choose, subscribed},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};
use serde_json::{Value, json};

use super::{mentioned, token_of, write};
use crate::kit::TestApp;

const CHOICES: &str = "query($token: String!) { emailChoices(token: $token) { email allStopped topics { subscribed since topic { id key } } } }";
const UPDATE: &str = "mutation($token: String!, $topics: [TopicChoiceInput!], $stop: Boolean) {
    emailChoicesUpdate(token: $token, topics: $topics, stopAll: $stop) { choices { allStopped topics { subscribed topic { key } } } userErrors { code path } } }";

#[tokio::test]
async fn a_reader_leaves_one_topic_and_the_others_come() {
    let app = TestApp::new().await;
    let mail = mentioned(&app, "Ada@Example.org", "en").await;
    assert_eq!(mail.state, State::Queued);
    let token = token_of(&mail);
    let run = app.run_with(&Guest, CHOICES, json!({ "token": token })).await.ok();
    assert_eq!(run.at("emailChoices.email"), "ada@example.org");
    assert_eq!(run.sql.len(), 3);
    let topics = run.at("emailChoices.topics").as_array().unwrap();
    let mention = topics.iter().find(|one| one["topic"]["key"] == "mention").unwrap();
    assert_eq!((&mention["subscribed"], &mention["since"]), (&json!(true), &Value::Null));
    let change = json!({ "token": token, "topics": [{ "topic": mention["topic"]["id"], "subscribed": false }] });
    let run = app.run_with(&Guest, UPDATE, change).await.ok();
    assert_eq!(run.at("emailChoicesUpdate.userErrors"), &json!([]));
    assert_eq!(mentioned(&app, "ada@example.org", "en").await.state, State::Suppressed);
    assert_eq!(
        write(&app, "ada@example.org", "en", json!(""), Some("reply")).await.state,
        State::Queued
    );
    assert_eq!(mentioned(&app, "grace@example.org", "en").await.state, State::Queued);
}

#[tokio::test]
async fn who_stops_all_gets_what_they_ask_for_and_can_take_it_back() {
    let app = TestApp::new().await;
    let token = token_of(&mentioned(&app, "ada@example.org", "en").await);
    for _ in 0..2 {
        let run = app.run_with(&Guest, UPDATE, json!({ "token": token, "stop": true })).await.ok();
        assert_eq!(run.at("emailChoicesUpdate.choices.allStopped"), true);
    }
    assert_eq!(mentioned(&app, "ada@example.org", "en").await.state, State::Suppressed);
    assert_eq!(write(&app, "ada@example.org", "en", json!(""), None).await.state, State::Queued);
    let run = app.run_with(&Guest, UPDATE, json!({ "token": token, "stop": false })).await.ok();
    assert_eq!(run.at("emailChoicesUpdate.choices.allStopped"), false);
    assert_eq!(mentioned(&app, "ada@example.org", "en").await.state, State::Queued);
    let bounced = suppression::Model {
        id: app.app.clock.key(),
        email: "ada@example.org".to_owned(),
        email_key: "ada@example.org".to_owned(),
        reason: suppression::Reason::HardBounce,
        detail: None,
    };
    let row: suppression::ActiveModel = bounced.into();
    suppression::Entity::insert(row).exec(&app.app.db.write).await.unwrap();
    for stop in [true, false] {
        app.run_with(&Guest, UPDATE, json!({ "token": token, "stop": stop })).await.ok();
    }
    let bounced = suppression::Column::Reason.eq(suppression::Reason::HardBounce);
    assert_eq!(app.count::<suppression::Entity>(bounced).await, 1);
}

#[tokio::test]
async fn a_token_that_is_not_ours_shows_and_changes_nothing() {
    let app = TestApp::new().await;
    let token = token_of(&mentioned(&app, "ada@example.org", "en").await);
    let mut other = token.clone();
    other.replace_range(30..31, if &token[30..31] == "A" { "B" } else { "A" });
    for wrong in ["", "x", &*other, &token[1..]] {
        let run = app.run_with(&Guest, CHOICES, json!({ "token": wrong })).await.ok();
        assert_eq!(run.at("emailChoices"), &Value::Null);
        let run = app.run_with(&Guest, UPDATE, json!({ "token": wrong, "stop": true })).await.ok();
        assert_eq!(run.at("emailChoicesUpdate.userErrors.0.code"), "NOT_FOUND");
    }
    let twice = json!({ "topic": "email_topic_00000000000000000000000000", "subscribed": false });
    let run = app
        .run_with(&Guest, UPDATE, json!({ "token": token, "topics": [twice], "stop": true }))
        .await
        .ok();
    assert_eq!(run.at("emailChoicesUpdate.userErrors.0.path"), &json!(["topics", "0", "topic"]));
    assert_eq!(app.count::<suppression::Entity>(suppression::Column::Email.is_not_null()).await, 0);
    assert_eq!(
        app.count::<email_choice::Entity>(email_choice::Column::EmailKey.is_not_null()).await,
        0
    );
}

#[tokio::test]
async fn many_addresses_are_asked_about_in_three_statements() {
    let app = TestApp::new().await;
    let hand = Hand::of_server(&app.app);
    let cx = hand.cx(&app.app);
    let tx = cx.begin().await.unwrap();
    choose(cx, &tx, "A1@example.org", "mention", false).await.unwrap();
    choose(cx, &tx, "a2@example.org", "follow", true).await.unwrap();
    choose(cx, &tx, "a2@example.org", "follow", true).await.unwrap();
    tx.commit().await.unwrap();
    let topics = ["mention".to_owned(), "follow".to_owned(), "none".to_owned()];
    for many in [3, 200] {
        let emails: Vec<_> = (0..many).map(|n| format!("a{n}@example.org")).collect();
        app.statements();
        let found = subscribed(cx.db, &emails, &topics).await.unwrap();
        assert_eq!(app.statements().len(), 3);
        assert_eq!(found.len(), many);
        assert!(!found.contains(&("a1@example.org".to_owned(), "mention".to_owned())));
        assert!(found.contains(&("a2@example.org".to_owned(), "follow".to_owned())));
    }
}

#[tokio::test]
async fn a_member_sees_what_they_chose() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let ask = "{ viewer { account { emailTopics { subscribed topic { key } } } } }";
    let run = app.run(&ada, ask).await.ok();
    let topics = run.at("viewer.account.emailTopics").as_array().unwrap();
    let on = |key: &str| {
        topics.iter().find(|one| one["topic"]["key"] == key).unwrap()["subscribed"].clone()
    };
    assert_eq!((on("mention"), on("follow"), topics.len()), (json!(true), json!(false), 13));
}
