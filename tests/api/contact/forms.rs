//! Making forms, and who sees what of them.

use guildhall::{Actor, entity::form, scope::Scope};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use serde_json::{Value, json};

use super::kit::{SAVE, hello, refused};
use crate::kit::TestApp;

#[tokio::test]
async fn staff_make_a_form_and_everybody_sees_it_once_it_is_open() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    let query = "{ form(by: { slug: \"hello\" }) { title formState intro { html } fields { key type required maxLength options { value } } } }";
    let id = app.form(&staff, hello("hello", json!({ "state": "DRAFT", "intro": "**Hi**" }))).await;
    assert_eq!(app.run(&Actor::Guest, query).await.ok().data, json!({ "form": null }));
    let input = json!({ "id": id, "input": { "state": "OPEN" } });
    let run = app.run_with(&staff, SAVE, input).await.ok();
    assert_eq!(
        (run.at("formSave.form.version"), run.text("formSave.form.formState")),
        (&json!(2), "OPEN")
    );
    let run = app.run(&Actor::Guest, query).await.ok();
    assert_eq!(run.text("form.intro.html").trim(), "<p><strong>Hi</strong></p>");
    let last = json!({ "key": "message", "type": "LONG_TEXT", "required": true, "maxLength": 200, "options": [] });
    assert_eq!(run.at("form.fields.2"), &last);
    app.run_with(&staff, SAVE, json!({ "id": id, "input": { "state": "CLOSED" } })).await.ok();
    assert_eq!(app.run(&Actor::Guest, query).await.ok().text("form.formState"), "CLOSED");
    app.run_with(&staff, SAVE, json!({ "id": id, "input": { "state": "ARCHIVED" } })).await.ok();
    assert_eq!(app.run(&Actor::Guest, query).await.ok().data, json!({ "form": null }));
    assert_eq!(app.run(&staff, query).await.ok().text("form.formState"), "ARCHIVED");
}

#[tokio::test]
async fn members_and_guests_make_no_forms() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    let member = app.member("ada").await;
    let input = json!({ "input": hello("hello", json!({})) });
    for (actor, code) in [
        (Actor::Guest, "UNAUTHENTICATED"),
        (member, "FORBIDDEN"),
        (app.by_token(staff, &[Scope::ReadContact]), "SCOPE_MISSING"),
    ] {
        assert_eq!(app.run_with(&actor, SAVE, input.clone()).await.error_code(), code);
    }
    assert_eq!(app.count::<form::Entity>(Expr::val(1).eq(1)).await, 0);
    let token = app.by_token(staff, &[Scope::WriteContact]);
    let run = app.run_with(&token, SAVE, input).await.ok();
    assert_eq!(refused(&run, "formSave"), Vec::<String>::new());
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_form_is_said_at_once() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    let choice = |value: &str| json!({ "value": value, "label": "A" });
    let input = json!({
        "slug": "Not a slug", "title": " ", "consentText": "a", "submissionLimit": 0,
        "opensAt": "2026-06-02T00:00:00Z", "closesAt": "2026-06-01T00:00:00Z",
        "redirectUrl": "http://example.org", "retention": "PT5S", "team": ["profile_no"],
        "notifyEmails": ["ada@example.org", "nobody"], "autoReply": "email_template_no",
        "allowedOrigins": ["https://example.org", "https://example.org/page", "null"],
        "fields": [
            { "key": "a", "label": "A", "type": "TEXT", "pattern": "(a", "options": [choice("x")] },
            { "key": "a", "label": "", "type": "NUMBER", "min": 3, "max": 2, "pattern": "a" },
            { "key": "B!", "label": "B", "type": "SINGLE_CHOICE", "options": [choice(""), choice("x"), choice("x")] },
            { "key": "c", "label": "C", "type": "FILE", "maxFiles": 11, "fileTypes": ["pdf"] },
            { "key": "d", "label": "D", "type": "TEXT", "minLength": 5, "maxLength": 4 },
            { "key": "e", "label": "E", "type": "RATING", "max": 11 },
            { "key": "f", "label": "F", "type": "MULTI_CHOICE" },
        ],
    });
    let run = app.run_with(&staff, SAVE, json!({ "input": input })).await.ok();
    let mut found = refused(&run, "formSave");
    found.sort();
    let expected = [
        "DUPLICATE input.fields.1.key",
        "DUPLICATE input.fields.2.options.2.value",
        "INVALID input.allowedOrigins.1",
        "INVALID input.allowedOrigins.2",
        "INVALID input.fields.0.options",
        "INVALID input.fields.0.pattern",
        "INVALID input.fields.1.pattern",
        "INVALID input.fields.2.key",
        "INVALID input.fields.3.fileTypes.0",
        "INVALID input.notifyEmails.1",
        "INVALID input.redirectUrl",
        "INVALID input.slug",
        "NOT_FOUND input.autoReply",
        "NOT_FOUND input.team.0",
        "OUT_OF_RANGE input.closesAt",
        "OUT_OF_RANGE input.fields.1.max",
        "OUT_OF_RANGE input.fields.3.maxFiles",
        "OUT_OF_RANGE input.fields.4.maxLength",
        "OUT_OF_RANGE input.fields.5.max",
        "OUT_OF_RANGE input.retention",
        "OUT_OF_RANGE input.submissionLimit",
        "REQUIRED input.fields.1.label",
        "REQUIRED input.fields.2.options.0.value",
        "REQUIRED input.fields.6.options",
        "REQUIRED input.title",
    ];
    assert_eq!(found, expected);
    assert_eq!(app.count::<form::Entity>(Expr::val(1).eq(1)).await, 0);
}

