//! What a filter finds, and what it costs.

use chrono::TimeDelta;
use guildhall::{
    Actor::{self, Guest},
    entity::{
        account,
        job::{Employment, Seniority, State, Workplace},
        organization_member::Role,
    },
    graph::encode,
};
use serde_json::{Value, json};

use super::kit::{FACETS, JOBS, Post};
use crate::kit::TestApp;

const NONE: [&str; 0] = [];

#[tokio::test]
async fn all_conditions_hold_and_a_list_means_any_of() {
    let app = TestApp::new().await;
    let (loom, mill) = (app.hirer("Loom", &[]).await, app.hirer("Mill", &[]).await);
    let a = Post {
        title: "A",
        employment: &[Employment::FullTime, Employment::Contract],
        seniority: Some(Seniority::Senior),
        workplace: Workplace::Remote,
        countries: &["DE", "FR"],
        skills: &["Rust", "looms"],
        salary: Some(6_000_000),
        visa: Some(true),
        language: Some("de-AT"),
        ..Post::default()
    };
    app.post_job(loom, a).await;
    app.app.clock.advance(TimeDelta::days(1));
    let b = Post {
        title: "B",
        employment: &[Employment::PartTime],
        seniority: Some(Seniority::Junior),
        countries: &["ES"],
        skills: &["looms"],
        visa: Some(false),
        ..Post::default()
    };
    app.post_job(mill, b).await;
    let mill = encode("organization", mill);
    let year = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let hour = json!({ "amount": "28.84", "currency": "eur", "per": "HOUR" });
    for (filter, expected) in [
        (json!({}), &["B", "A"][..]),
        (json!({ "employment": ["CONTRACT", "PART_TIME"] }), &["B", "A"]),
        (json!({ "employment": ["CONTRACT"] }), &["A"]),
        (json!({ "employment": [] }), &["B", "A"]),
        (json!({ "seniority": ["JUNIOR", "LEAD"] }), &["B"]),
        (json!({ "workplace": ["REMOTE"] }), &["A"]),
        (json!({ "countries": ["fr", "DE"] }), &["A"]),
        (json!({ "skills": ["#RUST"] }), &["A"]),
        (json!({ "skills": ["rust", "looms"] }), &["B", "A"]),
        (json!({ "skills": ["!"] }), &[]),
        (json!({ "organization": mill }), &["B"]),
        (json!({ "organization": "nobody" }), &[]),
        (json!({ "salaryAtLeast": year("60000") }), &["A"]),
        (json!({ "salaryAtLeast": year("60000.01") }), &[]),
        (json!({ "salaryAtLeast": hour }), &["A"]),
        (json!({ "salaryAtLeast": { "amount": "1", "currency": "XXX" } }), &[]),
        (json!({ "visaSponsorship": true }), &["A"]),
        (json!({ "visaSponsorship": false }), &["B"]),
        (json!({ "language": "de" }), &["A"]),
        (json!({ "language": "d" }), &[]),
        (json!({ "published": { "from": "2026-05-05T00:00:00Z" } }), &["B"]),
        (json!({ "published": { "to": "2026-05-05T00:00:00Z" } }), &["A"]),
        (json!({ "employment": ["CONTRACT"], "countries": ["ES"] }), &[]),
    ] {
        if filter["language"] == "d" {
            assert_eq!(
                app.jobs(&Guest, json!({ "filter": filter })).await.error_code(),
                "BAD_REQUEST"
            );
            continue;
        }
        assert_eq!(app.jobs_found(&Guest, filter.clone()).await, expected, "{filter}");
    }
    for bad in [
        json!({ "countries": ["XX"] }),
        json!({ "salaryAtLeast": { "amount": "1", "currency": "E" } }),
        json!({ "text": "c".repeat(201) }),
        json!({ "skills": vec!["a"; 51] }),
    ] {
        assert_eq!(app.jobs(&Guest, json!({ "filter": bad })).await.error_code(), "BAD_REQUEST");
    }
}

#[tokio::test]
async fn words_are_found_and_marked_and_nothing_else_is_html() {
    let app = TestApp::new().await;
    let mill = app.hirer("Mill", &[]).await;
    let body = "We need <img src=x onerror=alert(1)> a person who loves looms & threads";
    app.post_job(mill, Post { title: "<b>Weaver</b>", body, ..Post::default() }).await;
    app.post_job(mill, Post { title: "Cook", body: "soup", ..Post::default() }).await;
    let run = app.jobs(&Guest, json!({ "filter": { "text": "looms weav" } })).await.ok();
    assert_eq!(
        run.text("jobs.edges.0.highlight"),
        "We need &lt;img src=x onerror=alert(1)&gt; a person who loves <mark>looms</mark> &amp; threads"
    );
    let run = app.jobs(&Guest, json!({ "filter": { "text": "weaver" } })).await.ok();
    assert_eq!(run.text("jobs.edges.0.highlight"), "&lt;b&gt;<mark>Weaver</mark>&lt;/b&gt;");
    let run = app.jobs(&Guest, json!({ "filter": { "text": "  " } })).await.ok();
    assert_eq!(run.list("jobs.nodes", "title"), ["Cook", "<b>Weaver</b>"]);
    assert_eq!(run.at("jobs.edges.0.highlight"), &Value::Null);
    assert_eq!(app.jobs_found(&Guest, json!({ "text": "soup looms" })).await, NONE);
    assert_eq!(app.jobs_found(&Guest, json!({ "text": "!!" })).await, NONE);
}

