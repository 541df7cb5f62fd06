//! Jobs of organizations with who applied, and what one sent oneself: as many statements for few as for many.

use guildhall::Actor;
use serde_json::{Value, json};

use super::kit::{SUBMIT, desk};
use crate::{
    jobs::kit::posting,
    organizations::kit::{MEMBER, becomes, organization},
};

const OF_ORGANIZATIONS: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Organization { name
    jobs(first: 5) { nodes { title viewer { isBookmarked canApply application { applicationState } }
        applications(first: 5) { nodes { name stage { name } } } } } } } }";

async fn page(desk: &super::kit::Desk, who: &Actor, ids: &[String]) -> (Value, usize) {
    let run = desk.app.run_with(who, OF_ORGANIZATIONS, json!({ "ids": ids })).await.ok();
    (run.at("nodes").clone(), run.sql.len())
}

#[tokio::test]
async fn organizations_with_their_jobs_and_applications_cost_the_same_with_few_and_many() {
    let desk = desk().await;
    let (mut ids, mut costs) = (Vec::new(), Vec::new());
    for size in [2, 10] {
        while ids.len() < size {
            let id = organization(&desk.app, &desk.olga, &format!("Mill {}", ids.len())).await;
            let joins = becomes(&id, &desk.moe, json!("MODERATOR"));
            desk.app.run_with(&desk.olga, MEMBER, joins).await.done();
            for job in [
                posting(&desk.app, &desk.olga, &id).await,
                posting(&desk.app, &desk.olga, &id).await,
            ] {
                for who in [&desk.ada, &desk.mia, &desk.rita].into_iter().take(ids.len() + 1) {
                    let ask = json!({ "input": { "job": job } });
                    desk.app.run_with(who, SUBMIT, ask).await.done();
                }
            }
            ids.push(id);
        }
        let mut cost = Vec::new();
        for who in [&Actor::Guest, &desk.ada, &desk.moe] {
            let (nodes, statements) = page(&desk, who, &ids).await;
            let nodes = nodes.as_array().unwrap();
            assert_eq!(nodes.len(), size);
            for (at, node) in nodes.iter().enumerate() {
                let jobs = node["jobs"]["nodes"].as_array().unwrap();
                assert_eq!(jobs.len(), 2);
                let own = &jobs[0]["viewer"]["application"]["applicationState"];
                assert_eq!(own == "SUBMITTED", *who == desk.ada, "{own}");
                let came = jobs[0]["applications"]["nodes"].as_array().map(Vec::len);
                assert_eq!(came, (*who == desk.moe).then_some(3.min(at + 1)));
            }
            cost.push(statements);
        }
        costs.push(cost);
    }
    // Organizations and their jobs; whether one hires, is there, keeps and sent something; applications and stages.
    assert_eq!(costs[0], costs[1]);
    assert!(costs[0][0] <= 3 && costs[0][2] <= 9, "{costs:?}");
}
