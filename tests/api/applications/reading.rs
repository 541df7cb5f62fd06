//! Lists of applications, page by page and batched.

use chrono::TimeDelta;
use guildhall::{
    Actor, applications::service::can_apply, cx::Cx, entity::account::Role, entity::file::Kind,
    infra::reader::Reader,
};
use serde_json::{Value, json};

use super::kit::{NOTE, RATE, WITHDRAW, desk};
use crate::kit::profile_id;
use crate::portfolio::kit::{file, publish};

const LIST: &str = "query($job: ID!, $first: Int!, $after: String, $filter: ApplicationFilter) {
    applications(job: $job, first: $first, after: $after, filter: $filter) {
        nodes { id name } pageInfo { hasNextPage endCursor } } }";

#[tokio::test]
async fn a_page_costs_as_many_statements_with_few_as_with_many() {
    let desk = desk().await;
    let page = "query($job: ID!) { applications(job: $job, first: 30) { nodes {
        id name job { id } applicant { handle } resume { name } answers { field files { name } }
        portfolioItems { title } links { label } history { applicationState by { handle } }
        stage { name } rating notes { text author { handle } } reviewers { handle }
        viewer { isApplicant canWithdraw canMove } } } }";
    desk.set_job(|job| job.questions = json!([{ "key": "cv", "label": "CV", "kind": "FILE", "required": false, "options": [], "file_types": [] }]).to_string()).await;
    let mut costs = Vec::new();
    for at in 0..30 {
        desk.app.app.clock.advance(TimeDelta::milliseconds(1));
        let who = desk.app.member(&format!("weaver{at}")).await;
        let (resume, cv) =
            (file(&desk.app, &who, Kind::Document).await, file(&desk.app, &who, Kind::Image).await);
        let item = publish(&desk.app, &who, json!({ "title": "Cloth", "story": "Woven" })).await;
        let more = json!({ "resume": resume, "portfolioItems": [item], "answers": [{ "field": "cv", "files": [cv] }] });
        let id = desk
            .submit(&who, more)
            .await
            .done()
            .text("applicationSubmit.application.id")
            .to_owned();
        let rate = json!({ "id": id, "rating": 3, "assignees": [profile_id(&desk.moe)] });
        desk.app.run_with(&desk.olga, RATE, rate).await.done();
        desk.app.run_with(&desk.olga, NOTE, json!({ "id": id, "text": "hm" })).await.done();
        if [1, 29].contains(&at) {
            let run =
                desk.app.run_with(&desk.moe, page, json!({ "job": desk.job_id() })).await.ok();
            assert_eq!(run.at("applications.nodes").as_array().unwrap().len(), at + 1);
            let first = run.at("applications.nodes.0");
            assert_eq!(first["name"], format!("Weaver{at}"));
            assert_eq!(first["answers"][0]["files"].as_array().map(Vec::len), Some(1));
            assert_eq!(
                (&first["notes"][0]["text"], &first["reviewers"][0]["handle"]),
                (&json!("hm"), &json!("moe"))
            );
            costs.push(run.sql.len());
        }
    }
    assert_eq!(costs, [costs[0]; 2]);
    assert!(costs[0] <= 16, "{costs:?}");
}

