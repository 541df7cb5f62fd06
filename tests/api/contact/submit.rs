//! What is sent through a form: what is taken, what is refused, and how much.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    entity::{blob, file, spent_challenge, submission, work_item},
};
use sea_orm::{
    EntityTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::{Value, json};

use super::kit::{SAVE, SUBMIT, hello, refused, words};
use crate::kit::TestApp;

const GUEST: Actor = Actor::Guest;

async fn ready(more: Value) -> (TestApp, Actor, String) {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    let id = app.form(&staff, hello("hello", more)).await;
    (app, staff, id)
}

#[tokio::test]
async fn anybody_may_send_an_open_form() {
    let (app, _, id) = ready(json!({ "redirectUrl": "https://example.org/thanks" })).await;
    let run = app.send(&GUEST, "hello", words(), json!({ "locale": "de-CH" })).await;
    let receipt = run.at("formSubmit.receipt");
    assert_eq!(receipt["number"], 1, "{run:#?}");
    assert_eq!(receipt["submissionState"], "NEW");
    assert_eq!(receipt["redirectUrl"], "https://example.org/thanks");
    assert_eq!(receipt["thread"], json!([]));
    let row = app.submissions().await.remove(0);
    assert_eq!(row.sender_name.as_deref(), Some("Ada"));
    assert_eq!(row.sender_email.as_deref(), Some("ada@example.com"));
    assert_eq!(row.locale.as_deref(), Some("de-CH"));
    assert_eq!(row.search_text, "Ada\nada@example.com\nHello from far away");
    let token = receipt["token"].as_str().unwrap();
    assert!(!row.receipt.is_empty() && row.receipt == guildhall::infra::secrets::hash(token));
    let form = app.form_row(&id).await;
    assert_eq!((form.last_number, form.submission_count, form.open_count), (1, 1, 1));
    // The team is to be told, and members who want to hear of it.
    let kinds = work_item::Entity::find().all(&app.app.db.write).await.unwrap();
    let kinds: Vec<_> = kinds.iter().map(|item| item.kind.as_str()).collect();
    assert!(
        kinds.contains(&"contact.received") && kinds.contains(&"notifications.tell"),
        "{kinds:?}"
    );
    let run = app.send(&GUEST, "hello", words(), json!({})).await;
    assert_eq!(run.at("formSubmit.receipt.number"), &json!(2));
}

#[tokio::test]
async fn everything_that_is_wrong_with_the_answers_is_said_at_once() {
    let fields = json!([
        { "key": "a", "label": "A", "type": "TEXT", "required": true },
        { "key": "b", "label": "B", "type": "NUMBER", "min": 1, "max": 5 },
        { "key": "c", "label": "C", "type": "SINGLE_CHOICE", "options": [{ "value": "x", "label": "X" }] },
        { "key": "d", "label": "D", "type": "TEXT", "pattern": "[A-Z]{3}-[0-9]+" },
        { "key": "e", "label": "E", "type": "EMAIL" },
        { "key": "f", "label": "F", "type": "LONG_TEXT", "maxLength": 3 },
        { "key": "g", "label": "G", "type": "CHECKBOX", "required": true },
        { "key": "h", "label": "H", "type": "RATING" },
        { "key": "i", "label": "I", "type": "URL" },
        { "key": "j", "label": "J", "type": "PHONE" },
        { "key": "k", "label": "K", "type": "DATE" },
    ]);
    let (app, ..) = ready(json!({ "fields": fields, "consentText": "Yes?" })).await;
    let values = json!([
        { "field": "b", "number": 6 },
        { "field": "c", "values": ["y"] },
        { "field": "d", "text": "ABC-1x" },
        { "field": "e", "text": "nobody" },
        { "field": "f", "text": "long" },
        { "field": "g", "text": "false" },
        { "field": "h", "number": 2.5 },
        { "field": "i", "text": "javascript:alert(1)" },
        { "field": "j", "text": "call me" },
        { "field": "k", "text": "2026-01-01" },
        { "field": "none", "text": "x" },
        { "field": "b", "number": 2 },
    ]);
    let more = json!({ "locale": "not a tag", "clientKey": "" });
    let run = app.send(&GUEST, "hello", values, more).await;
    let mut found = refused(&run, "formSubmit");
    found.sort();
    let expected = [
        "DUPLICATE input.values.11.field",
        "INVALID input.clientKey",
        "INVALID input.locale",
        "INVALID input.values.1.values.0",
        "INVALID input.values.3.text",
        "INVALID input.values.6.number",
        "INVALID input.values.7.text",
        "INVALID input.values.8.text",
        "INVALID input.values.9.text",
        "NOT_FOUND input.values.10.field",
        "OUT_OF_RANGE input.values.0.number",
        "PATTERN_MISMATCH input.values.2.text",
        "REQUIRED input.consent",
        "REQUIRED input.values",
        "REQUIRED input.values.5.text",
        "TOO_LONG input.values.4.text",
    ];
    assert_eq!(found, expected);
    assert_eq!(app.submissions().await.len(), 0);
}

#[tokio::test]
async fn a_form_takes_nothing_while_it_is_not_open() {
    let more = json!({ "opensAt": "2026-05-05T00:00:00Z", "closesAt": "2026-05-06T00:00:00Z", "submissionLimit": 1 });
    let (app, staff, id) = ready(more).await;
    let closed = ["CLOSED input.form"];
    let send = || app.send(&GUEST, "hello", words(), json!({}));
    assert_eq!(refused(&send().await, "formSubmit"), closed, "it is too early");
    app.app.clock.advance(TimeDelta::hours(15));
    assert_eq!(refused(&send().await, "formSubmit"), [""; 0]);
    assert_eq!(refused(&send().await, "formSubmit"), closed, "it is full");
    let limit = |limit| json!({ "id": id, "input": { "submissionLimit": limit } });
    app.run_with(&staff, SAVE, limit(Value::Null)).await.ok();
    app.app.clock.advance(TimeDelta::hours(24));
    assert_eq!(refused(&send().await, "formSubmit"), closed, "it is too late");
    let more = json!({ "id": id, "input": { "closesAt": null, "state": "CLOSED" } });
    app.run_with(&staff, SAVE, more).await.ok();
    assert_eq!(refused(&send().await, "formSubmit"), closed, "it is closed");
    app.run_with(&staff, SAVE, json!({ "id": id, "input": { "state": "DRAFT" } })).await.ok();
    assert_eq!(refused(&send().await, "formSubmit"), ["NOT_FOUND input.form"]);
    assert_eq!(app.submissions().await.len(), 1);
}

#[tokio::test]
async fn of_many_at_once_no_more_are_taken_than_may_be_and_each_has_a_number() {
    let (app, ..) = ready(json!({ "submissionLimit": 3 })).await;
    let send = |_| app.send(&GUEST, "hello", words(), json!({}));
    let runs = futures_util::future::join_all((0..5).map(send)).await;
    let mut numbers: Vec<i64> =
        runs.iter().filter_map(|run| run.at("formSubmit.receipt.number").as_i64()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(app.submissions().await.len(), 3);
}

#[tokio::test]
async fn a_machine_that_fills_in_the_honeypot_is_answered_alike_and_nothing_is_kept() {
    let (app, _, id) = ready(json!({})).await;
    let run = app.send(&GUEST, "hello", words(), json!({ "honeypot": "http://spam" })).await;
    let receipt = run.at("formSubmit.receipt");
    assert_eq!((&receipt["number"], &receipt["submissionState"]), (&json!(1), &json!("NEW")));
    assert_eq!(receipt["token"].as_str().unwrap().len(), 22);
    assert_eq!(app.submissions().await.len(), 0);
    assert_eq!(app.count::<work_item::Entity>(Expr::val(1).eq(1)).await, 0);
    assert_eq!(app.form_row(&id).await.last_number, 0);
    // What is wrong is said all the same.
    let run = app.send(&GUEST, "hello", json!([]), json!({ "honeypot": "x" })).await;
    assert_eq!(refused(&run, "formSubmit"), ["REQUIRED input.values", "REQUIRED input.values"]);
}

#[tokio::test]
async fn the_same_call_is_answered_the_same_receipt_for_a_day() {
    let (app, ..) = ready(json!({})).await;
    let ada = app.member("ada").await;
    for (actor, count) in [(GUEST, 1), (ada, 2)] {
        let send = || app.send(&actor, "hello", words(), json!({ "clientKey": "a" }));
        let first = send().await;
        assert!(first.at("formSubmit.receipt").is_object(), "{first:#?}");
        assert_eq!(send().await.data, first.data);
        assert_eq!(app.submissions().await.len(), count);
    }
    // Another's words under the same name are another call.
    let mut other = words();
    other[0]["text"] = json!("Bob");
    let run = app.send(&GUEST, "hello", other, json!({ "clientKey": "a" })).await;
    assert_eq!(run.at("formSubmit.receipt.number"), &json!(3));
    app.app.clock.advance(TimeDelta::hours(24));
    let run = app.send(&GUEST, "hello", words(), json!({ "clientKey": "a" })).await;
    assert_eq!(run.at("formSubmit.receipt.number"), &json!(4));
}

#[tokio::test]
async fn a_member_need_not_write_who_they_are() {
    let (app, ..) = ready(json!({})).await;
    let ada = app.member("ada").await;
    let values = json!([{ "field": "message", "text": "Hello" }]);
    let run = app.send(&ada, "hello", values.clone(), json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), [""; 0]);
    let row = app.submissions().await.remove(0);
    assert_eq!((row.sender_id, row.sender_name.as_deref()), (ada.id(), Some("Ada")));
    assert_eq!(row.sender_email.as_deref(), Some("ada@example.org"));
    let run = app.send(&GUEST, "hello", values, json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), ["REQUIRED input.values"]);
}

