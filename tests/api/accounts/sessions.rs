use chrono::TimeDelta;
use guildhall::{
    Actor,
    Actor::Guest,
    Error, accounts,
    entity::{account, account::Role, session},
    scope::Scope,
};
use sea_orm::{EntityTrait as _, sea_query::Expr};
use serde_json::{Value, json};

use super::{
    PASSWORD, access, actor, because, cookies, joined, refresh, refused, renewal, session_id,
    sign_in,
};
use crate::kit::{Run, TestApp};

async fn revoke(app: &TestApp, actor: &Actor, id: &str) -> Run {
    let query =
        "mutation ($id: ID) { sessionRevoke(id: $id) { deletedIds userErrors { code path } } }";
    app.run_with(actor, query, json!({ "id": id })).await
}

async fn is_in(app: &TestApp, answer: &Value) -> bool {
    accounts::authenticate(&app.app, access(answer)).await.is_ok()
}

/// A member with two sessions: the older, the newer.
async fn twice(app: &TestApp, handle: &str) -> (Value, Value) {
    let first = joined(app, handle).await;
    app.app.clock.advance(TimeDelta::seconds(1));
    let second = sign_in(app, handle, PASSWORD).await.ok().at("sessionCreate").clone();
    (first, second)
}

#[tokio::test]
async fn a_member_sees_where_they_are_signed_in() {
    let app = TestApp::new().await;
    let (first, second) = twice(&app, "ada").await;
    let ada = actor(&app, &first).await;

    let query = "{ viewer { account { accountState createdAt sessions { id isCurrent } } } }";
    let run = app.run(&ada, query).await.ok();

    assert_eq!(
        run.data,
        json!({ "viewer": { "account": {
            "accountState": "ACTIVE",
            "createdAt": "2026-05-04T09:30:00.000Z",
            "sessions": [
                { "id": session_id(&second), "isCurrent": false },
                { "id": session_id(&first), "isCurrent": true },
            ],
        } } })
    );
    assert_eq!(run.sql.len(), 2, "{:#?}", run.sql);
}

#[tokio::test]
async fn who_signs_in_sees_their_account_in_the_same_answer() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;
    let query = format!(
        r#"mutation {{ sessionCreate(input: {{ password: {{ login: "ada", password: "{PASSWORD}" }} }})
            {{ viewer {{ account {{ email sessions {{ isCurrent }} apiTokens {{ id }} }} }} }} }}"#
    );

    let run = app.run(&Guest, &query).await.ok();

    let account = run.at("sessionCreate.viewer.account");
    assert_eq!(account["email"], "ada@example.org");
    assert_eq!(account["sessions"], json!([{ "isCurrent": true }, { "isCurrent": false }]));
    assert_eq!(account["apiTokens"], json!([]));
}

#[tokio::test]
async fn a_guest_has_no_viewer_and_signs_nobody_out() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;

    let run = app.run(&Guest, "{ viewer { roles { key } } admin { roles { key } } }").await.ok();
    assert_eq!(run.data, json!({ "viewer": null, "admin": null }));
    assert_eq!(run.sql, [""; 0]);

    let run = revoke(&app, &Guest, session_id(&ada)).await;
    assert_eq!(run.error_code(), "UNAUTHENTICATED");
    assert!(is_in(&app, &ada).await);
}

#[tokio::test]
async fn signing_out_ends_this_session_at_once_and_clears_the_cookies() {
    let app = TestApp::new().await;
    let (first, second) = twice(&app, "ada").await;
    let ada = actor(&app, &first).await;

    let query = "mutation { sessionRevoke { deletedIds userErrors { code } } }";
    let set = cookies(&app, &ada, query, None).await;

    assert_eq!(
        set,
        [
            "__Host-guildhall_access=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
            "__Host-guildhall_refresh=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
        ]
    );
    assert!(!is_in(&app, &first).await);
    assert!(is_in(&app, &second).await);
    assert_eq!(refresh(&app, renewal(&first)).await.error_code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_member_ends_a_session_elsewhere() {
    let app = TestApp::new().await;
    let (first, second) = twice(&app, "ada").await;
    let ada = actor(&app, &first).await;
    assert!(is_in(&app, &second).await);

    let run = revoke(&app, &ada, session_id(&second)).await.ok();

    assert_eq!(run.at("sessionRevoke.deletedIds"), &json!([session_id(&second)]));
    assert!(is_in(&app, &first).await);
    assert!(!is_in(&app, &second).await);
    let again = revoke(&app, &ada, session_id(&second)).await;
    assert_eq!(refused(&again, "sessionRevoke"), because("NOT_FOUND", &["id"]));
}

#[tokio::test]
async fn a_member_ends_all_other_sessions() {
    let app = TestApp::new().await;
    let (first, second) = twice(&app, "ada").await;
    let grace = joined(&app, "grace").await;
    let ada = actor(&app, &first).await;

    let query = "mutation { sessionRevoke(allOthers: true) { deletedIds } }";
    let run = app.run(&ada, query).await.ok();

    assert_eq!(run.at("sessionRevoke.deletedIds"), &json!([session_id(&second)]));
    assert!(is_in(&app, &first).await);
    assert!(!is_in(&app, &second).await);
    assert!(is_in(&app, &grace).await);

    let query = format!(
        r#"mutation {{ sessionRevoke(id: "{}", allOthers: true) {{ userErrors {{ code path }} }} }}"#,
        session_id(&first)
    );
    let run = app.run(&ada, &query).await;
    assert_eq!(refused(&run, "sessionRevoke"), because("INVALID", &["allOthers"]));
}

#[tokio::test]
async fn only_an_admin_ends_the_session_of_another() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;

    for role in [Role::Member, Role::Moderator] {
        let other = app.with_role(&format!("x{role:?}").to_lowercase(), role).await;
        let run = revoke(&app, &other, session_id(&ada)).await;
        assert_eq!(refused(&run, "sessionRevoke"), because("NOT_FOUND", &["id"]), "{role:?}");
    }
    let admin = app.with_role("root1", Role::Admin).await;
    let token = app.by_token(admin, &Scope::ALL);
    assert_eq!(revoke(&app, &token, session_id(&ada)).await.error_code(), "FORBIDDEN");
    let run = revoke(&app, &admin, "account_nonsense").await;
    assert_eq!(refused(&run, "sessionRevoke"), because("NOT_FOUND", &["id"]));
    assert!(is_in(&app, &ada).await);

    revoke(&app, &admin, session_id(&ada)).await.ok();
    assert!(!is_in(&app, &ada).await);
}

async fn change(app: &TestApp, actor: &Actor, current: &str, next: &str, others: bool) -> Run {
    let query = "mutation ($input: PasswordChangeInput!) {
        passwordChange(input: $input) { done userErrors { code path } } }";
    let input = json!({ "current": current, "next": next, "signOutOthers": others });
    app.run_with(actor, query, json!({ "input": input })).await
}