#[tokio::test]
async fn the_latest_come_first_page_by_page_and_narrowed() {
    let desk = desk().await;
    let mut ids = Vec::new();
    for name in ["Ada Lovelace", "Bea 100%", "Cleo_Ada"] {
        desk.app.app.clock.advance(TimeDelta::seconds(1));
        let who = desk.app.member(&format!("w{}", ids.len())).await;
        let run = desk.submit(&who, json!({ "name": name })).await.done();
        ids.push((who, run.text("applicationSubmit.application.id").to_owned()));
    }
    // Who comes again is the latest.
    desk.app.run_with(&ids[0].0, WITHDRAW, json!({ "id": ids[0].1 })).await.done();
    desk.app.app.clock.advance(TimeDelta::seconds(1));
    desk.submit(&ids[0].0, json!({ "name": "Ada Lovelace" })).await.done();
    let list = async |first: i32, after: Value, filter: Value| {
        let variables =
            json!({ "job": desk.job_id(), "first": first, "after": after, "filter": filter });
        let run = desk.app.run_with(&desk.moe, LIST, variables).await.ok();
        (run.list("applications.nodes", "name"), run.at("applications.pageInfo").clone())
    };
    let (names, info) = list(2, Value::Null, json!({})).await;
    assert_eq!(names, ["Ada Lovelace", "Cleo_Ada"]);
    assert_eq!(info["hasNextPage"], true);
    assert_eq!(list(2, info["endCursor"].clone(), json!({})).await.0, ["Bea 100%"]);
    let from = desk.app.app.clock.now();
    for (filter, names) in [
        (json!({ "text": "ADA" }), vec!["Ada Lovelace", "Cleo_Ada"]),
        (json!({ "text": "100%" }), vec!["Bea 100%"]),
        (json!({ "text": "o_a" }), vec!["Cleo_Ada"]),
        (json!({ "text": "a\u{0}" }), vec![]),
        (json!({ "states": ["REJECTED"] }), vec![]),
        (json!({ "stage": "post_1" }), vec![]),
        (json!({ "minRating": 1 }), vec![]),
        (json!({ "submitted": { "from": from.to_rfc3339() } }), vec!["Ada Lovelace"]),
        (json!({ "submitted": { "to": from.to_rfc3339() } }), vec!["Cleo_Ada", "Bea 100%"]),
    ] {
        assert_eq!(list(10, Value::Null, filter.clone()).await.0, names, "{filter}");
    }
    let mine = "query($states: [ApplicationState!]) { viewer { applications(states: $states) { nodes { name } } } }";
    for (states, count) in [(json!(null), 1), (json!(["SUBMITTED"]), 1), (json!(["WITHDRAWN"]), 0)]
    {
        let run = desk.app.run_with(&ids[0].0, mine, json!({ "states": states })).await.ok();
        assert_eq!(run.at("viewer.applications.nodes").as_array().unwrap().len(), count);
    }
}

#[tokio::test]
async fn a_shown_item_is_seen_by_who_may_see_it_themselves() {
    let desk = desk().await;
    let item = publish(&desk.app, &desk.ada, json!({ "title": "Cloth", "story": "Woven" })).await;
    let run = desk.submit(&desk.ada, json!({ "portfolioItems": [item] })).await.done();
    let id = run.text("applicationSubmit.application.id").to_owned();
    let shown = async |who: &Actor| {
        desk.read(who, &id, "portfolioItems { title }").await["portfolioItems"].clone()
    };
    assert_eq!(shown(&desk.moe).await, json!([{ "title": "Cloth" }]));
    crate::portfolio::kit::show(&desk.app, &desk.ada, &item, false).await.done();
    assert_eq!(shown(&desk.moe).await, json!([]));
    assert_eq!(shown(&desk.ada).await, json!([{ "title": "Cloth" }]));
}

#[tokio::test]
async fn who_may_apply_is_told_so() {
    let desk = desk().await;
    let db = Reader::Pool(desk.app.app.db.fresh().clone());
    let address = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    let may = async |who: &Actor| {
        let cx = Cx { app: &desk.app.app, actor: who, address, db: &db };
        can_apply(cx, &desk.job_row().await).await.unwrap()
    };
    assert!(may(&desk.ada).await);
    assert!(!may(&Actor::Guest).await);
    assert!(!may(&desk.app.by_token(desk.ada, &[])).await);
    let id = desk.applied(&desk.ada).await;
    assert!(!may(&desk.ada).await);
    desk.app.run_with(&desk.ada, WITHDRAW, json!({ "id": id })).await.done();
    assert!(may(&desk.ada).await);
    let admin = desk.app.with_role("root", Role::Admin).await;
    desk.set_job(|job| job.state = guildhall::entity::job::State::Filled).await;
    assert!(!may(&admin).await && !may(&desk.ada).await);
}
