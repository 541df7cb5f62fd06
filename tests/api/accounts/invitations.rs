use chrono::TimeDelta;
use guildhall::{
    Actor,
    Actor::Guest,
    config::Registration,
    entity::{account, account::Role, invitation},
    scope::Scope,
};
use sea_orm::{EntityTrait as _, sea_query::Expr};
use serde_json::{Value, json};

use super::{because, joiner, refused, register};
use crate::kit::{Run, TestApp};

async fn create(app: &TestApp, actor: &Actor, input: Value) -> Run {
    let query = "mutation ($input: InvitationCreateInput!) { invitationCreate(input: $input) {
        invitation { id note expiresAt usesLeft invitationState joinUrl email role { key } }
        userErrors { code path } } }";
    app.run_with(actor, query, json!({ "input": input })).await
}

async fn revoke(app: &TestApp, actor: &Actor, id: &str) -> Run {
    let query = "mutation ($id: ID!) { invitationRevoke(id: $id) {
        invitation { invitationState } userErrors { code path } } }";
    app.run_with(actor, query, json!({ "id": id })).await
}

/// The id and the token of a new invitation.
async fn invited(app: &TestApp, actor: &Actor, input: Value) -> (String, String) {
    let run = create(app, actor, input).await.ok();
    let url = run.text("invitationCreate.invitation.joinUrl");
    let token = url.strip_prefix("http://127.0.0.1:8000/join/").unwrap();
    (run.text("invitationCreate.invitation.id").to_owned(), token.to_owned())
}

async fn join(app: &TestApp, handle: &str, token: &str) -> Run {
    let mut input = joiner(handle);
    input["invitation"] = json!(token);
    register(app, input).await
}

async fn role_id(app: &TestApp, key: &str) -> String {
    let admin = app.with_role(&format!("asks_{key}"), Role::Admin).await;
    let run = app.run(&admin, "{ admin { roles { id key } } }").await.ok();
    let roles = run.at("admin.roles").as_array().unwrap().clone();
    roles.iter().find(|role| role["key"] == key).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn invite_only() -> TestApp {
    TestApp::with(|config| config.registration = Registration::InviteOnly).await
}

#[tokio::test]
async fn an_invitation_opens_the_door() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let run = create(&app, &ada, json!({ "note": "Come in" })).await.ok();
    let invitation = run.at("invitationCreate.invitation");
    assert_eq!(invitation["note"], "Come in");
    assert_eq!(invitation["usesLeft"], 1);
    assert_eq!(invitation["invitationState"], "OPEN");
    assert_eq!(invitation["role"], json!({ "key": "member" }));
    let (_, token) = invitation["joinUrl"].as_str().unwrap().rsplit_once('/').unwrap();
    assert_eq!(token.len(), 26 + 1 + 22);

    let none = register(&app, joiner("grace")).await;
    assert_eq!(refused(&none, "accountRegister"), because("REQUIRED", &["input", "invitation"]));
    let run = join(&app, "grace", token).await.ok();

    assert_eq!(run.at("accountRegister.userErrors"), &json!([]));
    let used = join(&app, "mary", token).await;
    assert_eq!(refused(&used, "accountRegister"), because("CLOSED", &["input", "invitation"]));
    assert_eq!(app.count::<account::Entity>(Expr::value(true)).await, 2);
}

#[tokio::test]
async fn its_holder_sees_what_it_is_but_not_for_whom() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let input = json!({ "email": "Grace@example.org", "expiresAt": "2026-05-05T00:00:00Z" });
    let (_, token) = invited(&app, &ada, input).await;
    let query = format!(
        r#"{{ invitation(token: "{token}") {{ note expiresAt usesLeft invitationState joinUrl email
            role {{ name }} }} }}"#
    );

    let guest = app.run(&Guest, &query).await.ok();
    assert_eq!(
        guest.at("invitation"),
        &json!({
            "note": null,
            "expiresAt": "2026-05-05T00:00:00.000Z",
            "usesLeft": 1,
            "invitationState": "OPEN",
            "joinUrl": null,
            "email": null,
            "role": { "name": "Member" },
        })
    );
    let maker = app.run(&ada, &query).await.ok();
    assert_eq!(maker.text("invitation.email"), "grace@example.org");
    assert!(maker.text("invitation.joinUrl").ends_with(&token));
    app.app.clock.advance(TimeDelta::days(1));
    let late = app.run(&Guest, &query).await.ok();
    assert_eq!(late.text("invitation.invitationState"), "EXPIRED");
}

