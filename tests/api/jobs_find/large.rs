//! Words that very many postings have, and what is kept of them for finding.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use guildhall::{
    Actor::Guest,
    entity::job::{Employment, Seniority, State, Workplace},
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::kit::{FACETS, Post};
use crate::kit::{Run, TestApp};

impl TestApp {
    async fn sql(&self, text: &str) {
        self.app.db.write.execute_unprepared(text).await.unwrap();
    }

    async fn facets(&self, filter: Value) -> Run {
        self.run_with(&Guest, FACETS, json!({ "filter": filter })).await.ok()
    }
}

/// Copies of the only posting, each a minute older than the one before.
const COPIES: &str = "INSERT INTO job SELECT (jsonb_populate_record(j, jsonb_build_object(\
    'id', gen_random_uuid(), 'slug', 'copy-' || n, 'title', 'Copy' || n, \
    'published_at', j.published_at - n * interval '1 minute'))).* \
    FROM job j CROSS JOIN generate_series(1, 1100) AS n";
const DOCUMENTS: &str = "INSERT INTO search_document SELECT (jsonb_populate_record(d, \
    jsonb_build_object('subject', j.id))).* FROM search_document d CROSS JOIN job j \
    WHERE NOT EXISTS (SELECT 1 FROM search_document o WHERE o.subject = j.id)";

#[tokio::test]
async fn of_a_word_that_very_many_have_the_newest_are_ranked_and_each_is_shown_once() {
    let app = TestApp::new().await;
    if !app.is_postgres() {
        return;
    }
    let mill = app.hirer("Mill", &[]).await;
    app.app.clock.advance(TimeDelta::days(30));
    app.post_job(mill, Post { title: "Copy0", body: "a loom and soup", ..Post::default() }).await;
    app.sql(COPIES).await;
    app.sql(DOCUMENTS).await;
    let best = |title| Post { title, body: "loom loom loom", ..Post::default() };
    app.app.clock.advance(TimeDelta::minutes(1));
    app.post_job(mill, best("Loom new")).await;
    let old = app.post_job(mill, best("Loom old")).await;
    app.sql(&format!("UPDATE job SET published_at = '2026-01-01' WHERE id = '{old}'")).await;
    let (mut titles, mut after) = (Vec::new(), Value::Null);
    loop {
        let asked = json!({ "filter": { "text": "loom" }, "first": 100, "after": after });
        let run = app.jobs(&Guest, asked).await.ok();
        titles.extend(run.list("jobs.nodes", "title"));
        if run.at("jobs.pageInfo.hasNextPage") == &json!(false) {
            break;
        }
        after = run.at("jobs.pageInfo.endCursor").clone();
        app.app.clock.advance(TimeDelta::minutes(1));
        app.post_job(mill, Post { title: "Later", body: "a loom", ..Post::default() }).await;
    }
    assert_eq!(titles[0], "Loom new");
    assert_eq!(titles.last().unwrap(), "Loom old");
    // Those behind the ranked, the newest first.
    let expected: Vec<String> = (1_000..=1_100).map(|n| format!("Copy{n}")).collect();
    let end = titles.len() - 1;
    assert_eq!(titles[end - 101..end], expected);
    titles.retain(|title| title != "Later");
    assert_eq!(titles.len(), 1_103);
    assert_eq!(titles.into_iter().collect::<BTreeSet<_>>().len(), 1_103);
}

#[tokio::test]
async fn postings_are_found_by_what_they_are_now_whichever_way_they_change() {
    let app = TestApp::new().await;
    let mill = app.hirer("Mill", &[]).await;
    let post =
        Post { body: "looms", countries: &["DE", "FR"], skills: &["rust"], ..Post::default() };
    let id = app.post_job(mill, post).await;
    let key = match app.is_postgres() {
        true => format!("'{id}'"),
        false => format!("X'{}'", id.simple()),
    };
    let keys = async |filter: Value, facet: &str| -> Vec<String> {
        app.facets(filter).await.list(&format!("jobs.facets.{facet}"), "key")
    };
    let looms = || json!({ "text": "looms" });
    assert_eq!(keys(looms(), "country").await, ["DE", "FR"]);
    for field in ["PUBLISHED", "CLOSES", "SALARY"] {
        let order = json!({ "filter": looms(), "orderBy": { "field": field } });
        assert_eq!(app.jobs(&Guest, order).await.ok().list("jobs.nodes", "title"), ["Weaver"]);
    }
    app.sql(&format!("DELETE FROM job_country WHERE job_id = {key} AND country = 'DE'")).await;
    assert_eq!(keys(looms(), "country").await, ["FR"]);
    app.sql(&format!("UPDATE job_country SET country = 'ES' WHERE job_id = {key}")).await;
    assert_eq!(keys(looms(), "country").await, ["ES"]);
    assert_eq!(keys(looms(), "skill").await, ["rust"]);
    app.sql("DELETE FROM tag").await;
    assert_eq!(keys(looms(), "skill").await, [""; 0]);
    app.sql("UPDATE job SET seniority = 'lead', employment = 2, workplace = 'remote'").await;
    assert_eq!(keys(looms(), "seniority").await, ["LEAD"]);
    assert_eq!(keys(looms(), "workplace").await, ["REMOTE"]);
    assert_eq!(
        keys(json!({ "text": "looms", "employment": ["FULL_TIME"] }), "seniority").await,
        [""; 0]
    );
    app.set_job(id, State::Paused).await;
    assert_eq!(keys(looms(), "workplace").await, [""; 0]);
    assert_eq!(
        app.jobs_found(&Guest, json!({ "text": "looms", "states": ["PAUSED"] })).await,
        ["Weaver"]
    );
    app.set_job(id, State::Open).await;
    guildhall::index::remove(&app.app.db.write, id).await.unwrap();
    assert_eq!(app.jobs_found(&Guest, looms()).await, [""; 0]);
    assert_eq!(keys(looms(), "workplace").await, [""; 0]);
    app.sql("DELETE FROM job").await;
    assert_eq!(keys(json!({ "workplace": ["REMOTE"] }), "workplace").await, [""; 0]);
}

