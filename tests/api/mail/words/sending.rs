//! `emailSend`: mail in the community's name.

use guildhall::{
    Actor,
    cx::Hand,
    entity::{account::Role, email, file_use, work_item},
    mail::service::{NewMail, To, put_many},
    scope::Scope,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::mails;
use crate::kit::{Run, TestApp, profile_id};

const SEND: &str = "mutation($input: EmailSendInput!) { emailSend(input: $input) {
    emails { id emailState subject to } userErrors { code path } } }";

async fn send(app: &TestApp, actor: &Actor, input: Value) -> Run {
    app.run_with(actor, SEND, json!({ "input": input })).await
}

fn one(key: &str) -> Value {
    json!({ "to": [{ "email": "ada@example.org" }], "subject": "News", "markdown": "**Hi** https://a.example", "clientKey": key })
}

fn with(key: &str, changes: Value) -> Value {
    let mut input = one(key);
    for (name, value) in changes.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

/// The id of the topic of this key.
async fn topic(app: &TestApp, root: &Actor, key: &str) -> Value {
    let run = app.run(root, "{ admin { emailTopics { id key } } }").await.ok();
    let all = run.at("admin.emailTopics").as_array().unwrap();
    all.iter().find(|one| one["key"] == key).unwrap()["id"].clone()
}

#[tokio::test]
async fn the_same_key_answers_the_same_mails() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let ada = app.member("ada").await;
    let file = app.picture(&root, "a.png").await;
    let input = with(
        "k",
        json!({ "to": [{ "profile": profile_id(&ada) }, { "email": "b@example.org", "locale": "de" }], "attachments": [file] }),
    );
    let first = send(&app, &root, input.clone()).await.ok();
    assert_eq!(first.at("emailSend.userErrors"), &json!([]));
    assert_eq!(first.at("emailSend.emails.0.to"), &json!(["ada@example.org"]));
    let again = send(&app, &root, input).await.ok();
    assert_eq!(again.at("emailSend.emails"), first.at("emailSend.emails"));
    let rows = mails(&app).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].locale, "de");
    assert!(rows[0].html.as_ref().unwrap().contains("<strong>Hi</strong>"));
    assert_eq!(app.count::<file_use::Entity>(file_use::Column::EmailId.is_not_null()).await, 2);
    assert_eq!(app.count::<work_item::Entity>(work_item::Column::Kind.eq("mail.send")).await, 2);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_whole() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let same = json!([{ "email": "a@example.org" }, { "email": "A@example.org" }]);
    let many: Vec<_> = (0..101).map(|n| json!({ "email": format!("a{n}@example.org") })).collect();
    let cases = [
        (json!({ "to": [] }), "REQUIRED", "to"),
        (json!({ "to": many }), "TOO_LONG", "to"),
        (json!({ "to": many[..21] }), "REQUIRED", "topic"),
        (json!({ "to": many[..21], "priority": "NORMAL" }), "REQUIRED", "topic"),
        (json!({ "to": many[..21], "priority": "TRANSACTIONAL" }), "REQUIRED", "topic"),
        (json!({ "to": same }), "DUPLICATE", "to.1"),
        (json!({ "to": [{}] }), "INVALID", "to.0"),
        (
            json!({ "to": [{ "email": "a@example.org\r\nBcc: b@example.org" }] }),
            "INVALID",
            "to.0.email",
        ),
        (json!({ "to": [{ "profile": "post_1" }] }), "NOT_FOUND", "to.0.profile"),
        (
            json!({ "to": [{ "email": "a@example.org", "variables": { "x": 1 } }] }),
            "INVALID",
            "to.0.variables",
        ),
        (json!({ "subject": "a\nBcc: b" }), "INVALID", "subject"),
        (json!({ "markdown": " " }), "REQUIRED", "markdown"),
        (json!({ "replyTo": "nobody" }), "INVALID", "replyTo"),
        (json!({ "priority": "BULK" }), "REQUIRED", "topic"),
        (json!({ "topic": "post_1" }), "NOT_FOUND", "topic"),
        (
            json!({ "template": "post_1", "subject": null, "markdown": null }),
            "NOT_FOUND",
            "template",
        ),
        (json!({ "sendAt": "2030-01-01T00:00:00Z" }), "OUT_OF_RANGE", "sendAt"),
        (json!({ "clientKey": "" }), "INVALID", "clientKey"),
        (json!({ "attachments": ["file_1"] }), "NOT_FOUND", "attachments.0"),
    ];
    for (changes, code, path) in cases {
        let run = send(&app, &root, with("k", changes.clone())).await.ok();
        let error = &run.at("emailSend.userErrors")[0];
        assert_eq!(error["code"], code, "{changes}: {run:#?}");
        let found: Vec<_> =
            error["path"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        assert_eq!(found.join("."), format!("input.{path}"), "{changes}");
    }
    assert_eq!(mails(&app).await.len(), 0);
}

