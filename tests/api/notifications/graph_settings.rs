//! What one wants to hear of, and how.

use guildhall::{Actor::Guest, entity::account::Role, graph::encode, scope::Scope};
use serde_json::{Value, json};

use crate::kit::{Run, TestApp};

const SHOW: &str = "{ viewer { account { notificationSettings { kind inApp email locked } } } }";
const SET: &str = "mutation($settings: [NotificationSettingInput!]!) {
    notificationSettingsUpdate(settings: $settings) {
        account { notificationSettings { kind inApp email locked } } userErrors { code path } } }";

fn of(run: &Run, path: &str, kind: &str) -> Value {
    let all = run.at(path).as_array().unwrap();
    all.iter().find(|setting| setting["kind"] == kind).unwrap().clone()
}

#[tokio::test]
async fn what_reaches_one_is_set_by_kind() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let shown = "viewer.account.notificationSettings";
    let before = app.run(&ada, SHOW).await.ok();
    let kinds: Vec<_> = before.list(shown, "kind");
    assert_eq!(kinds.len(), 14);
    for setting in before.at(shown).as_array().unwrap() {
        assert_eq!(setting["inApp"], true);
        assert_eq!(setting["locked"], setting["kind"] == "COLLABORATION");
    }
    let settings = json!([
        { "kind": "FOLLOW", "inApp": false, "email": "INSTANT" },
        { "kind": "MENTION", "email": "OFF" },
        { "kind": "COLLABORATION", "inApp": true, "email": "OFF" },
        { "kind": "SUBMISSION_RECEIVED", "email": "OFF" },
    ]);
    let set = app.run_with(&ada, SET, json!({ "settings": settings })).await.done();
    let answered = "notificationSettingsUpdate.account.notificationSettings";
    let now = app.run(&ada, SHOW).await.ok();
    assert_eq!(set.at(answered), now.at(shown));
    for (kind, in_app, email) in [
        ("FOLLOW", false, "INSTANT"),
        ("MENTION", true, "OFF"),
        ("COLLABORATION", true, "OFF"),
        ("SUBMISSION_RECEIVED", true, "OFF"),
        ("SUBMISSION_REPLY", true, "OFF"),
    ] {
        let expected = json!({ "kind": kind, "inApp": in_app, "email": email,
            "locked": kind == "COLLABORATION" });
        assert_eq!(of(&now, shown, kind), expected);
    }
    for kind in ["REPLY", "COMMENT", "REACTION", "MESSAGE", "ENDORSEMENT"] {
        assert_eq!(of(&now, shown, kind), of(&before, shown, kind));
    }
    let topics = "{ viewer { account { emailTopics { topic { key } subscribed } } } }";
    let topics = app.run(&ada, topics).await.ok();
    let topics = topics.at("viewer.account.emailTopics").as_array().unwrap().clone();
    let follow = topics.iter().find(|row| row["topic"]["key"] == "follow").unwrap();
    assert_eq!(follow["subscribed"], true, "one choice, shown in both places");
    assert_eq!(app.run(&grace, SHOW).await.ok().at(shown), before.at(shown));
    app.run_with(&ada, SET, json!({ "settings": [{ "kind": "FOLLOW", "email": "OFF" }] }))
        .await
        .done();
    let now = app.run(&ada, SHOW).await.ok();
    assert_eq!(of(&now, shown, "FOLLOW")["email"], "OFF");
    assert_eq!(of(&now, shown, "FOLLOW")["inApp"], false, "what is left out stays");
}

#[tokio::test]
async fn settings_are_refused_that_cannot_be() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let settings = json!([{ "kind": "MENTION", "inApp": false },
        { "kind": "COLLABORATION", "inApp": false }, { "kind": "MENTION", "email": "OFF" }]);
    let run = app.refuses(&ada, SET, json!({ "settings": settings })).await;
    assert_eq!(run.refusals(), ["STATE_NOT_ALLOWED settings.1.inApp", "DUPLICATE settings.2.kind"]);
    let one = json!({ "settings": [{ "kind": "MENTION", "inApp": false }] });
    let token = app.by_token(ada, &[Scope::ReadPrivate, Scope::WriteProfile]);
    for (who, code) in [(&Guest, "UNAUTHENTICATED"), (&token, "SCOPE_MISSING")] {
        assert_eq!(app.refuses(who, SET, one.clone()).await.error_code(), code);
    }
}

#[tokio::test]
async fn settings_of_many_accounts_take_as_many_statements_as_of_one() {
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Account {
        notificationSettings { kind inApp email } } } }";
    let mut taken = Vec::new();
    for many in [2, 20] {
        let app = TestApp::new().await;
        let root = app.with_role("root", Role::Admin).await;
        let mut ids = Vec::new();
        for n in 0..many {
            let one = app.member(&format!("one{n}")).await;
            ids.push(encode("account", one.id().unwrap()).to_string());
        }
        let run = app.run_with(&root, query, json!({ "ids": ids })).await.ok();
        let rows = run.at("nodes").as_array().unwrap();
        assert!(rows.iter().all(|row| row["notificationSettings"].as_array().unwrap().len() == 14));
        assert_eq!(rows.len(), many);
        taken.push(run.sql);
    }
    assert_eq!(taken[0].len(), taken[1].len(), "{taken:#?}");
    // The accounts, their settings, their choices of mail.
    assert_eq!(taken[0].iter().filter(|sql| sql.contains("SELECT")).count(), 3, "{:#?}", taken[0]);
}
