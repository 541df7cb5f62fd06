//! Steps of hiring, and searches that are kept, by their ids.

use guildhall::{Actor::Guest, scope::Scope};
use serde_json::{Value, json};

use super::kit::team;

const NODE: &str =
    "query($id: ID!) { node(id: $id) { __typename id ... on HiringStage { name count }
    ... on SavedJobSearch { name jobs { nodes { title } } } } }";
const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
const STEPS: &str = "query($id: ID!) { job(by: { id: $id }) { stages { id } } }";

#[tokio::test]
async fn a_step_is_there_for_those_who_hire_for_its_posting_alone() {
    let team = team().await;
    let staff = team.app.with_role("root", guildhall::entity::account::Role::Admin).await;
    for job in [team.open("Weaver").await, team.draft("Spinner").await] {
        let run = team.app.run_with(&team.moe, STEPS, json!({ "id": job })).await.ok();
        let ids = run.list("job.stages", "id");
        let token = team.app.by_token(team.moe, &[Scope::ReadPublic, Scope::WriteJobs]);
        for who in [&Guest, &team.mia, &team.rita, &staff, &token] {
            let run = team.app.run_with(who, NODE, json!({ "id": ids[0] })).await.ok();
            assert_eq!(run.at("node"), &Value::Null, "{who:?}");
        }
        for who in [&team.moe, &team.olga] {
            let run = team.app.run_with(who, NODE, json!({ "id": ids[0] })).await.ok();
            let step =
                json!({ "__typename": "HiringStage", "id": ids[0], "name": "New", "count": 0 });
            assert_eq!(run.at("node"), &step);
            let run = team.app.run_with(who, NODES, json!({ "ids": ids })).await.ok();
            assert_eq!((run.list("nodes", "id"), run.sql.len()), (ids.clone(), 1));
        }
    }
}

#[tokio::test]
async fn a_kept_search_is_there_for_its_owner_alone() {
    let team = team().await;
    team.open("Weaver").await;
    let id = team.app.keeps(&team.rita, json!({}), "OFF").await;
    let run = team.app.run_with(&team.rita, NODE, json!({ "id": id })).await.ok();
    let search = json!({ "__typename": "SavedJobSearch", "id": id, "name": "Mine",
        "jobs": { "nodes": [{ "title": "Weaver" }] } });
    assert_eq!(run.at("node"), &search);
    for who in [&Guest, &team.moe] {
        let run = team.app.run_with(who, NODE, json!({ "id": id })).await.ok();
        assert_eq!(run.at("node"), &Value::Null, "{who:?}");
    }
    let token = team.app.by_token(team.rita, &[Scope::ReadPublic]);
    let run = team.app.run_with(&token, NODE, json!({ "id": id })).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
}