#[tokio::test]
async fn a_token_that_was_made_up_opens_nothing() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let (_, token) = invited(&app, &ada, json!({})).await;
    let (id, signature) = token.split_once('.').unwrap();
    let other = "0".repeat(26);

    for forged in ["", id, &format!("{other}.{signature}"), &format!("{id}.{}", "A".repeat(22))] {
        let run = join(&app, "grace", forged).await;
        assert_eq!(
            refused(&run, "accountRegister"),
            because("NOT_FOUND", &["input", "invitation"]),
            "{forged}"
        );
        let query = format!(r#"{{ invitation(token: "{forged}") {{ id }} }}"#);
        assert_eq!(app.run(&Guest, &query).await.ok().data, json!({ "invitation": null }));
    }
    assert_eq!(app.count::<account::Entity>(Expr::value(true)).await, 1);
}

#[tokio::test]
async fn an_invitation_to_an_address_is_for_that_address() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let (_, token) = invited(&app, &ada, json!({ "email": "Grace@Example.org" })).await;

    let run = join(&app, "mary", &token).await;
    assert_eq!(refused(&run, "accountRegister"), because("FORBIDDEN", &["input", "email"]));
    join(&app, "grace", &token).await.ok();
    assert_eq!(app.count::<account::Entity>(Expr::value(true)).await, 2);
}

#[tokio::test]
async fn what_is_over_or_taken_back_opens_nothing() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let grace = app.member("grace").await;
    let (id, revoked) = invited(&app, &ada, json!({})).await;
    let (_, late) = invited(&app, &ada, json!({ "expiresAt": "2026-05-04T10:30:00Z" })).await;

    let other = revoke(&app, &grace, &id).await;
    assert_eq!(refused(&other, "invitationRevoke"), because("NOT_FOUND", &["id"]));
    assert_eq!(revoke(&app, &Guest, &id).await.error_code(), "UNAUTHENTICATED");
    let run = revoke(&app, &ada, &id).await.ok();
    assert_eq!(run.text("invitationRevoke.invitation.invitationState"), "REVOKED");
    revoke(&app, &ada, &id).await.ok();
    app.app.clock.advance(TimeDelta::hours(1));

    let run = join(&app, "mary", &revoked).await;
    assert_eq!(refused(&run, "accountRegister"), because("CLOSED", &["input", "invitation"]));
    let run = join(&app, "mary", &late).await;
    assert_eq!(refused(&run, "accountRegister"), because("EXPIRED", &["input", "invitation"]));
}

#[tokio::test]
async fn of_six_who_want_the_last_two_uses_two_get_them() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let (_, token) = invited(&app, &ada, json!({ "maxUses": 2 })).await;

    let handles = ["h1a", "h2a", "h3a", "h4a", "h5a", "h6a"];
    let runs =
        futures_util::future::join_all(handles.iter().map(|handle| join(&app, handle, &token)))
            .await;

    let (won, lost): (Vec<_>, Vec<_>) =
        runs.iter().partition(|run| !run.at("accountRegister.session").is_null());
    assert_eq!((won.len(), lost.len()), (2, 4));
    for run in lost {
        assert_eq!(refused(run, "accountRegister"), because("CLOSED", &["input", "invitation"]));
    }
    assert_eq!(app.count::<account::Entity>(Expr::value(true)).await, 3);
    let row = invitation::Entity::find().one(&app.app.db.write).await.unwrap().unwrap();
    assert_eq!((row.use_count, row.max_uses), (2, 2));
}

#[tokio::test]
async fn an_invitation_that_fails_otherwise_is_not_used_up() {
    let app = invite_only().await;
    let ada = app.member("ada").await;
    let (_, token) = invited(&app, &ada, json!({})).await;

    let taken = join(&app, "ada", &token).await.ok();

    assert_eq!(taken.at("accountRegister.userErrors").as_array().unwrap().len(), 2);
    join(&app, "grace", &token).await.ok();
    assert_eq!(app.count::<account::Entity>(Expr::value(true)).await, 2);
}

