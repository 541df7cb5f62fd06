use chrono::TimeDelta;
use guildhall::{
    Actor::Guest,
    Error,
    accounts::service::{Joiner, create_admin},
    config::Registration,
    entity::{
        account::{self, Role},
        former_handle, profile, session,
    },
};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, sea_query::Expr};
use serde_json::json;

use super::{PASSWORD, actor, because, joined, joiner, refused, register};
use crate::kit::{TestApp, key};

#[tokio::test]
async fn whoever_registers_is_signed_in_at_once() {
    let app = TestApp::new().await;

    let run = register(&app, joiner("ada")).await.ok();

    let answer = run.at("accountRegister");
    assert_eq!(answer["userErrors"], json!([]));
    assert_eq!(answer["viewer"]["account"]["email"], "ada@example.org");
    assert_eq!(answer["viewer"]["roles"], json!([{ "key": "member" }]));
    assert_eq!(answer["session"]["expiresAt"], "2026-05-04T09:45:00.000Z");
    let session = &answer["session"]["session"];
    assert_eq!(session["device"], "tests");
    assert_eq!(session["ipAddress"], "127.0.0.1");
    assert_eq!(session["createdAt"], "2026-05-04T09:30:00.000Z");
    assert_eq!(session["isCurrent"], true);

    let ada = actor(&app, answer).await;
    assert_eq!(ada.id(), Some(key("account", run.text("accountRegister.viewer.account.id"))));
    let profile = app.profile(&ada).await;
    assert_eq!(
        (profile.handle.as_str(), profile.name.as_str(), profile.name_key.as_str()),
        ("ada", "Ada Weaver", "ada weaver")
    );
    assert_eq!((profile.links.as_str(), profile.bio_html.as_str()), ("[]", ""));
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let app = TestApp::new().await;

    let input = json!({ "email": "ada", "handle": "A", "name": " ", "password": "short" });
    let run = register(&app, input).await.ok();

    let answer = run.at("accountRegister");
    assert_eq!(answer["session"], json!(null));
    assert_eq!(answer["viewer"], json!(null));
    let errors = answer["userErrors"].as_array().unwrap();
    let told: Vec<_> = errors.iter().map(|e| (e["code"].clone(), e["path"].clone())).collect();
    assert_eq!(
        told,
        [
            (json!("INVALID"), json!(["input", "email"])),
            (json!("TOO_SHORT"), json!(["input", "handle"])),
            (json!("REQUIRED"), json!(["input", "name"])),
            (json!("TOO_SHORT"), json!(["input", "password"])),
        ]
    );
    assert_eq!(errors[3]["min"], 8.0);
    assert_eq!(run.sql, [""; 0], "nothing was asked of the database");
}

#[tokio::test]
async fn an_address_has_one_at_sign_and_a_domain() {
    let app = TestApp::new().await;
    let long = format!("{}@example.org", "a".repeat(65));
    for (email, code) in [
        ("ada@", "INVALID"),
        ("@example.org", "INVALID"),
        ("ada@b@example.org", "INVALID"),
        ("ada@example", "INVALID"),
        ("ada@example..org", "INVALID"),
        ("ada lovelace@example.org", "INVALID"),
        ("ada@example.org\r\nBcc: x@example.org", "INVALID"),
        (long.as_str(), "INVALID"),
    ] {
        let mut input = joiner("ada");
        input["email"] = json!(email);
        let run = register(&app, input).await;
        assert_eq!(run.at("accountRegister")["userErrors"][0]["code"], code, "{email:?}");
        assert_eq!(run.at("accountRegister")["session"], json!(null), "{email:?}");
    }
}

#[tokio::test]
async fn a_password_that_is_easy_to_guess_is_refused() {
    let app = TestApp::with(|config| config.name = "Weavers of Whitby".to_owned()).await;
    for password in
        ["password1", "adaweaver1", "ada@example.org", "Weavers of Whitby", "aaaaaaaaaaaa"]
    {
        let mut input = joiner("ada");
        input["password"] = json!(password);
        let run = register(&app, input).await;
        let why = refused(&run, "accountRegister");
        assert_eq!(why, because("PASSWORD_TOO_WEAK", &["input", "password"]), "{password}");
    }
    let mut input = joiner("ada");
    input["password"] = json!("x9".repeat(129));
    let why = refused(&register(&app, input).await, "accountRegister");
    assert_eq!(why, because("TOO_LONG", &["input", "password"]));
    assert_eq!(app.count::<account::Entity>(Expr::value(true)).await, 0);
}

#[tokio::test]
async fn an_address_and_a_handle_are_somebodys_whatever_their_case() {
    let app = TestApp::new().await;
    joined(&app, "ada").await;

    let mut input = joiner("ADA");
    input["email"] = json!("Ada@Example.Org");
    let run = register(&app, input).await.ok();

    let errors = run.at("accountRegister")["userErrors"].as_array().unwrap();
    let told: Vec<_> = errors.iter().map(|e| (e["code"].clone(), e["path"].clone())).collect();
    assert_eq!(
        told,
        [(json!("TAKEN"), json!(["input", "email"])), (json!("TAKEN"), json!(["input", "handle"])),]
    );
    assert_eq!(app.count::<profile::Entity>(Expr::value(true)).await, 1);
    assert_eq!(app.count::<session::Entity>(Expr::value(true)).await, 1);
}