async fn team(app: &TestApp) -> (Actor, Actor, Actor, Actor) {
    let (mona, mel) = (app.member("mona").await, app.member("mel").await);
    let (stan, root) =
        (app.member("stan").await, app.with_role("root", account::Role::Admin).await);
    let mill = app.hirer("Mill", &[(&mona, Role::Moderator), (&mel, Role::Member)]).await;
    let draft = Post {
        title: "Secret",
        body: "secret looms",
        state: State::Draft,
        employment: &[Employment::Volunteer],
        seniority: Some(Seniority::Executive),
        workplace: Workplace::Remote,
        countries: &["MT"],
        skills: &["secrets"],
        ..Post::default()
    };
    app.post_job(mill, draft).await;
    app.post_job(mill, Post { title: "Shut", state: State::Closed, ..Post::default() }).await;
    (mona, mel, stan, root)
}

#[tokio::test]
async fn drafts_are_found_by_who_hires_alone_through_facets_too() {
    let app = TestApp::new().await;
    let (mona, mel, stan, root) = team(&app).await;
    let token = app.by_token(mona, &[]);
    for filter in [
        json!({ "states": ["DRAFT"] }),
        json!({ "states": ["DRAFT"], "text": "secret" }),
        json!({ "states": ["DRAFT"], "skills": ["secrets"], "countries": ["MT"] }),
    ] {
        for actor in [&Guest, &mel, &stan, &token] {
            assert_eq!(app.jobs_found(actor, filter.clone()).await, NONE, "{actor:?} {filter}");
            let run = app.run_with(actor, FACETS, json!({ "filter": filter })).await.ok();
            let empty =
                ["employment", "seniority", "workplace", "country", "skill", "organization"];
            for facet in empty {
                assert_eq!(run.at(&format!("jobs.facets.{facet}")), &json!([]), "{actor:?}");
            }
        }
        for actor in [&mona, &root] {
            assert_eq!(
                app.jobs_found(actor, filter.clone()).await,
                ["Secret"],
                "{actor:?} {filter}"
            );
            let run = app.run_with(actor, FACETS, json!({ "filter": filter })).await.ok();
            assert_eq!(run.at("jobs.facets.seniority.0.key"), "EXECUTIVE");
        }
    }
    assert_eq!(app.jobs_found(&mona, json!({})).await, NONE);
    assert_eq!(
        app.jobs_found(&mona, json!({ "states": ["CLOSED", "DRAFT"] })).await,
        ["Shut", "Secret"]
    );
    assert_eq!(app.jobs_found(&Guest, json!({ "states": ["CLOSED", "DRAFT"] })).await, ["Shut"]);
}

#[tokio::test]
async fn a_page_with_organizations_facets_and_marks_is_four_statements() {
    for size in [2, 20] {
        let app = TestApp::new().await;
        for n in 0..size {
            let one = app.hirer(&format!("Org{n}"), &[]).await;
            let post =
                Post { body: "looms", countries: &["DE"], skills: &["rust"], ..Post::default() };
            app.post_job(one, post).await;
        }
        let stan = app.member("stan").await;
        let query = "query($filter: JobFilter) { jobs(filter: $filter, first: 20) {
            edges { highlight node { title organization { id } } } facets {
                employment { count } seniority { count } workplace { count } country { count }
                skill { count } organization { count } } } }";
        let filter = json!({ "text": "loom", "countries": ["DE"], "employment": ["FULL_TIME"] });
        for actor in [&Guest, &stan] {
            let run = app.run_with(actor, query, json!({ "filter": filter })).await.ok();
            assert_eq!(run.at("jobs.edges").as_array().unwrap().len(), size);
            assert_eq!(run.at("jobs.facets.country.0.count"), &json!(size));
            assert_eq!(run.sql.len(), 4, "{:#?}", run.sql);
            let run = app.run_with(actor, JOBS, json!({ "filter": {} })).await.ok();
            assert_eq!(run.sql.len(), 1, "{:#?}", run.sql);
        }
    }
}
