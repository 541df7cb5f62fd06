//! Applying, and taking it back.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    entity::{application_event, email, file::Kind, file_use, job, work_item},
};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::{Value, json};

use super::kit::{SUBMIT, WITHDRAW, desk};
use crate::portfolio::kit::{file, publish};

fn everything() -> sea_orm::sea_query::SimpleExpr {
    Expr::val(1).eq(1)
}

#[tokio::test]
async fn who_applies_with_everything_is_thanked_and_counted() {
    let desk = desk().await;
    let questions = json!([
        { "key": "why", "label": "Why?", "kind": "LONG_TEXT", "required": true, "options": [], "file_types": [] },
        { "key": "work", "label": "Work", "kind": "FILE", "required": false, "options": [], "file_types": [] },
    ]);
    desk.set_job(|job| {
        job.questions = questions.to_string();
        job.consent_text = Some("You keep this.".to_owned());
    })
    .await;
    let (resume, sample) = (
        file(&desk.app, &desk.ada, Kind::Document).await,
        file(&desk.app, &desk.ada, Kind::Image).await,
    );
    let item = publish(&desk.app, &desk.ada, json!({ "title": "Cloth", "story": "Woven" })).await;
    let more = json!({
        "phone": "+49 30 901820", "coverLetter": "I *weave*.", "resume": resume,
        "portfolioItems": [item], "links": [{ "label": "Site", "url": "https://example.org" }],
        "answers": [{ "field": "why", "text": "Thread" }, { "field": "work", "files": [sample] }],
        "consent": true,
    });
    let run = desk.submit(&desk.ada, more).await.done();
    let mut found = run.at("applicationSubmit.application").clone();
    found["id"].take();
    assert_eq!(
        found,
        json!({
            "id": null, "applicationState": "SUBMITTED", "name": "Ada", "contactEmail": "ada@example.org",
            "phone": "+49 30 901820", "coverLetter": { "source": "I *weave*." },
            "consentText": "You keep this.", "resume": { "name": "work.png" },
            "answers": [
                { "field": "why", "text": "Thread", "files": null },
                { "field": "work", "text": null, "files": [{ "name": "work.png" }] },
            ],
            "links": [{ "label": "Site" }], "portfolioItems": [{ "title": "Cloth" }],
        })
    );
    assert_eq!(desk.counts().await, (1, vec![1, 0, 0, 0]));
    let row = desk.rows().await.remove(0);
    assert_eq!(row.consented_at, Some(desk.app.app.clock.now()));
    let mails = email::Entity::find().all(&desk.app.app.db.write).await.unwrap();
    let [mail] = mails.as_slice() else { panic!("{mails:#?}") };
    assert_eq!(
        (&*mail.to_email, &*mail.subject),
        ("ada@example.org", "Your application has arrived: Weaver")
    );
    let told = work_item::Column::Payload.like("%ApplicationReceived%");
    assert_eq!(desk.app.count::<work_item::Entity>(told).await, 1);
}

#[tokio::test]
async fn what_does_not_fit_leaves_nothing() {
    let desk = desk().await;
    desk.set_job(|job| {
        job.questions = json!([{ "key": "why", "label": "Why?", "kind": "TEXT", "required": true, "options": [], "file_types": [] }]).to_string();
        job.consent_text = Some("You keep this.".to_owned());
    })
    .await;
    let more = json!({
        "name": " ", "email": "nowhere", "phone": "call me", "coverLetter": "x".repeat(20_001),
        "links": [{ "label": "", "url": "ftp://x" }], "portfolioItems": ["post_1"],
        "answers": [{ "field": "how", "text": "so" }],
    });
    let all = [
        "REQUIRED input.name",
        "INVALID input.email",
        "INVALID input.phone",
        "TOO_LONG input.coverLetter",
        "REQUIRED input.links.0.label",
        "INVALID input.links.0.url",
        "NOT_FOUND input.answers.0.field",
        "REQUIRED input.answers",
        "NOT_FOUND input.portfolioItems.0",
        "REQUIRED input.consent",
    ];
    assert_eq!(desk.refuses(&desk.ada, more).await, all);
    desk.set_job(|job| (job.questions, job.consent_text) = ("[]".to_owned(), None)).await;
    let (theirs, picture) = (
        file(&desk.app, &desk.mia, Kind::Document).await,
        file(&desk.app, &desk.ada, Kind::Image).await,
    );
    let item = publish(&desk.app, &desk.mia, json!({ "title": "Cloth", "story": "Woven" })).await;
    for (more, why) in [
        (json!({ "resume": theirs }), "NOT_FOUND input.resume"),
        (json!({ "resume": picture }), "FILE_TYPE_REJECTED input.resume"),
        (json!({ "portfolioItems": [item] }), "NOT_FOUND input.portfolioItems.0"),
        (json!({ "job": "job_1" }), "NOT_FOUND input.job"),
        (json!({ "clientKey": "" }), "INVALID input.clientKey"),
    ] {
        assert_eq!(desk.refuses(&desk.ada, more).await, [why]);
    }
}

