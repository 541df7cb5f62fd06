//! The outbox, as staff see and steer it; nobody else does.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    entity::{
        account::Role,
        email::{self, State},
        suppression,
    },
    graph::encode,
    scope::Scope,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::server::{Fault, Server, Wire};
use crate::kit::{Run, TestApp, mail_id, mail_to};

const EMAILS: &str = "query($filter: EmailFilter, $first: Int = 50, $after: String) { admin { emails(filter: $filter, \
    first: $first, after: $after) { nodes { id emailState subject text html isSecret to tags templateKey \
    nextAttemptAt scheduledFor attempts { code enhancedCode response tls relay } recipient { id } \
    attachments { id } } pageInfo { hasNextPage endCursor } } } }";
const CANCEL: &str = "mutation($ids: [ID!]!) { emailsCancel(ids: $ids) { emails { emailState } userErrors { code path } } }";
const RETRY: &str = "mutation($ids: [ID!]!) { emailsRetry(ids: $ids) { emails { emailState messageId } userErrors { code path } } }";

async fn list(app: &TestApp, actor: &Actor, filter: Value) -> Vec<String> {
    let run = app.run_with(actor, EMAILS, json!({ "filter": filter })).await.ok();
    let nodes = run.at("admin.emails.nodes").as_array().unwrap();
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

async fn steer(app: &TestApp, actor: &Actor, query: &str, mails: &[&email::Model]) -> Run {
    let ids: Vec<String> = mails.iter().map(|mail| mail_id(mail)).collect();
    app.run_with(actor, query, json!({ "ids": ids })).await
}

#[tokio::test]
async fn admins_see_the_outbox_and_nobody_else_does() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let mail = app.put_mail("ada@example.org").await;
    let closed = encode("suppression", app.suppress("ben@example.org").await).to_string();
    assert_eq!(list(&app, &root, Value::Null).await, [mail_id(&mail)]);
    let ids = json!({ "ids": [mail_id(&mail), closed] });
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let seen = app.run_with(&root, nodes, ids.clone()).await.ok();
    assert_eq!(seen.at("nodes.0.id"), &json!(mail_id(&mail)));
    assert_eq!(seen.at("nodes.1.id"), &json!(closed));
    let moderator = app.with_role("mod", Role::Moderator).await;
    let member = app.member("ben").await;
    let token = app.by_token(root, &[Scope::SendEmail]);
    for actor in [Actor::Guest, member, moderator, token] {
        let seen = app.run_with(&actor, nodes, ids.clone()).await.ok();
        assert_eq!(seen.at("nodes"), &json!([null, null]), "{actor:?}");
        let run = app.run_with(&actor, EMAILS, json!({})).await;
        assert_eq!(run.at("admin.emails"), &Value::Null, "{actor:?}");
    }
    let run = app.run_with(&moderator, EMAILS, json!({})).await;
    assert_eq!(run.error_code(), "FORBIDDEN");
}

#[tokio::test]
async fn mails_are_found_by_what_is_known_of_them() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let mut one = mail_to("Ada@Example.org");
    one.tags = vec!["the \"first\"".to_owned(), "100%".to_owned()];
    let one = app.put(one).await;
    app.work().await;
    app.app.clock.advance(TimeDelta::days(1));
    let noon = app.app.clock.now();
    let two = app.put_mail("ada_b@example.org").await;
    let (one, two) = (mail_id(&one), mail_id(&two));
    let cases = [
        (json!({ "states": ["SENT"] }), vec![&one]),
        (json!({ "states": ["SENT", "QUEUED"] }), vec![&two, &one]),
        (json!({ "states": [] }), vec![]),
        (json!({ "to": "ADA@" }), vec![&one]),
        (json!({ "to": "ada" }), vec![&two, &one]),
        (json!({ "to": "a_a" }), vec![]),
        (json!({ "tag": "the \"first\"" }), vec![&one]),
        (json!({ "tag": "100%" }), vec![&one]),
        (json!({ "tag": "100" }), vec![]),
        (json!({ "text": "SUBJ" }), vec![&two, &one]),
        (json!({ "text": "s%t" }), vec![]),
        (json!({ "template": "invitation" }), vec![]),
        (json!({ "createdFrom": noon.to_rfc3339() }), vec![&two]),
        (json!({ "createdUntil": noon.to_rfc3339() }), vec![&one]),
        (json!({ "to": "ada", "createdUntil": noon.to_rfc3339() }), vec![&one]),
    ];
    for (filter, found) in cases {
        let listed = list(&app, &root, filter.clone()).await;
        assert_eq!(listed.iter().collect::<Vec<_>>(), found, "{filter}");
    }
    let page = app.run_with(&root, EMAILS, json!({ "first": 1 })).await.ok();
    assert_eq!(page.at("admin.emails.pageInfo.hasNextPage"), &json!(true));
    let after = page.at("admin.emails.pageInfo.endCursor");
    let next = app.run_with(&root, EMAILS, json!({ "first": 1, "after": after })).await.ok();
    assert_eq!(next.at("admin.emails.nodes.0.id"), &json!(one));
}

