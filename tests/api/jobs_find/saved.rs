//! Searches that are kept.

use chrono::TimeDelta;
use guildhall::{
    Actor::{self, Guest},
    entity::saved_search,
    scope::Scope,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use super::kit::Post;
use crate::kit::{Run, TestApp, key};

pub const SAVE: &str = "mutation($id: ID, $input: JobSearchInput!) { jobSearchSave(id: $id, input: $input) {
    jobSearch { id name alert filterJson isBroken newCount lastSentAt } userErrors { code path message } } }";
const LIST: &str = "query($first: Int = 20, $after: String) { viewer { jobSearches { name isBroken newCount
    jobs(first: $first, after: $after) { nodes { title } pageInfo { hasNextPage endCursor } } } } }";

impl TestApp {
    /// Keeps a search and answers its id.
    pub async fn keeps(&self, who: &Actor, filter: Value, alert: &str) -> String {
        let input = json!({ "name": "Mine", "filter": filter, "alert": alert });
        let run = self.run_with(who, SAVE, json!({ "input": input })).await.done();
        run.text("jobSearchSave.jobSearch.id").to_owned()
    }

    async fn searches(&self, who: &Actor) -> Run {
        self.run_with(who, LIST, json!({})).await.ok()
    }
}

#[tokio::test]
async fn a_search_is_kept_changed_seen_and_forgotten() {
    let app = TestApp::new().await;
    let (ada, mill) = (app.member("ada").await, app.hirer("Mill", &[]).await);
    app.post_job(mill, Post { title: "Old", body: "looms", ..Post::default() }).await;
    app.app.clock.advance(TimeDelta::hours(1));
    let filter = json!({ "text": "looms", "employment": ["FULL_TIME"],
        "salaryAtLeast": { "amount": "0", "currency": "EUR" } });
    let input = json!({ "name": " Looms ", "filter": filter });
    let run = app.run_with(&ada, SAVE, json!({ "input": input })).await;
    assert_eq!(run.refusals(), [""; 0]);
    let kept = run.at("jobSearchSave.jobSearch").clone();
    assert_eq!(kept["name"], "Looms");
    assert_eq!(kept["alert"], "DAILY");
    assert_eq!(kept["filterJson"]["salaryAtLeast"]["amount"], "0");
    assert_eq!((&kept["isBroken"], &kept["newCount"]), (&json!(false), &json!(0)));
    let id = kept["id"].as_str().unwrap();
    let input = json!({ "name": "All", "filter": { "text": "looms" }, "alert": "OFF" });
    app.run_with(&ada, SAVE, json!({ "id": id, "input": input })).await.done();
    app.app.clock.advance(TimeDelta::hours(1));
    app.post_job(mill, Post { title: "New", body: "looms", ..Post::default() }).await;
    app.post_job(mill, Post { title: "Other", body: "soup", ..Post::default() }).await;
    let run = app.searches(&ada).await;
    assert_eq!(run.list("viewer.jobSearches.0.jobs.nodes", "title"), ["New", "Old"]);
    assert_eq!(run.at("viewer.jobSearches.0.newCount"), 1);
    let run = app.run_with(&ada, LIST, json!({ "first": 1 })).await.ok();
    assert_eq!(run.list("viewer.jobSearches.0.jobs.nodes", "title"), ["New"]);
    let after = run.at("viewer.jobSearches.0.jobs.pageInfo.endCursor").clone();
    let run = app.run_with(&ada, LIST, json!({ "first": 1, "after": after })).await.ok();
    assert_eq!(run.list("viewer.jobSearches.0.jobs.nodes", "title"), ["Old"]);
    app.app.clock.advance(TimeDelta::hours(1));
    app.act(&ada, "jobSearchSeen", id).await.done();
    assert_eq!(app.searches(&ada).await.at("viewer.jobSearches.0.newCount"), 0);
    app.act(&ada, "jobSearchDelete", id).await.done();
    assert_eq!(app.searches(&ada).await.at("viewer.jobSearches"), &json!([]));
}

