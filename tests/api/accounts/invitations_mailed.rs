use chrono::TimeDelta;
use guildhall::{
    Actor,
    config::Registration,
    entity::{account::Role, email, invitation},
};
use sea_orm::sea_query::Expr;
use serde_json::{Value, json};

use super::{
    because, joiner,
    mails::{account, link, mails, sent, templates, tokens},
    refused, register,
};
use crate::kit::{Run, TestApp};

const GRACE: &str = "grace@example.org";

async fn create(app: &TestApp, actor: &Actor, input: Value) -> Run {
    let query = "mutation ($input: InvitationCreateInput!) { invitationCreate(input: $input) {
        invitation { id joinUrl } userErrors { code path } } }";
    app.run_with(actor, query, json!({ "input": input })).await.ok()
}

async fn revoke(app: &TestApp, actor: &Actor, run: &Run) {
    let query = "mutation ($id: ID!) { invitationRevoke(id: $id) { userErrors { code } } }";
    let id = json!({ "id": run.text("invitationCreate.invitation.id") });
    app.run_with(actor, query, id).await.ok();
}

async fn invitations(app: &TestApp) -> u64 {
    app.count::<invitation::Entity>(Expr::value(true)).await
}

async fn join(app: &TestApp, link: &str) -> Run {
    let mut input = joiner("grace");
    input["invitation"] = json!(link.rsplit_once("/join/").unwrap().1);
    register(app, input).await.ok()
}

async fn invite_only() -> TestApp {
    TestApp::with(|config| config.registration = Registration::InviteOnly).await
}

#[tokio::test]
async fn who_joins_by_a_mailed_link_has_proved_the_address() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let input =
        json!({ "email": "Grace@example.org", "note": "Come in,\n[x](https://evil.example)!" });
    let run = create(&app, &ada, input).await;
    assert_eq!(run.at("invitationCreate.userErrors"), &json!([]));
    let mail = mails(&app, GRACE).await.remove(0);
    assert_eq!(mail.subject, "Ada invites you to Guildhall");
    assert_eq!((mail.is_secret, mail.sender_id), (1, ada.id()));
    assert!(!mail.html.as_ref().unwrap().contains("href=\"https://evil.example"), "{mail:#?}");
    let link = link(&mail);
    assert!(link.starts_with("http://127.0.0.1:8000/join/"), "{link}");

    let run = join(&app, link).await;

    assert_eq!(run.at("accountRegister.userErrors"), &json!([]));
    assert_eq!(account(&app, GRACE).await.email_verified_at, Some(app.app.clock.now()));
    assert_eq!(templates(&app, GRACE).await, ["invitation", "welcome"]);
    assert_eq!(tokens(&app).await, 0);
}

#[tokio::test]
async fn the_link_that_its_maker_sees_proves_nothing() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let run = create(&app, &ada, json!({ "email": GRACE })).await;
    let shown = run.text("invitationCreate.invitation.joinUrl");
    assert_ne!(shown, link(&mails(&app, GRACE).await[0]));
    join(&app, shown).await;
    assert_eq!(account(&app, GRACE).await.email_verified_at, None);
    assert_eq!(templates(&app, GRACE).await, ["invitation", "email_verification"]);
}

#[tokio::test]
async fn a_mailed_link_ends_with_its_invitation() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let run = create(&app, &ada, json!({ "email": GRACE })).await;
    revoke(&app, &ada, &run).await;
    let mail = mails(&app, GRACE).await.remove(0);
    let run = join(&app, link(&mail)).await;
    assert_eq!(refused(&run, "accountRegister"), because("CLOSED", &["input", "invitation"]));
    assert_eq!(sent(&app).await, 1);
}

#[tokio::test]
async fn an_invitation_for_anybody_is_mailed_to_nobody() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    create(&app, &ada, json!({})).await;
    assert_eq!(sent(&app).await, 0);
}

#[tokio::test]
async fn a_member_has_twenty_mailed_a_day_whatever_becomes_of_them() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for at in 0..20 {
        let run = create(&app, &ada, json!({ "email": format!("n{at}@example.org") })).await;
        revoke(&app, &ada, &run).await;
    }
    let run = create(&app, &ada, json!({ "email": GRACE })).await;
    assert_eq!(refused(&run, "invitationCreate"), because("QUOTA_EXCEEDED", &["input", "email"]));
    assert_eq!((sent(&app).await, invitations(&app).await), (20, 20));
    let link = create(&app, &ada, json!({})).await;
    assert_eq!(link.at("invitationCreate.userErrors"), &json!([]));
    app.app.clock.advance(TimeDelta::days(1) + TimeDelta::milliseconds(1));
    let run = create(&app, &ada, json!({ "email": GRACE })).await;
    assert_eq!(run.at("invitationCreate.userErrors"), &json!([]));
    assert_eq!(sent(&app).await, 21);
}

#[tokio::test]
async fn staff_have_as_many_mailed_as_they_like() {
    let app = TestApp::new().await;
    let staff = app.with_role("mod", Role::Moderator).await;
    for at in 0..25 {
        let run = create(&app, &staff, json!({ "email": format!("n{at}@example.org") })).await;
        assert_eq!(run.at("invitationCreate.userErrors"), &json!([]));
    }
    assert_eq!(app.count::<email::Entity>(Expr::value(true)).await, 25);
}
