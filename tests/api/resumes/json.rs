//! The JSON Resume that everybody sees, and the one that its owner sees.

use guildhall::{Actor::Guest, entity::account::Role, scope::Scope};
use serde_json::{Value, json};

use super::samples;
use crate::kit::{TestApp, profile_id};

const BOTH: &str = "query($id: ID!) { profile(by: { id: $id }) { resume {
    jsonResume viewer { jsonResume } } } }";

#[tokio::test]
async fn everybody_but_the_owner_sees_no_way_to_reach_them() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let staff = app.with_role("root", Role::Admin).await;
    let whole = samples::full();
    app.import(&ada, &whole).await.done();
    let mut open = whole.clone();
    let basics = open["basics"].as_object_mut().unwrap();
    basics.remove("email");
    basics.remove("phone");
    let location = basics["location"].as_object_mut().unwrap();
    location.remove("address");
    location.remove("postalCode");

    for who in [&Guest, &grace, &staff, &ada] {
        let run = app.run_with(who, BOTH, json!({ "id": profile_id(&ada) })).await.ok();
        assert_eq!(run.at("profile.resume.jsonResume"), &open);
        let of_viewer = if *who == ada { json!({ "jsonResume": whole }) } else { Value::Null };
        assert_eq!(run.at("profile.resume.viewer"), &of_viewer);
    }
}

#[tokio::test]
async fn a_token_reads_the_whole_only_with_the_scope_for_private_things() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    app.import(&ada, &samples::full()).await.done();
    let ask = || json!({ "id": profile_id(&ada) });
    let reader = app.by_token(ada, &[Scope::ReadPublic, Scope::WritePortfolio]);
    let run = app.run_with(&reader, BOTH, ask()).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    assert_eq!(run.at("profile.resume.viewer"), &Value::Null);
    assert!(run.at("profile.resume.jsonResume").is_object(), "the rest is answered");
    let reader = app.by_token(ada, &[Scope::ReadPrivate]);
    let run = app.run_with(&reader, BOTH, ask()).await.ok();
    assert_eq!(run.at("profile.resume.viewer.jsonResume"), &samples::full());
}

#[tokio::test]
async fn what_was_never_read_is_written_from_the_profile_and_the_columns() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let profile = "mutation { profileUpdate(input: { headline: \"Weaver\", location: \"Lagos\", country: \"NG\",
        website: \"https://ada.example\", links: [{ label: \"Code\", url: \"https://code.example\" }] }) {
        userErrors { code path } } }";
    app.run(&ada, profile).await.done();
    let skills = "mutation { skillsSet(skills: [{ skill: \"Rust\", level: EXPERT, years: 3 }, { skill: \"Looms\" }]) {
        userErrors { code path } } }";
    app.run(&ada, skills).await.done();
    let update = "mutation { resumeUpdate(summary: \"me\", languages: [{ language: \"pt-BR\", level: LIMITED }]) {
        userErrors { code path } } }";
    app.run(&ada, update).await.done();
    app.add_entry(&ada, json!({ "kind": "POSITION", "title": "Weaver", "organization": "Looms", "startsOn": "2014" })).await;
    app.add_entry(
        &ada,
        json!({ "kind": "EDUCATION", "title": "Master", "organization": "U", "grade": "A",
        "highlights": ["c"] }),
    )
    .await;
    app.add_entry(&ada, json!({ "kind": "TALK", "title": "On looms", "location": "Oslo" })).await;

    let expected = json!({
        "$schema": "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
        "basics": { "name": "Ada", "label": "Weaver", "url": "https://ada.example", "summary": "me",
            "location": { "city": "Lagos", "countryCode": "NG" },
            "profiles": [{ "network": "Code", "url": "https://code.example" }] },
        "work": [{ "position": "Weaver", "name": "Looms", "startDate": "2014" }],
        "education": [{ "studyType": "Master", "institution": "U", "score": "A", "courses": ["c"] }],
        "talks": [{ "name": "On looms", "location": "Oslo" }],
        "languages": [{ "language": "Portuguese (BR)", "fluency": "Limited working" }],
        "skills": [{ "name": "Rust", "level": "Expert" }, { "name": "Looms" }],
        "meta": { "version": "v1.0.0", "lastModified": "2026-05-04T09:30:00" },
    });
    let run = app.run_with(&Guest, BOTH, json!({ "id": profile_id(&ada) })).await.ok();
    assert_eq!(run.at("profile.resume.jsonResume"), &expected);
    assert_eq!(app.exported(&ada).await, expected);
}

#[tokio::test]
async fn summaries_are_sanitized_where_they_are_shown() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let evil = "a <script>alert(1)</script> [x](javascript:alert(1)) **b**";
    let document =
        json!({ "basics": { "summary": evil }, "work": [{ "position": "P", "summary": evil }] });
    app.import(&ada, &document).await.done();
    let run = app.run(&ada, "{ viewer { profile { resume { summary { source html text } entries { summary { source html } } } } } }").await.ok();
    for path in ["summary", "entries.0.summary"] {
        let html = run.text(&format!("viewer.profile.resume.{path}.html"));
        assert!(!html.contains("<script") && !html.contains("javascript:"), "{html}");
        assert!(html.contains("<strong>b</strong>"), "{html}");
        assert_eq!(run.text(&format!("viewer.profile.resume.{path}.source")), evil);
    }
}