#[tokio::test]
async fn a_page_of_the_outbox_costs_the_same_however_many_there_are() {
    let mut counts = Vec::new();
    for size in [2, 40] {
        let app = TestApp::new().await;
        let root = app.with_role("root", Role::Admin).await;
        for n in 0..size {
            let member = app.member(&format!("member{n}")).await;
            let mut mail = mail_to(&format!("member{n}@example.org"));
            mail.to.profile = member.id();
            app.put(mail).await;
        }
        app.work().await;
        let run = app.run_with(&root, EMAILS, json!({ "first": 50 })).await.ok();
        assert_eq!(run.at("admin.emails.nodes").as_array().unwrap().len(), size);
        assert_ne!(run.at("admin.emails.nodes.1.recipient.id"), &Value::Null);
        assert_eq!(run.at("admin.emails.nodes.1.attempts.0.code"), &json!(250));
        counts.push(run.sql.len());
    }
    // The mails, their attempts, their recipients, their files.
    assert_eq!(counts, [4, 4]);
}

#[tokio::test]
async fn what_a_secret_mail_says_is_shown_to_nobody() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let mut mail = mail_to("ada@example.org");
    mail.is_secret = true;
    app.put(mail).await;
    let run = app.run_with(&root, EMAILS, json!({})).await.ok();
    let node = run.at("admin.emails.nodes.0");
    assert_eq!(node["subject"], "A subject");
    assert_eq!(node["isSecret"], true);
    assert_eq!((&node["text"], &node["html"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_mail_that_is_stopped_is_never_sent() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    let root = app.with_role("root", Role::Admin).await;
    let queued = app.put_mail("ada@example.org").await;
    let mut later = mail_to("ben@example.org");
    later.send_at = Some(app.app.clock.now() + TimeDelta::hours(1));
    let later = app.put(later).await;
    assert_eq!(later.state, State::Scheduled);
    let run = steer(&app, &root, CANCEL, &[&queued, &later]).await.ok();
    assert_eq!(run.at("emailsCancel.emails.1.emailState"), &json!("CANCELLED"));
    app.app.clock.advance(TimeDelta::days(1));
    app.work().await;
    assert_eq!(server.connections(), 0);
    assert_eq!(app.mail_state(queued.id).await, State::Cancelled);
    assert_eq!(app.mail_state(later.id).await, State::Cancelled);
}

#[tokio::test]
async fn what_is_on_its_way_or_over_cannot_be_stopped_and_nothing_else_is() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let good = app.put_mail("ada@example.org").await;
    for state in [State::Sending, State::Sent, State::Failed, State::Cancelled, State::Suppressed] {
        let bad = app.put_mail("ben@example.org").await;
        app.set_mail(bad.id, state).await;
        let run = steer(&app, &root, CANCEL, &[&good, &bad]).await.ok();
        let problems = json!([{ "code": "STATE_NOT_ALLOWED", "path": ["ids", "1"] }]);
        assert_eq!(run.at("emailsCancel.userErrors"), &problems, "{state:?}");
        assert_eq!(app.mail_state(good.id).await, State::Queued);
        assert_eq!(app.mail_state(bad.id).await, state);
    }
    for (query, root_field) in [(CANCEL, "emailsCancel"), (RETRY, "emailsRetry")] {
        let none = json!({ "ids": ["email_01jcz000000000000000000000"] });
        let run = app.run_with(&root, query, none).await.ok();
        assert_eq!(run.at(&format!("{root_field}.userErrors.0.code")), &json!("NOT_FOUND"));
        let many = json!({ "ids": vec![mail_id(&good); 101] });
        let run = app.run_with(&root, query, many).await.ok();
        assert_eq!(run.at(&format!("{root_field}.userErrors.0.code")), &json!("TOO_LONG"));
    }
}

#[tokio::test]
async fn what_failed_or_waits_is_tried_again_at_once_as_the_same_mail() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    let root = app.with_role("root", Role::Admin).await;
    let failed = app.put_mail("ada@example.org").await;
    server.next([Fault::Say("RCPT", b"550 5.7.1 no\r\n".to_vec())]);
    app.work().await;
    let waits = app.put_mail("ben@example.org").await;
    server.next([Fault::Say("RCPT", b"451 later\r\n".to_vec())]);
    app.work().await;
    assert_eq!(app.mail_state(failed.id).await, State::Failed);
    assert_eq!(app.mail_state(waits.id).await, State::Deferred);
    let run = app.run_with(&root, EMAILS, json!({})).await.ok();
    assert_eq!(run.at("admin.emails.nodes.1.nextAttemptAt"), &Value::Null);
    assert_ne!(run.at("admin.emails.nodes.0.nextAttemptAt"), &Value::Null);
    let run = steer(&app, &root, RETRY, &[&failed, &waits]).await.ok();
    assert_eq!(run.at("emailsRetry.userErrors"), &json!([]));
    assert_eq!(run.at("emailsRetry.emails.0.emailState"), &json!("QUEUED"));
    assert_eq!(run.at("emailsRetry.emails.0.messageId"), &json!(failed.message_ref));
    assert_eq!(app.work().await, 2);
    app.app.clock.advance(TimeDelta::days(1));
    assert_eq!(app.work().await, 0, "the try that waited is not made as well");
    let got = server.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].header("Message-ID"), Some(format!("<{}>", failed.message_ref)));
    for mail in [&failed, &waits] {
        assert_eq!(app.mail_state(mail.id).await, State::Sent);
        assert_eq!(app.attempts(mail.id).await.len(), 2);
    }
    let run = steer(&app, &root, RETRY, &[&failed]).await.ok();
    assert_eq!(run.at("emailsRetry.userErrors.0.code"), &json!("STATE_NOT_ALLOWED"));
    assert_eq!(app.work().await, 0);
}