#[tokio::test]
async fn one_address_sends_a_form_five_times_in_ten_minutes() {
    let (app, ..) = ready(json!({})).await;
    let mut values = words();
    for at in 0..5 {
        values[1]["text"] = json!(format!("ada{at}@example.com"));
        let run = app.send(&GUEST, "hello", values.clone(), json!({})).await;
        assert_eq!(refused(&run, "formSubmit"), [""; 0]);
    }
    let run = app.send(&GUEST, "hello", values.clone(), json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), ["RATE_LIMITED "]);
    assert_eq!(app.submissions().await.len(), 5);
    app.app.clock.advance(TimeDelta::minutes(10));
    let run = app.send(&GUEST, "hello", values, json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), [""; 0]);
}

#[tokio::test]
async fn a_form_that_wants_proof_of_work_takes_each_once() {
    let (app, ..) = ready(json!({ "needsChallenge": true })).await;
    let run = app.send(&GUEST, "hello", words(), json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), ["CHALLENGE_REQUIRED input.challenge"]);
    let solution = app.solve(&GUEST).await;
    let with = |solution: &str| json!({ "challenge": solution });
    let (token, _) = solution.rsplit_once(':').unwrap();
    let forged = solution.replacen(['a', 'b', 'c'], "d", 1);
    for wrong in [token, &format!("{token}:-1"), &forged, "x:1", ""] {
        let run = app.send(&GUEST, "hello", words(), with(wrong)).await;
        assert_eq!(refused(&run, "formSubmit"), ["CHALLENGE_FAILED input.challenge"], "{wrong}");
    }
    // What is refused for another reason does not use it up.
    let run = app.send(&GUEST, "hello", json!([]), with(&solution)).await;
    assert_eq!(refused(&run, "formSubmit").len(), 2);
    app.app.clock.advance(TimeDelta::seconds(30));
    let run = app.send(&GUEST, "hello", words(), with(&solution)).await;
    assert_eq!(refused(&run, "formSubmit"), [""; 0]);
    let run = app.send(&GUEST, "hello", words(), with(&solution)).await;
    assert_eq!(refused(&run, "formSubmit"), ["CHALLENGE_FAILED input.challenge"]);
    assert_eq!(app.submissions().await.len(), 1);
    let late = app.solve(&GUEST).await;
    app.app.clock.advance(TimeDelta::minutes(11));
    let run = app.send(&GUEST, "hello", words(), with(&late)).await;
    assert_eq!(refused(&run, "formSubmit"), ["CHALLENGE_FAILED input.challenge"]);
    app.app.clock.advance(TimeDelta::hours(1));
    guildhall::work::fire(&app.app).await.unwrap();
    app.work().await;
    assert_eq!(app.count::<spent_challenge::Entity>(Expr::val(1).eq(1)).await, 0);
}