#[tokio::test]
async fn twenty_get_mail_without_a_topic_and_more_get_it_with_one() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let topic = topic(&app, &root, "mention").await;
    let to: Vec<_> = (0..21).map(|n| json!({ "email": format!("a{n}@example.org") })).collect();
    let run = send(&app, &root, with("few", json!({ "to": to[..20] }))).await.ok();
    assert_eq!(run.at("emailSend.userErrors"), &json!([]));
    assert_eq!(mails(&app).await.len(), 20);
    let run = send(&app, &root, with("many", json!({ "to": to }))).await.ok();
    assert_eq!(run.at("emailSend.userErrors.0.code"), "REQUIRED");
    assert_eq!(mails(&app).await.len(), 20);
    let run = send(&app, &root, with("many", json!({ "to": to, "topic": topic }))).await.ok();
    assert_eq!(run.at("emailSend.userErrors"), &json!([]));
    assert_eq!(mails(&app).await.len(), 41);
}

#[tokio::test]
async fn only_admins_send_and_tokens_of_theirs_that_may() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let moderator = app.with_role("mod", Role::Moderator).await;
    for (actor, code) in [
        (Actor::Guest, "UNAUTHENTICATED"),
        (app.member("ada").await, "FORBIDDEN"),
        (app.by_token(moderator, &[Scope::SendEmail]), "FORBIDDEN"),
        (app.by_token(root, &[Scope::Admin]), "SCOPE_MISSING"),
    ] {
        assert_eq!(send(&app, &actor, one("k")).await.error_code(), code);
    }
    assert_eq!(mails(&app).await.len(), 0);
    let token = app.by_token(root, &[Scope::SendEmail]);
    let run = send(&app, &token, one("k")).await.ok();
    assert_eq!(run.at("emailSend.emails.0.emailState"), "QUEUED");
}

#[tokio::test]
async fn nobody_sends_more_than_a_thousand_mails_a_day() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let topic = topic(&app, &root, "mention").await;
    for call in 0..10 {
        let to: Vec<_> =
            (0..100).map(|n| json!({ "email": format!("a{n}@example.org") })).collect();
        let input = with(&format!("k{call}"), json!({ "to": to, "topic": topic }));
        let run = send(&app, &root, input).await.ok();
        assert_eq!(run.at("emailSend.userErrors"), &json!([]));
    }
    let run = send(&app, &root, one("last")).await.ok();
    assert_eq!(run.at("emailSend.userErrors.0.code"), "QUOTA_EXCEEDED");
    assert_eq!(mails(&app).await.len(), 1_000);
    app.app.clock.advance(chrono::TimeDelta::hours(25));
    let run = send(&app, &root, one("last")).await.ok();
    assert_eq!(run.at("emailSend.userErrors"), &json!([]));
}

#[tokio::test]
async fn a_template_is_filled_for_each_and_who_left_gets_a_row_alone() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let save = "mutation { emailTemplateSave(input: { key: \"offer\", name: \"Offer\", variables: [{ name: \"what\" }], \
        translations: [{ locale: \"en\", subject: \"{{ what }}\", markdown: \"Take {{ what }}.\" }] }) { template { id } userErrors { message } } }";
    let run = app.run(&root, save).await.ok();
    let template = run.text("emailTemplateSave.template.id").to_owned();
    let follow = topic(&app, &root, "follow").await;
    let to = json!([{ "email": "a@example.org", "variables": { "what": "a *loom*" } }]);
    let bulk = json!({ "to": to, "template": template, "subject": null, "markdown": null, "topic": follow, "priority": "BULK" });
    let run = send(&app, &root, with("k", bulk)).await.ok();
    assert_eq!(run.at("emailSend.emails.0.emailState"), "SUPPRESSED", "{run:#?}");
    assert_eq!(run.at("emailSend.emails.0.subject"), "a *loom*");
    assert!(mails(&app).await[0].text.as_ref().unwrap().contains("Take a *loom*."));
    assert_eq!(app.work().await, 0);
    let missing = json!({ "template": template, "subject": null, "markdown": null });
    let run = send(&app, &root, with("k2", missing)).await.ok();
    assert_eq!(
        run.at("emailSend.userErrors.0.path"),
        &json!(["input", "to", "0", "variables", "what"])
    );
    assert_eq!(mails(&app).await.len(), 1);
}

#[tokio::test]
async fn two_hundred_mails_are_a_handful_of_statements() {
    let app = TestApp::new().await;
    let hand = Hand::of_server(&app.app);
    let cx = hand.cx(&app.app);
    let mut counts = Vec::new();
    for many in [1, 200] {
        let mail = |n: usize| {
            let to = To {
                email: format!("a{n}@example.org"),
                name: None,
                profile: None,
                locale: "en".to_owned(),
            };
            let values = json!({ "inviter": "Grace", "note": "", "link": "https://a.example/1" });
            NewMail { topic: Some("mention".into()), ..NewMail::of(to, "invitation", values) }
        };
        let tx = cx.begin().await.unwrap();
        app.statements();
        let rows = put_many(cx, &tx, (0..many).map(mail).collect()).await.unwrap();
        counts.push(app.statements().iter().filter(|sql| !sql.is_empty()).count());
        tx.commit().await.unwrap();
        assert_eq!(rows.len(), many);
    }
    // Topics, stopped, chosen, templates, mails, items; two hundred mails are written by two statements.
    assert_eq!(counts, [6, 7]);
    assert_eq!(
        app.count::<email::Entity>(email::Column::State.eq(email::State::Queued)).await,
        201
    );
}