#[tokio::test]
async fn nobody_touches_anothers_search_and_nonsense_is_refused() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let id = app.keeps(&ada, json!({}), "OFF").await;
    let input = json!({ "name": "x" });
    let run = app.refuses(&ben, SAVE, json!({ "id": id, "input": input })).await;
    assert_eq!(run.refusals(), ["NOT_FOUND id"]);
    for field in ["jobSearchSeen", "jobSearchDelete"] {
        assert_eq!(app.refuses_act(&ben, field, &id).await, ["NOT_FOUND id"]);
        assert_eq!(app.refuses_act(&ada, field, "nonsense").await, ["NOT_FOUND id"]);
    }
    let reader = app.by_token(ada, &[Scope::ReadPrivate]);
    let run = app.refuses(&reader, SAVE, json!({ "input": input })).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    let run = app.refuses(&Guest, SAVE, json!({ "input": input })).await;
    assert_eq!(run.error_code(), "UNAUTHENTICATED");
    for (input, refused) in [
        (json!({ "name": " " }), "REQUIRED input.name"),
        (json!({ "name": "x", "filter": { "countries": ["XX"] } }), "INVALID input.filter"),
        (json!({ "name": "x", "filter": { "text": "c".repeat(201) } }), "INVALID input.filter"),
    ] {
        let run = app.refuses(&ada, SAVE, json!({ "input": input })).await;
        assert_eq!(run.refusals(), [refused]);
    }
    for _ in 1..50 {
        app.keeps(&ada, json!({}), "OFF").await;
    }
    let run = app.refuses(&ada, SAVE, json!({ "input": input })).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED "]);
}

#[tokio::test]
async fn a_search_that_is_not_understood_finds_nothing_and_says_so() {
    let app = TestApp::new().await;
    let (ada, mill) = (app.member("ada").await, app.hirer("Mill", &[]).await);
    let id = key("job_search", &app.keeps(&ada, json!({}), "DAILY").await);
    app.keeps(&ada, json!({}), "DAILY").await;
    app.post_job(mill, Post::default()).await;
    let db = &app.app.db.write;
    let row = saved_search::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.filter = Set(r#"{"employment":["GIG"]}"#.to_owned());
    row.update(db).await.unwrap();
    let run = app.searches(&ada).await;
    let expected = json!([true, 0, []]);
    let broken = run.at("viewer.jobSearches.0");
    assert_eq!(json!([broken["isBroken"], broken["newCount"], broken["jobs"]["nodes"]]), expected);
    assert_eq!(run.at("viewer.jobSearches.1.newCount"), 1);
    app.app.clock.advance(TimeDelta::days(1));
    guildhall::work::fire(&app.app).await.unwrap();
    app.work().await;
    assert_eq!(app.alerts(&ada).await.len(), 1);
}

#[tokio::test]
async fn many_searches_are_read_together() {
    for size in [2, 20] {
        let app = TestApp::new().await;
        let (ada, mill) = (app.member("ada").await, app.hirer("Mill", &[]).await);
        for n in 0..size {
            app.keeps(&ada, json!({ "text": "weaver", "skills": [format!("s{n}")] }), "OFF").await;
            app.keeps(&ada, json!({ "text": "weaver" }), "OFF").await;
        }
        app.post_job(mill, Post::default()).await;
        let run = app.searches(&ada).await;
        assert_eq!(run.at("viewer.jobSearches.0.newCount"), 0);
        assert_eq!(run.at("viewer.jobSearches.1.newCount"), 1);
        // Searches, what they find, and how much of it is new.
        assert_eq!(run.sql.len(), 3, "{:#?}", run.sql);
    }
}

#[tokio::test]
async fn one_keeps_fifty_searches_and_of_many_at_once_no_more() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    for _ in 0..48 {
        app.keeps(&ada, json!({}), "OFF").await;
    }
    let input = json!({ "input": { "name": "One more" } });
    let asks = (0..4).map(|_| app.run_with(&ada, SAVE, input.clone()));
    let runs = futures_util::future::join_all(asks).await;
    let refused: Vec<_> = runs.iter().flat_map(Run::refusals).collect();
    assert_eq!(refused, ["QUOTA_EXCEEDED "; 2]);
    assert_eq!(app.refuses(&ada, SAVE, input.clone()).await.refusals(), ["QUOTA_EXCEEDED "]);
    app.run_with(&bob, SAVE, input).await.done();
}