#[tokio::test]
async fn only_admins_steer_and_a_token_needs_its_scope() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let mail = app.put_mail("ada@example.org").await;
    let moderator = app.with_role("mod", Role::Moderator).await;
    let member = app.member("ben").await;
    let token = app.by_token(root, &[Scope::Admin]);
    let cases = [
        (Actor::Guest, "UNAUTHENTICATED"),
        (member, "FORBIDDEN"),
        (moderator, "FORBIDDEN"),
        (token, "SCOPE_MISSING"),
    ];
    for (actor, code) in cases {
        for query in [CANCEL, RETRY] {
            assert_eq!(steer(&app, &actor, query, &[&mail]).await.error_code(), code);
        }
        assert_eq!(app.mail_state(mail.id).await, State::Queued);
    }
    let sender = app.by_token(root, &[Scope::SendEmail]);
    let run = steer(&app, &sender, CANCEL, &[&mail]).await.ok();
    assert_eq!(run.at("emailsCancel.userErrors"), &json!([]));
}

#[tokio::test]
async fn staff_close_and_open_addresses_but_never_open_what_its_reader_closed() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let add = "mutation($email: EmailAddress!, $detail: String) { suppressionAdd(email: $email, detail: $detail) { \
        suppression { id email reason detail } userErrors { code path } } }";
    let remove =
        "mutation($id: ID!) { suppressionRemove(id: $id) { deletedIds userErrors { code } } }";
    let all = suppression::Column::Reason.is_not_null();
    for email in ["ada", "ada@example.org\r\nBcc: eve@example.org", ""] {
        let run = app.run_with(&root, add, json!({ "email": email })).await.ok();
        assert_eq!(run.at("suppressionAdd.suppression"), &Value::Null, "{email}");
        assert_eq!(run.at("suppressionAdd.userErrors.0.path"), &json!(["email"]), "{email}");
    }
    assert_eq!(app.count::<suppression::Entity>(all.clone()).await, 0);
    let variables = json!({ "email": "Ada@Example.org", "detail": "asked by letter" });
    let run = app.run_with(&root, add, variables).await.ok();
    assert_eq!(run.at("suppressionAdd.suppression.reason"), &json!("MANUAL"));
    let id = run.text("suppressionAdd.suppression.id").to_owned();
    assert_eq!(app.put_mail("ada@example.org").await.state, State::Suppressed);
    let list = "query($email: String) { admin { suppressions(email: $email) { nodes { id } } } }";
    for (email, found) in [(json!("ADA@"), 1), (json!("b"), 0), (Value::Null, 1)] {
        let run = app.run_with(&root, list, json!({ "email": email })).await.ok();
        assert_eq!(run.at("admin.suppressions.nodes").as_array().unwrap().len(), found);
        assert_eq!(run.sql.len(), 1);
    }
    let member = app.member("ben").await;
    let refused = app.run_with(&member, remove, json!({ "id": id })).await;
    assert_eq!(refused.error_code(), "FORBIDDEN");
    assert_eq!(app.count::<suppression::Entity>(all.clone()).await, 1);
    let run = app.run_with(&root, remove, json!({ "id": id })).await.ok();
    assert_eq!(run.at("suppressionRemove.deletedIds"), &json!([id]));
    assert_eq!(app.put_mail("ada@example.org").await.state, State::Queued);
    let own = app.suppress("cy@example.org").await;
    app.closed_by_reader(own).await;
    let run = app
        .run_with(&root, remove, json!({ "id": encode("suppression", own).as_str() }))
        .await
        .ok();
    assert_eq!(run.at("suppressionRemove.userErrors.0.code"), &json!("STATE_NOT_ALLOWED"));
    assert_eq!(app.count::<suppression::Entity>(all).await, 1);
}