#[tokio::test]
async fn what_looks_like_spam_is_put_aside_and_its_sender_is_not_told() {
    let (app, _, id) = ready(json!({})).await;
    let mut values = words();
    values[2]["text"] = json!("https://buy.example/ ".repeat(9));
    let run = app.send(&GUEST, "hello", values, json!({})).await;
    assert_eq!(run.at("formSubmit.receipt.submissionState"), &json!("NEW"));
    let row = app.submissions().await.remove(0);
    assert_eq!((row.state, row.spam_score), (submission::State::Spam, 80));
    assert_eq!(row.spam_reasons, "[\"9 links\"]");
    let form = app.form_row(&id).await;
    assert_eq!((form.submission_count, form.open_count), (1, 0));
    assert_eq!(app.count::<work_item::Entity>(Expr::val(1).eq(1)).await, 0);
}

const WITH_FILE: &str =
    "mutation($file: Upload!, $more: [FieldValueInput!]! = []) { formSubmit(input: {
    form: { slug: \"hello\" }, values: [{ field: \"cv\", uploads: [$file] }] })
    { receipt { number } userErrors { code path } } }";

fn cv(more: &Value) -> Value {
    let mut field = json!({ "key": "cv", "label": "CV", "type": "FILE", "required": true, "fileTypes": ["image/*", "text/plain"] });
    for (key, value) in more.as_object().unwrap() {
        field[key] = value.clone();
    }
    json!({ "fields": [field] })
}