#[tokio::test]
async fn a_form_is_no_larger_than_it_may_be() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    let field = |at: usize| json!({ "key": format!("f{at}"), "label": "F", "type": "TEXT" });
    let fields = |count: usize| -> Vec<Value> { (0..count).map(field).collect() };
    let input = json!({ "input": hello("hello", json!({ "fields": fields(51) })) });
    let run = app.run_with(&staff, SAVE, input).await.ok();
    assert_eq!(refused(&run, "formSave"), ["TOO_LONG input.fields"]);
    app.form(&staff, hello("hello", json!({ "fields": fields(50) }))).await;
    let run = app.run_with(&staff, SAVE, json!({ "input": hello("hello", json!({})) })).await.ok();
    assert_eq!(refused(&run, "formSave"), ["TAKEN input.slug"]);
    let empty = json!({ "input": { "slug": "none", "title": "None", "state": "OPEN" } });
    let run = app.run_with(&staff, SAVE, empty).await.ok();
    assert_eq!(refused(&run, "formSave"), ["REQUIRED input.fields"]);
    assert_eq!(app.count::<form::Entity>(Expr::val(1).eq(1)).await, 1);
}

#[tokio::test]
async fn who_was_slower_hears_of_it() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    let id = app.form(&staff, hello("hello", json!({}))).await;
    let save = |title: &str, version: i32| json!({ "id": id, "version": version, "input": { "title": title } });
    let run = app.run_with(&staff, SAVE, save("First", 1)).await.ok();
    assert_eq!(run.at("formSave.form.version"), &json!(2));
    let run = app.run_with(&staff, SAVE, save("Second", 1)).await.ok();
    assert_eq!(refused(&run, "formSave"), ["STALE_VERSION expectedVersion"]);
    assert_eq!(app.form_row(&id).await.title, "First");
    // What changes nothing is no change.
    let run = app.run_with(&staff, SAVE, save("First", 2)).await.ok();
    assert_eq!(run.at("formSave.form.version"), &json!(2));
    let none = json!({ "id": "form_01", "input": { "title": "None" } });
    let run = app.run_with(&staff, SAVE, none).await.ok();
    assert_eq!(refused(&run, "formSave"), ["NOT_FOUND id"]);
}

#[tokio::test]
async fn only_the_team_and_staff_see_what_is_theirs() {
    let app = TestApp::new().await;
    let (staff, ada, bob) = (app.staff().await, app.member("ada").await, app.member("bob").await);
    let team = app.run(&ada, "{ viewer { profile { id } } }").await.ok();
    let team = team.text("viewer.profile.id").to_owned();
    let more = json!({
        "team": [team], "notifyEmails": ["team@example.org"], "retention": "PT2592000S",
        "allowedOrigins": ["https://example.net"], "redirectUrl": "https://example.org/thanks",
    });
    let id = app.form(&staff, hello("hello", more)).await;
    let query = format!(
        "{{ node(id: {id:?}) {{ ... on Form {{ slug team {{ handle }} notifyEmails retention allowedOrigins \
         redirectUrl submissionCount openCount version }} }} }}"
    );
    let all = json!({
        "slug": "hello", "team": [{ "handle": "ada" }], "notifyEmails": ["team@example.org"],
        "retention": "PT2592000S", "allowedOrigins": ["https://example.net"],
        "redirectUrl": "https://example.org/thanks", "submissionCount": 0, "openCount": 0, "version": 1,
    });
    for actor in [ada, staff] {
        assert_eq!(app.run(&actor, &query).await.ok().data["node"], all);
    }
    let tokenless = app.by_token(ada, &[Scope::ReadPublic]);
    for actor in [bob, Actor::Guest, tokenless] {
        let run = app.run(&actor, &query).await.ok();
        assert_eq!(run.text("node.slug"), "hello");
        let seen = run.data["node"].as_object().unwrap().values().filter(|v| !v.is_null()).count();
        assert_eq!(seen, 1, "{run:#?}");
    }
}

#[tokio::test]
async fn the_desk_lists_forms_in_as_many_statements_whatever_their_number() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    let ada = app.member("ada").await;
    let ada = guildhall::graph::encode("profile", ada.id().unwrap()).to_string();
    let query = "{ admin { forms { slug formState openCount notifyEmails team { handle } fields { key } } } }";
    let mut counts = Vec::new();
    for at in 0..6 {
        app.form(&staff, hello(&format!("form-{at}"), json!({ "team": [ada] }))).await;
        let run = app.run(&staff, query).await.ok();
        assert_eq!(run.at("admin.forms").as_array().unwrap().len(), at + 1);
        assert_eq!(run.text("admin.forms.0.team.0.handle"), "ada");
        counts.push(run.sql.len());
    }
    // Forms, whether one works on them, and teams.
    assert_eq!(counts, [3; 6]);
    let member = app.member("bob").await;
    assert_eq!(app.run(&member, query).await.ok().data, json!({ "admin": null }));
}