#[tokio::test]
async fn a_job_takes_applications_only_while_it_is_open_and_here() {
    let desk = desk().await;
    let now = desk.app.app.clock.now();
    let changes: [fn(&mut job::Model, chrono::DateTime<chrono::Utc>); 6] = [
        |job, _| job.state = job::State::Paused,
        |job, _| job.state = job::State::Closed,
        |job, now| job.closes_at = Some(now),
        |job, _| job.apply_url = Some("https://example.org".to_owned()),
        |job, _| job.apply_email = Some("a@example.org".to_owned()),
        |job, _| job.state = job::State::Draft,
    ];
    let before = desk.job_row().await;
    for (at, change) in changes.into_iter().enumerate() {
        desk.set_job(|job| {
            *job = before.clone();
            change(job, now);
        })
        .await;
        let why = if at == 5 { "NOT_FOUND input.job" } else { "CLOSED input.job" };
        assert_eq!(desk.refuses(&desk.ada, json!({})).await, [why], "{at}");
    }
    desk.set_job(|job| {
        *job = before.clone();
        job.closes_at = Some(now + TimeDelta::milliseconds(1));
    })
    .await;
    desk.applied(&desk.ada).await;
}

#[tokio::test]
async fn one_applies_once_and_after_a_withdrawal_again() {
    let desk = desk().await;
    let keyed = json!({ "clientKey": "one", "name": "Ada L" });
    let first = desk.submit(&desk.ada, keyed.clone()).await.done();
    let id = first.text("applicationSubmit.application.id").to_owned();
    let again = desk.submit(&desk.ada, keyed).await.done();
    assert_eq!(again.at("applicationSubmit"), first.at("applicationSubmit"));
    assert_eq!(desk.refuses(&desk.ada, json!({})).await, ["DUPLICATE input.job"]);
    let run = desk.app.run_with(&desk.ada, WITHDRAW, json!({ "id": id })).await.done();
    assert_eq!(run.at("applicationWithdraw.application.applicationState"), "WITHDRAWN");
    assert_eq!(desk.counts().await, (0, vec![0, 0, 0, 0]));
    let refused = desk.app.refuses(&desk.ada, WITHDRAW, json!({ "id": id })).await.refusals();
    assert_eq!(refused, ["STATE_NOT_ALLOWED id"]);
    let resume = file(&desk.app, &desk.ada, Kind::Document).await;
    let run = desk.submit(&desk.ada, json!({ "resume": resume })).await.done();
    assert_eq!(run.text("applicationSubmit.application.id"), id);
    assert_eq!(run.at("applicationSubmit.application.name"), "Ada");
    assert_eq!(desk.counts().await, (1, vec![1, 0, 0, 0]));
    assert_eq!(desk.app.count::<file_use::Entity>(everything()).await, 1);
    assert_eq!(desk.app.count::<application_event::Entity>(everything()).await, 3);
    // Decided ones stay.
    desk.advance(&desk.moe, &[&id], 3, Value::Null).await.done();
    let refused = desk.app.refuses(&desk.ada, WITHDRAW, json!({ "id": id })).await.refusals();
    assert_eq!(refused, ["STATE_NOT_ALLOWED id"]);
}

#[tokio::test]
async fn a_guest_cannot_apply() {
    let desk = desk().await;
    let run = desk.app.refuses(&Actor::Guest, SUBMIT, desk.input(json!({}))).await;
    assert_eq!(run.error_code(), "UNAUTHENTICATED");
}
