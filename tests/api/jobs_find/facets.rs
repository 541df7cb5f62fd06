//! Counts beside what is found.

use guildhall::{
    Actor::Guest,
    entity::job::{Employment, Seniority, State, Workplace},
    graph::encode,
};
use serde_json::{Value, json};

use super::kit::{FACETS, Post};
use crate::kit::{Run, TestApp};

fn counts(run: &Run, facet: &str) -> Vec<String> {
    let list = run.at(&format!("jobs.facets.{facet}")).as_array().unwrap();
    let words = |one: &Value| format!("{} {}", one["key"].as_str().unwrap(), one["count"]);
    list.iter().map(words).collect()
}

#[tokio::test]
async fn each_facet_counts_without_its_own_choice() {
    let app = TestApp::new().await;
    let (loom, mill) = (app.hirer("Loom", &[]).await, app.hirer("Mill", &[]).await);
    let a = Post {
        employment: &[Employment::FullTime, Employment::Contract],
        seniority: Some(Seniority::Senior),
        workplace: Workplace::Remote,
        countries: &["DE", "FR"],
        skills: &["Rust", "looms"],
        ..Post::default()
    };
    app.post_job(loom, a.clone()).await;
    let b = Post { countries: &["DE"], skills: &["looms"], ..Post::default() };
    app.post_job(mill, b).await;
    app.post_job(mill, Post { state: State::Paused, ..a }).await;
    let ids = [loom, mill].map(|id| encode("organization", id).to_string());
    let facets =
        async |filter: Value| app.run_with(&Guest, FACETS, json!({ "filter": filter })).await.ok();

    let run = facets(json!({})).await;
    assert_eq!(counts(&run, "employment"), ["FULL_TIME 2", "CONTRACT 1"]);
    assert_eq!(run.text("jobs.facets.employment.0.label"), "Full time");
    assert_eq!(counts(&run, "seniority"), ["SENIOR 1"]);
    assert_eq!(counts(&run, "workplace"), ["ON_SITE 1", "REMOTE 1"]);
    assert_eq!(counts(&run, "country"), ["DE 2", "FR 1"]);
    assert_eq!(run.text("jobs.facets.country.1.label"), "France");
    assert_eq!(counts(&run, "skill"), ["looms 2", "rust 1"]);
    assert_eq!(run.text("jobs.facets.skill.1.label"), "Rust");
    assert_eq!(counts(&run, "organization"), [format!("{} 1", ids[0]), format!("{} 1", ids[1])]);
    assert_eq!(run.text("jobs.facets.organization.0.label"), "Loom");

    let run = facets(json!({ "countries": ["FR"] })).await;
    assert_eq!(counts(&run, "country"), ["DE 2", "FR 1"]);
    assert_eq!(counts(&run, "workplace"), ["REMOTE 1"]);

    let chosen = json!({ "countries": ["FR"], "workplace": ["ON_SITE"] });
    let run = facets(chosen).await;
    assert_eq!(counts(&run, "country"), ["DE 1"]);
    assert_eq!(counts(&run, "workplace"), ["REMOTE 1"]);
    assert_eq!(counts(&run, "skill"), [""; 0]);

    let all = json!({ "countries": ["DE"], "workplace": ["REMOTE"], "skills": ["rust"],
        "employment": ["CONTRACT"], "seniority": ["SENIOR"], "organization": ids[0] });
    let run = facets(all).await;
    for facet in ["employment", "seniority", "workplace", "country", "skill", "organization"] {
        assert_ne!(counts(&run, facet), [""; 0], "{facet}");
    }
    assert_eq!(counts(&run, "organization"), [format!("{} 1", ids[0])]);
    assert_eq!(counts(&run, "skill"), ["looms 1", "rust 1"]);

    let run = facets(json!({ "text": "weaver", "states": ["PAUSED"] })).await;
    assert_eq!(counts(&run, "country"), ["DE 1", "FR 1"]);
    let run = facets(json!({ "text": "nothing like this" })).await;
    assert_eq!(counts(&run, "country"), [""; 0]);
    let run = facets(json!({ "text": "!" })).await;
    assert_eq!(counts(&run, "country"), [""; 0]);
}

#[tokio::test]
async fn long_facets_tell_the_twenty_most_frequent() {
    let app = TestApp::new().await;
    for n in 0..22 {
        let one = app.hirer(&format!("Org{n:02}"), &[]).await;
        let skill: &'static str = Box::leak(format!("skill{n:02}").into_boxed_str());
        let skills: &'static [&'static str] = Box::leak(vec![skill, "all"].into_boxed_slice());
        app.post_job(one, Post { skills, ..Post::default() }).await;
        if n == 21 {
            app.post_job(one, Post::default()).await;
        }
    }
    let run = app.run_with(&Guest, FACETS, json!({})).await.ok();
    for facet in ["skill", "organization"] {
        assert_eq!(counts(&run, facet).len(), 20);
    }
    assert_eq!(run.text("jobs.facets.skill.0.label"), "all");
    assert_eq!(run.text("jobs.facets.organization.0.label"), "Org21");
    assert_eq!(run.sql.len(), 2);
}