#[tokio::test]
async fn a_guest_sends_a_file_and_the_team_reads_it() {
    let (app, staff, _) = ready(cv(&json!({}))).await;
    let query = WITH_FILE.replace(", $more: [FieldValueInput!]! = []", "");
    let run = app.run_with_file(&GUEST, &query, json!({}), ("cv.txt", b"who I am")).await.ok();
    assert_eq!(run.at("formSubmit.receipt.number"), &json!(1), "{run:#?}");
    let kept = file::Entity::find().one(&app.app.db.write).await.unwrap().unwrap();
    assert_eq!((kept.owner_id, kept.name.as_str(), kept.size), (staff.id().unwrap(), "cv.txt", 8));
    let row = app.submissions().await.remove(0);
    assert!(row.answers.contains(&kept.id.to_string()), "{}", row.answers);
    let id = guildhall::graph::encode("file", kept.id).to_string();
    let query = format!("{{ node(id: {id:?}) {{ id }} }}");
    let other = app.with_role("other", guildhall::entity::account::Role::Admin).await;
    assert_eq!(app.run(&other, &query).await.ok().text("node.id"), id);
    let ada = app.member("ada").await;
    for stranger in [ada, GUEST] {
        assert_eq!(app.run(&stranger, &query).await.ok().data, json!({ "node": null }));
    }
}

#[tokio::test]
async fn a_file_that_is_refused_leaves_nothing() {
    let (app, ..) = ready(cv(&json!({ "fileTypes": ["image/*"] }))).await;
    let query = WITH_FILE.replace(", $more: [FieldValueInput!]! = []", "");
    let send = |name: &'static str, bytes: &'static [u8]| {
        let (app, query) = (&app, query.clone());
        async move { app.run_with_file(&GUEST, &query, json!({}), (name, bytes)).await.ok() }
    };
    for (bytes, code) in [(b"words".as_slice(), "FILE_TYPE_REJECTED"), (b"", "REQUIRED")] {
        let run = send("a.png", bytes).await;
        assert_eq!(refused(&run, "formSubmit"), [format!("{code} input.values.0.uploads.0")]);
    }
    // Ids are for members, of files of their own.
    let ada = app.member("ada").await;
    let (hers, bob) = (app.picture(&ada, "a.png").await, app.member("bob").await);
    let values = json!([{ "field": "cv", "files": [hers] }]);
    for stranger in [GUEST, bob] {
        let run = app.send(&stranger, "hello", values.clone(), json!({})).await;
        assert_eq!(refused(&run, "formSubmit"), ["NOT_FOUND input.values.0.files.0"]);
    }
    assert_eq!(app.submissions().await.len(), 0);
    assert_eq!(app.count::<file::Entity>(Expr::val(1).eq(1)).await, 1);
    assert_eq!(app.count::<blob::Entity>(Expr::val(1).eq(1)).await, 1);
    let run = app.send(&ada, "hello", values, json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), [""; 0]);
    let run = app
        .run_with(&ada, SUBMIT, json!({ "input": { "form": { "slug": "hello" }, "values": [] } }))
        .await
        .ok();
    assert_eq!(refused(&run, "formSubmit"), ["REQUIRED input.values"]);
}
