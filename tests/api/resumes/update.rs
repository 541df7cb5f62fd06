//! What stands above the entries: the summary and the languages.

use guildhall::{Actor::Guest, scope::Scope};
use serde_json::{Value, json};

use crate::kit::{Run, TestApp};

const UPDATE: &str = "mutation($summary: Markdown, $languages: [SpokenLanguageInput!]) {
    resumeUpdate(summary: $summary, languages: $languages) {
        profile { resume { summary { source html } languages { language level } updatedAt } }
        userErrors { code message path ... on LimitError { max actual } } } }";

fn resume(run: &Run) -> Value {
    let resume = run.at("resumeUpdate.profile.resume");
    json!([resume["summary"]["source"], resume["languages"]])
}

#[tokio::test]
async fn what_is_left_out_stays_and_null_clears() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    // To change nothing makes no resume.
    for nothing in [
        json!({}),
        json!({ "summary": null, "languages": null }),
        json!({ "summary": " ", "languages": [] }),
    ] {
        let run = app.refuses(&ada, UPDATE, nothing).await.done();
        assert_eq!(run.at("resumeUpdate.profile.resume"), &Value::Null);
    }
    let languages = json!([{ "language": "pt-br", "level": "NATIVE" }, { "language": "DE", "level": "ELEMENTARY" }]);
    let kept = json!([{ "language": "pt-BR", "level": "NATIVE" }, { "language": "de", "level": "ELEMENTARY" }]);
    let run = app
        .run_with(&ada, UPDATE, json!({ "summary": " *me* ", "languages": languages }))
        .await
        .done();
    assert_eq!(resume(&run), json!(["*me*", kept]));
    assert_eq!(run.text("resumeUpdate.profile.resume.summary.html"), "<p><em>me</em></p>");
    let run = app.run_with(&ada, UPDATE, json!({ "summary": "you" })).await.done();
    assert_eq!(resume(&run), json!(["you", kept]));
    app.app.clock.advance(chrono::TimeDelta::hours(1));
    app.refuses(&ada, UPDATE, json!({ "summary": "you", "languages": kept })).await.done();
    let run = app.run_with(&ada, UPDATE, json!({ "languages": null })).await.done();
    assert_eq!(resume(&run), json!(["you", []]));
    assert_eq!(run.text("resumeUpdate.profile.resume.updatedAt"), "2026-05-04T10:30:00.000Z");
    let run = app.run_with(&ada, UPDATE, json!({ "summary": null })).await.done();
    assert_eq!(resume(&run), json!([null, []]));
}

#[tokio::test]
async fn languages_are_tags_named_once_each() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let tags = ["de", "DE", "xx", "", "deutsch", "zh-Hant", "zh-hant", "a\u{0}"];
    let languages: Vec<_> =
        tags.iter().map(|tag| json!({ "language": tag, "level": "LIMITED" })).collect();
    let wrong = json!({ "summary": "x".repeat(10_001), "languages": languages });
    let run = app.refuses(&ada, UPDATE, wrong).await;
    let expected = [
        "TOO_LONG summary",
        "DUPLICATE languages.1.language",
        "INVALID languages.2.language",
        "INVALID languages.3.language",
        "INVALID languages.4.language",
        "DUPLICATE languages.6.language",
        "INVALID languages.7.language",
    ];
    assert_eq!(run.refusals(), expected);
    let letters = || ('a'..='z').map(|c| c.to_string());
    let many = letters().flat_map(|a| letters().map(move |b| format!("q{a}{b}"))).take(51);
    let many: Vec<_> = many.map(|tag| json!({ "language": tag, "level": "LIMITED" })).collect();
    let run = app.refuses(&ada, UPDATE, json!({ "languages": many })).await;
    assert_eq!(run.refusals(), ["TOO_LONG languages"]);
    assert_eq!(run.at("resumeUpdate.userErrors.0.actual"), &json!(51.0));
    let run = app.run_with(&ada, UPDATE, json!({ "languages": many[..50] })).await.done();
    assert_eq!(run.at("resumeUpdate.profile.resume.languages").as_array().unwrap().len(), 50);
    let level = json!({ "languages": [{ "language": "de", "level": "PERFECT" }] });
    assert_eq!(app.refuses(&ada, UPDATE, level).await.error_code(), "BAD_VARIABLES");
}

#[tokio::test]
async fn only_a_member_and_a_token_for_portfolios_change_a_resume() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let reader = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteProfile]);
    let some = json!({ "summary": "me" });
    assert_eq!(app.refuses(&Guest, UPDATE, some.clone()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.refuses(&reader, UPDATE, some.clone()).await.error_code(), "SCOPE_MISSING");
    let writer = app.by_token(ada, &[Scope::WritePortfolio]);
    app.run_with(&writer, UPDATE, some).await.done();
}
