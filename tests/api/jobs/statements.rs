//! A page of postings is a fixed number of statements.

use guildhall::Actor::Guest;
use serde_json::{Value, json};

use super::kit::{draft, team};
use crate::organizations::kit::organization;

const QUERY: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Job { id slug title url jobState
    organization { name logo { id } } postedBy { handle } description { html } responsibilities { text }
    requirements { text } benefits skills { name } employment seniority workplace
    locations { label country } remoteFrom salary { min } apply { direct } questions { key }
    jsonLd applicationCount stages { name } viewer { canEdit canSeeApplications } } } }";

#[tokio::test]
async fn a_page_of_postings_with_all_they_have_is_seven_statements() {
    let team = team().await;
    let mut ids = Vec::new();
    for size in [2, 20] {
        while ids.len() < size {
            let n = ids.len();
            let hirer = organization(&team.app, &team.moe, &format!("Hirer {n}")).await;
            let id = draft(&team.app, &team.moe, &hirer, "Weaver").await;
            team.change(&id, json!({ "skills": ["looms", format!("skill{n}")] })).await.done();
            team.set(&id, "OPEN").await.done();
            ids.push(id);
        }
        // Postings, organizations, their signs for the field and for jsonLd, who posted, skills; for members what
        // one is there, and for the team the steps.
        for (who, expected) in [(&Guest, 7), (&team.rita, 8), (&team.moe, 9)] {
            let run = team.app.run_with(who, QUERY, json!({ "ids": ids })).await.ok();
            let nodes = run.at("nodes").as_array().unwrap();
            assert_eq!(nodes.len(), size);
            for (n, node) in nodes.iter().enumerate() {
                assert_eq!(node["organization"]["name"], format!("Hirer {n}"));
                assert_eq!(node["skills"][1]["name"], format!("skill{n}"));
                assert_eq!(node["viewer"].is_null(), *who == Guest);
                let steps = if *who == team.moe { 6 } else { 0 };
                assert_eq!(node["stages"].as_array().map(Vec::len), Some(steps));
            }
            assert_eq!(run.sql.len(), expected, "{who:?} {:#?}", run.sql);
        }
    }
    let nobody = run_of_nobody(&team).await;
    assert_eq!(nobody, json!([Value::Null]));
}

async fn run_of_nobody(team: &super::kit::Team) -> Value {
    let hidden = team.draft("Hidden").await;
    let run = team.app.run_with(&Guest, QUERY, json!({ "ids": [hidden] })).await.ok();
    run.at("nodes").clone()
}