#[tokio::test]
async fn only_an_admin_invites_to_a_higher_role() {
    let app = invite_only().await;
    let moderator = role_id(&app, "moderator").await;
    let input = json!({ "role": moderator });

    for role in [Role::Member, Role::Moderator] {
        let other = app.with_role(&format!("x{role:?}").to_lowercase(), role).await;
        let run = create(&app, &other, input.clone()).await;
        let why = refused(&run, "invitationCreate");
        assert_eq!(why, because("FORBIDDEN", &["input", "role"]), "{role:?}");
    }
    let admin = app.with_role("root1", Role::Admin).await;
    let (_, token) = invited(&app, &admin, input).await;
    let run = join(&app, "grace", &token).await.ok();
    assert_eq!(run.at("accountRegister.viewer.roles"), &json!([{ "key": "moderator" }]));

    let run = create(&app, &admin, json!({ "role": "role_nonsense" })).await;
    assert_eq!(refused(&run, "invitationCreate"), because("NOT_FOUND", &["input", "role"]));
}

#[tokio::test]
async fn guests_and_tokens_invite_nobody() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;

    assert_eq!(create(&app, &Guest, json!({})).await.error_code(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &Scope::ALL);
    assert_eq!(create(&app, &token, json!({})).await.error_code(), "FORBIDDEN");
    assert_eq!(app.count::<invitation::Entity>(Expr::value(true)).await, 0);
}

#[tokio::test]
async fn while_nobody_can_join_only_staff_invites() {
    let app = TestApp::with(|config| config.registration = Registration::Closed).await;
    let ada = app.member("ada").await;
    let staff = app.with_role("mod1", Role::Moderator).await;

    let run = create(&app, &ada, json!({})).await;
    assert_eq!(refused(&run, "invitationCreate"), because("FORBIDDEN", &[]));
    let (_, token) = invited(&app, &staff, json!({})).await;
    let run = join(&app, "grace", &token).await;
    assert_eq!(refused(&run, "accountRegister"), because("CLOSED", &[]));
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_is_said() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;

    let input = json!({ "email": "grace", "note": "x".repeat(501), "maxUses": 0,
        "expiresAt": "2026-05-04T09:30:00Z" });
    let run = create(&app, &ada, input).await.ok();

    assert_eq!(
        run.at("invitationCreate"),
        &json!({ "invitation": null, "userErrors": [
            { "code": "INVALID", "path": ["input", "email"] },
            { "code": "TOO_LONG", "path": ["input", "note"] },
            { "code": "OUT_OF_RANGE", "path": ["input", "maxUses"] },
            { "code": "OUT_OF_RANGE", "path": ["input", "expiresAt"] },
        ] })
    );
}

#[tokio::test]
async fn a_member_has_twenty_open_invitations_at_most() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let staff = app.with_role("mod1", Role::Moderator).await;
    let (first, _) = invited(&app, &ada, json!({})).await;
    for _ in 0..18 {
        create(&app, &ada, json!({})).await.ok();
    }

    let two = futures_util::future::join_all((0..2).map(|_| create(&app, &ada, json!({})))).await;
    let made = two.iter().filter(|run| !run.at("invitationCreate.invitation").is_null()).count();
    assert_eq!(made, 1);
    let run = create(&app, &ada, json!({})).await;
    assert_eq!(refused(&run, "invitationCreate"), because("QUOTA_EXCEEDED", &[]));

    revoke(&app, &ada, &first).await.ok();
    invited(&app, &ada, json!({})).await;
    for _ in 0..21 {
        invited(&app, &staff, json!({})).await;
    }
}

#[tokio::test]
async fn a_moderator_does_not_see_the_link_to_a_role_above() {
    let app = TestApp::new().await;
    let role = role_id(&app, "admin").await;
    let admin = app.with_role("root1", Role::Admin).await;
    let staff = app.with_role("mod1", Role::Moderator).await;
    invited(&app, &admin, json!({ "role": role })).await;
    invited(&app, &admin, json!({ "email": "grace@example.org" })).await;
    let query = "{ admin { invitations { nodes { joinUrl email role { key } } } } }";

    let run = app.run(&staff, query).await.ok();
    let nodes = run.at("admin.invitations.nodes").as_array().unwrap();
    assert_eq!(nodes.len(), 2);
    assert_eq!(nodes[0]["email"], "grace@example.org");
    assert!(nodes[0]["joinUrl"].is_string());
    assert_eq!(nodes[1], json!({ "joinUrl": null, "email": null, "role": { "key": "admin" } }));

    let run = app.run(&admin, query).await.ok();
    assert!(run.at("admin.invitations.nodes.1.joinUrl").is_string());
}