/// What is counted by the tables themselves, one posting after the other.
async fn counted(app: &TestApp, condition: &str) -> i64 {
    let text = format!("SELECT count(*) FROM job j WHERE j.state = 'open' AND {condition}");
    let text = Statement::from_string(app.app.db.backend(), text);
    app.app.db.write.query_one_raw(text).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn facets_count_what_is_there_with_and_without_words() {
    let app = TestApp::new().await;
    let mill = app.hirer("Mill", &[]).await;
    let employments: [&[Employment]; 3] =
        [&[Employment::FullTime], &[Employment::PartTime, Employment::FullTime], &[]];
    let seniorities = [None, Some(Seniority::Lead), Some(Seniority::Junior)];
    let countries: [&[&str]; 4] = [&[], &["DE"], &["DE", "FR"], &["ES"]];
    for n in 0..40_usize {
        let post = Post {
            body: if n % 5 == 0 { "soup" } else { "looms" },
            employment: employments[n % 3],
            seniority: seniorities[n / 2 % 3],
            workplace: [Workplace::Remote, Workplace::OnSite][n / 3 % 2],
            countries: countries[n / 4 % 4],
            state: if n % 7 == 0 { State::Closed } else { State::Open },
            ..Post::default()
        };
        app.post_job(mill, post).await;
    }
    let full = "j.employment % 2 = 1";
    let german = "EXISTS (SELECT 1 FROM job_country c WHERE c.job_id = j.id AND c.country = 'DE')";
    let looms = "j.description_source = 'looms'";
    for (text, words) in [(Value::Null, "1 = 1"), (json!("looms"), looms)] {
        let filter = json!({ "text": text, "employment": ["FULL_TIME"], "countries": ["DE"] });
        let run = app.facets(filter).await;
        let count = |facet: &str, key: &str| {
            let list = run.at(&format!("jobs.facets.{facet}")).as_array().unwrap();
            let one = list.iter().find(|one| one["key"] == key);
            one.map_or(0, |one| one["count"].as_i64().unwrap())
        };
        let remote = format!("{words} AND {full} AND {german} AND j.workplace = 'remote'");
        assert_eq!(count("workplace", "REMOTE"), counted(&app, &remote).await);
        let lead = format!("{words} AND {full} AND {german} AND j.seniority = 'lead'");
        assert_eq!(count("seniority", "LEAD"), counted(&app, &lead).await);
        let there = format!("{words} AND {full} AND {german}");
        assert_eq!(count("country", "DE"), counted(&app, &there).await);
        assert_ne!(count("country", "DE"), 0);
        let spanish = format!("{words} AND {full} AND {}", german.replace("DE", "ES"));
        assert_eq!(count("country", "ES"), counted(&app, &spanish).await);
        let part = format!("{words} AND {german} AND j.employment > 1");
        assert_eq!(count("employment", "PART_TIME"), counted(&app, &part).await);
    }
}

#[tokio::test]
async fn what_all_open_postings_have_is_ten_seconds_old_at_most() {
    let app = TestApp::new().await;
    let mill = app.hirer("Mill", &[]).await;
    app.post_job(mill, Post { workplace: Workplace::Remote, ..Post::default() }).await;
    let remote = async |filter: Value| {
        let run = app.facets(filter).await;
        (run.at("jobs.facets.workplace.0.count").as_i64(), run.sql.len())
    };
    assert_eq!(remote(json!({})).await, (Some(1), 2));
    app.post_job(mill, Post { workplace: Workplace::Remote, ..Post::default() }).await;
    let draft = Post { workplace: Workplace::Remote, state: State::Draft, ..Post::default() };
    app.post_job(mill, draft).await;
    // Kept; but nothing else is.
    assert_eq!(remote(json!({})).await, (Some(1), 1));
    assert_eq!(remote(json!({ "workplace": ["REMOTE"] })).await, (Some(2), 2));
    app.app.clock.advance(TimeDelta::milliseconds(9_999));
    assert_eq!(remote(json!({})).await, (Some(1), 1));
    app.app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(remote(json!({})).await, (Some(2), 2));
    // Another community has its own.
    let other = TestApp::new().await;
    assert_eq!(other.facets(json!({})).await.at("jobs.facets.workplace"), &json!([]));
}
