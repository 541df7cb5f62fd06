//! Who is neither the applicant nor hires sees nothing, and changes nothing.

use guildhall::{Actor, entity::file::Kind, scope::Scope};
use serde_json::{Value, json};

use super::kit::{Desk, MOVE, NOTE, RATE, WITHDRAW, desk};
use crate::portfolio::kit::file;

async fn tries(desk: &Desk, who: &Actor, id: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (query, variables) in [
        (WITHDRAW, json!({ "id": id })),
        (MOVE, json!({ "ids": [id], "stage": desk.stage(1) })),
        (RATE, json!({ "id": id, "rating": 1 })),
        (NOTE, json!({ "id": id, "text": "hi" })),
    ] {
        let run = desk.app.refuses(who, query, variables).await;
        let code = run.errors.first().map(|error| error["extensions"]["code"].as_str().unwrap());
        found.push(code.map_or_else(|| run.refusals().join(" "), str::to_owned));
    }
    found
}

#[tokio::test]
async fn nobody_else_sees_or_changes_an_application() {
    let desk = desk().await;
    let resume = file(&desk.app, &desk.ada, Kind::Document).await;
    let run = desk.submit(&desk.ada, json!({ "resume": resume })).await.done();
    let id = run.text("applicationSubmit.application.id").to_owned();
    let admin = desk.app.with_role("root", guildhall::entity::account::Role::Admin).await;
    let query =
        "query($id: ID!, $job: ID!, $file: ID!) { application(id: $id) { id } node(id: $id) { id }
        applications(job: $job) { nodes { id } } file: node(id: $file) { id } }";
    let variables = json!({ "id": id, "job": desk.job_id(), "file": resume });
    let token = desk.app.by_token(desk.moe, &[Scope::ReadPublic, Scope::WriteJobs]);
    let unread = desk.app.by_token(desk.ada, &[Scope::WriteJobs]);
    for who in [&desk.mia, &desk.rita, &desk.staff, &admin, &Actor::Guest, &token] {
        let run = desk.app.run_with(who, query, variables.clone()).await.ok();
        assert_eq!(
            run.data,
            json!({ "application": null, "node": null, "applications": null, "file": null })
        );
    }
    for who in [&desk.olga, &desk.moe] {
        let run = desk.app.run_with(who, query, variables.clone()).await.ok();
        assert_eq!(run.text("applications.nodes.0.id"), id);
        assert_eq!((run.text("node.id"), run.text("file.id")), (&*id, &*resume));
    }
    let none = ["NOT_FOUND id", "NOT_FOUND ids.0", "NOT_FOUND id", "NOT_FOUND id"];
    for who in [&desk.mia, &desk.rita, &desk.staff, &admin] {
        assert_eq!(tries(&desk, who, &id).await, none);
    }
    for who in [&token, &unread, &desk.app.by_token(desk.moe, &[Scope::ReadPrivate])] {
        assert_eq!(tries(&desk, who, &id).await, ["SCOPE_MISSING"; 4]);
    }
    assert_eq!(tries(&desk, &Actor::Guest, &id).await, ["UNAUTHENTICATED"; 4]);
    // Its applicant may take it back, and nothing else.
    for (query, variables, why) in [
        (MOVE, json!({ "ids": [id], "stage": desk.stage(1) }), "FORBIDDEN ids.0"),
        (RATE, json!({ "id": id, "rating": 1 }), "FORBIDDEN id"),
        (NOTE, json!({ "id": id, "text": "hi" }), "FORBIDDEN id"),
    ] {
        assert_eq!(desk.app.refuses(&desk.ada, query, variables).await.refusals(), [why]);
    }
}

#[tokio::test]
async fn who_hires_and_applies_does_not_decide_about_themselves() {
    let desk = desk().await;
    let id = desk.applied(&desk.moe).await;
    let rate = json!({ "id": id, "rating": 2 });
    desk.app.run_with(&desk.olga, RATE, rate).await.done();
    let fields = "rating notes { id } stage { id } reviewers { id } viewer { isApplicant canWithdraw canMove }";
    let seen = desk.read(&desk.moe, &id, fields).await;
    let viewer = json!({ "isApplicant": true, "canWithdraw": true, "canMove": false });
    assert_eq!(
        seen,
        json!({ "rating": null, "notes": null, "stage": null, "reviewers": null, "viewer": viewer })
    );
    let list = "query($job: ID!, $filter: ApplicationFilter) { applications(job: $job, filter: $filter) { nodes { id } } }";
    for (filter, count) in
        [(json!({}), 1), (json!({ "minRating": 1 }), 0), (json!({ "stage": desk.stage(0) }), 0)]
    {
        let run = desk
            .app
            .run_with(&desk.moe, list, json!({ "job": desk.job_id(), "filter": filter }))
            .await
            .ok();
        assert_eq!(run.at("applications.nodes").as_array().map(Vec::len), Some(count), "{filter}");
    }
    let tried = desk.app.refuses(&desk.moe, RATE, json!({ "id": id, "rating": 5 })).await;
    assert_eq!(tried.refusals(), ["FORBIDDEN id"]);
    let seen =
        desk.read(&desk.olga, &id, "rating viewer { isApplicant canWithdraw canMove }").await;
    assert_eq!(seen["rating"], 2);
    assert_eq!(
        seen["viewer"],
        json!({ "isApplicant": false, "canWithdraw": false, "canMove": true })
    );
    assert_ne!(seen, Value::Null);
}