const NEXT: &str = "seven quiet looms 83";

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let app = TestApp::new().await;
    let (first, second) = twice(&app, "ada").await;
    let ada = actor(&app, &first).await;
    assert!(is_in(&app, &second).await);

    let run = change(&app, &ada, PASSWORD, NEXT, true).await.ok();

    assert_eq!(run.at("passwordChange"), &json!({ "done": true, "userErrors": [] }));
    assert!(is_in(&app, &first).await);
    assert!(!is_in(&app, &second).await);
    assert_eq!(refresh(&app, renewal(&second)).await.error_code(), "UNAUTHENTICATED");
    let old = sign_in(&app, "ada", PASSWORD).await;
    assert_eq!(refused(&old, "sessionCreate"), because("BAD_CREDENTIALS", &[]));
    let new = sign_in(&app, "ada", NEXT).await.ok();
    assert_eq!(new.at("sessionCreate.userErrors"), &json!([]));
}

#[tokio::test]
async fn other_sessions_may_go_on() {
    let app = TestApp::new().await;
    let (first, second) = twice(&app, "ada").await;
    let ada = actor(&app, &first).await;

    change(&app, &ada, PASSWORD, NEXT, false).await.ok();

    assert!(is_in(&app, &second).await);
}

#[tokio::test]
async fn a_password_is_changed_by_the_old_one_only_and_to_a_good_one() {
    let app = TestApp::new().await;
    let answer = joined(&app, "ada").await;
    let ada = actor(&app, &answer).await;
    let before = account::Entity::find().one(&app.app.db.write).await.unwrap();

    let wrong = change(&app, &ada, "not the password", NEXT, true).await;
    assert_eq!(
        refused(&wrong, "passwordChange"),
        because("BAD_CREDENTIALS", &["input", "current"])
    );
    let weak = change(&app, &ada, PASSWORD, "ada weaver", true).await;
    assert_eq!(refused(&weak, "passwordChange"), because("PASSWORD_TOO_WEAK", &["input", "next"]));
    let guest = change(&app, &Guest, PASSWORD, NEXT, true).await;
    assert_eq!(guest.error_code(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &Scope::ALL);
    let token = change(&app, &token, PASSWORD, NEXT, true).await;
    assert_eq!(token.error_code(), "FORBIDDEN");

    assert_eq!(account::Entity::find().one(&app.app.db.write).await.unwrap(), before);
    assert_eq!(app.count::<session::Entity>(Expr::value(true)).await, 1);
}

#[tokio::test]
async fn a_stolen_session_does_not_guess_the_password() {
    let app = TestApp::new().await;
    let answer = joined(&app, "ada").await;
    let ada = actor(&app, &answer).await;
    for _ in 0..10 {
        change(&app, &ada, "not the password", NEXT, true).await.ok();
    }

    let run = change(&app, &ada, PASSWORD, NEXT, true).await;

    assert_eq!(refused(&run, "passwordChange"), because("RATE_LIMITED", &[]));
}

#[tokio::test]
async fn a_token_without_the_scope_does_not_see_the_account() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;

    let blind = app.by_token(ada, &[Scope::ReadPublic]);
    let run = app.run(&blind, "{ viewer { account { email } } }").await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    assert_eq!(run.data, json!({ "viewer": null }));
    assert_eq!(run.sql, [""; 0]);

    let seeing = app.by_token(ada, &[Scope::ReadPrivate]);
    let run = app.run(&seeing, "{ viewer { account { email } roles { key } } }").await.ok();
    assert_eq!(run.text("viewer.account.email"), "ada@example.org");
}

#[tokio::test]
async fn a_bad_credential_is_an_error_and_never_a_guest() {
    let app = TestApp::new().await;
    assert!(matches!(
        accounts::authenticate(&app.app, "nonsense").await,
        Err(Error::Unauthenticated)
    ));
}