#[tokio::test]
async fn of_five_who_want_one_handle_at_once_one_gets_it() {
    let app = TestApp::new().await;
    let inputs = (0..5).map(|n| {
        let mut input = joiner("ada");
        input["email"] = json!(format!("ada{n}@example.org"));
        input
    });

    let runs = futures_util::future::join_all(inputs.map(|input| register(&app, input))).await;

    let (won, lost): (Vec<_>, Vec<_>) =
        runs.iter().partition(|run| !run.at("accountRegister.session").is_null());
    assert_eq!((won.len(), lost.len()), (1, 4));
    for run in lost {
        assert_eq!(refused(run, "accountRegister"), because("TAKEN", &["input", "handle"]));
    }
    assert_eq!(app.count::<profile::Entity>(Expr::value(true)).await, 1);
}

#[tokio::test]
async fn a_handle_that_leads_to_somebody_is_kept_for_them() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let row = former_handle::ActiveModel {
        handle: Set("countess".to_owned()),
        profile_id: Set(ada.id().unwrap()),
        expires_at: Set(app.app.clock.now() + TimeDelta::days(90)),
    };
    former_handle::Entity::insert(row).exec(&app.app.db.write).await.unwrap();

    let run = register(&app, joiner("countess")).await;
    assert_eq!(refused(&run, "accountRegister"), because("TAKEN", &["input", "handle"]));

    app.app.clock.advance(TimeDelta::days(91));
    joined(&app, "countess").await;
}

#[tokio::test]
async fn a_sign_up_form_hears_what_is_wrong_with_a_handle() {
    let app = TestApp::new().await;
    app.member("ada").await;

    let run = app
        .run(
            &Guest,
            r#"{ free: handleProblem(handle: "@Grace") { code }
                 taken: handleProblem(handle: "Ada") { code path }
                 kept: handleProblem(handle: "admin") { code }
                 odd: handleProblem(handle: "a-b") { code } }"#,
        )
        .await
        .ok();

    assert_eq!(
        run.data,
        json!({
            "free": null,
            "taken": { "code": "TAKEN", "path": ["handle"] },
            "kept": { "code": "TAKEN" },
            "odd": { "code": "INVALID" },
        })
    );
}

#[tokio::test]
async fn nobody_joins_while_registration_is_closed() {
    let app = TestApp::with(|config| config.registration = Registration::Closed).await;

    let run = register(&app, joiner("ada")).await;

    assert_eq!(refused(&run, "accountRegister"), because("CLOSED", &[]));
    assert_eq!(run.sql, [""; 0]);
}

#[tokio::test]
async fn the_eleventh_to_join_from_one_address_waits() {
    let app = TestApp::new().await;
    for n in 0..10 {
        joined(&app, &format!("ada{n}")).await;
    }

    let run = register(&app, joiner("grace")).await;

    assert_eq!(refused(&run, "accountRegister"), because("RATE_LIMITED", &[]));
    assert_eq!(run.at("accountRegister")["userErrors"][0]["retryAfter"], "PT2S");
    app.app.clock.advance(TimeDelta::seconds(2));
    joined(&app, "grace").await;
}

#[tokio::test]
async fn an_admin_is_made_by_whoever_holds_the_server_even_while_it_is_closed() {
    let app = TestApp::with(|config| config.registration = Registration::Closed).await;
    let root = |handle: &str| Joiner {
        email: format!("{handle}@example.org"),
        handle: handle.to_owned(),
        name: "Ada Weaver".to_owned(),
        password: PASSWORD.to_owned(),
        locale: None,
    };

    let made = create_admin(&app.app, root("ada")).await.unwrap();

    assert_eq!((made.role, made.email.as_str()), (Role::Admin, "ada@example.org"));
    let run = super::sign_in(&app, "ada", PASSWORD).await.ok();
    assert_eq!(run.at("sessionCreate.viewer.roles"), &json!([{ "key": "admin" }]));
    let Err(Error::Refused(problems)) = create_admin(&app.app, root("ada")).await else {
        panic!("twice the same");
    };
    assert_eq!(problems.len(), 2);
    assert_eq!(app.count::<account::Entity>(account::Column::Role.eq(Role::Admin)).await, 1);
}

#[tokio::test]
async fn an_input_cannot_give_itself_a_role() {
    let app = TestApp::new().await;
    let mut input = joiner("ada");
    input["role"] = json!("ADMIN");

    let run = register(&app, input).await;

    assert_eq!(run.errors.len(), 1);
    assert_eq!(app.count::<account::Entity>(Expr::value(true)).await, 0);
}
