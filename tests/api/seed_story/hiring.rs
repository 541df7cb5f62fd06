//! The demo's organizations, postings, applications and saved searches.

use guildhall::Actor;
use serde_json::{Value, json};

use super::{actor, demo};

#[tokio::test]
async fn there_are_postings_in_every_state() {
    let app = demo().await;
    let query = "{ organizations { nodes { slug openJobCount verifiedAt } }
        jobs(first: 100, filter: { states: [OPEN, PAUSED, CLOSED, FILLED, EXPIRED, DRAFT] }) {
          nodes { title jobState } } }";
    let run = app.run(&Actor::Guest, query).await.ok();
    let organizations = run.at("organizations.nodes").as_array().unwrap();
    let open: Vec<_> = organizations
        .iter()
        .map(|one| (one["slug"].as_str().unwrap(), &one["openJobCount"]))
        .collect();
    let (two, one) = (json!(2), json!(1));
    assert_eq!(
        open,
        [("fernway-health", &two), ("lantern-press", &one), ("tidemill-transit", &two)]
    );
    let verified: Vec<_> = organizations.iter().map(|one| one["verifiedAt"].is_string()).collect();
    assert_eq!(verified, [true, false, false]);
    let states = |run: &crate::kit::Run| {
        let mut states = run.list("jobs.nodes", "jobState");
        states.sort();
        states
    };
    let all = ["CLOSED", "EXPIRED", "FILLED", "OPEN", "OPEN", "OPEN", "OPEN", "OPEN", "PAUSED"];
    assert_eq!(states(&run), all);
    // Who hires for it sees its draft, too.
    let lena = app.run(&actor(&app, "lena").await, query).await.ok();
    let mut with_draft = all.to_vec();
    with_draft.insert(1, "DRAFT");
    assert_eq!(states(&lena), with_draft);
}

#[tokio::test]
async fn the_team_sees_applications_in_several_stages_and_an_applicant_their_own_half() {
    let app = demo().await;
    let query = r#"{ job(by: { slug: "backend-engineer-patient-records" }) {
        questions { key type } applicationCount stages { name count }
        applications { nodes { name applicationState stage { name } rating notes { text }
            reviewers { handle } answers { label } history { applicationState message { text } } } } } }"#;
    let hana = app.run(&actor(&app, "hana").await, query).await.ok();
    let kinds = hana.list("job.questions", "type");
    assert_eq!(kinds, ["TEXT", "MULTI_CHOICE", "LONG_TEXT"]);
    assert_eq!(hana.at("job.applicationCount"), &json!(4));
    let counts: Vec<_> =
        hana.at("job.stages").as_array().unwrap().iter().map(|it| &it["count"]).collect();
    assert_eq!(json!(counts), json!([1, 1, 1, 0, 0, 1]));
    let all = hana.at("job.applications.nodes").as_array().unwrap();
    let stands = |one: &Value| {
        let [name, state] = ["name", "applicationState"].map(|key| one[key].as_str().unwrap());
        let (rating, notes) = (&one["rating"], one["notes"].as_array().unwrap().len());
        format!("{name}: {state} {rating} {notes}")
    };
    let found: Vec<String> = all.iter().map(stands).collect();
    let expected = [
        "Goran Novak: SUBMITTED null 0",
        "Kofi Mensah: IN_REVIEW 5 0",
        "Jonas Weber: REJECTED 2 1",
        "Diego Navarro: INTERVIEWING 4 2",
    ];
    assert_eq!(found, expected);
    let diego = json!([
        { "applicationState": "SUBMITTED", "message": null },
        { "applicationState": "IN_REVIEW", "message": null },
        { "applicationState": "INTERVIEWING",
            "message": { "text": "Could you come on Thursday at ten? Two of us will be there, and coffee." } },
    ]);
    assert_eq!(all[3]["history"], diego);

    let query =
        "{ viewer { applications { nodes { job { title } applicationState rating notes { text }
        reviewers { handle } stage { name } portfolioItems { slug } } } } }";
    let run = app.run(&actor(&app, "kofi").await, query).await.ok();
    let own = json!([{ "job": { "title": "Backend Engineer, patient records" }, "applicationState": "IN_REVIEW",
        "rating": null, "notes": null, "reviewers": null, "stage": null,
        "portfolioItems": [{ "slug": "planner-notebook" }] }]);
    assert_eq!(run.at("viewer.applications.nodes"), &own);
    let run = app.run(&actor(&app, "ada").await, query).await.ok();
    assert_eq!(run.list("viewer.applications.nodes", "applicationState"), ["WITHDRAWN"]);
}

#[tokio::test]
async fn saved_searches_of_the_demo_find_and_are_new_as_they_say() {
    let app = demo().await;
    let query =
        "{ viewer { jobSearches { name alert isBroken newCount jobs { nodes { title } } } } }";
    let of = async |handle: &str| app.run(&actor(&app, handle).await, query).await.ok();
    let diego = of("diego").await;
    let rust = json!([{ "name": "Rust, wherever it is", "alert": "OFF", "isBroken": false, "newCount": 1,
        "jobs": { "nodes": [{ "title": "Backend Engineer, patient records" }] } }]);
    assert_eq!(diego.at("viewer.jobSearches"), &rust);
    let goran = of("goran").await;
    let searches = goran.at("viewer.jobSearches").as_array().unwrap();
    let numbers: Vec<_> = searches.iter().map(|one| (&one["newCount"], &one["isBroken"])).collect();
    assert_eq!(json!(numbers), json!([[3, false], [0, false]]));
    // What would tell by mail has nothing to tell.
    assert_eq!(searches[1]["alert"], "DAILY");
    let ines = of("ines").await;
    assert_eq!(ines.at("viewer.jobSearches.0.newCount"), &json!(0));
    assert_eq!(ines.list("viewer.jobSearches.0.jobs.nodes", "title"), ["Accessibility Specialist"]);
}
