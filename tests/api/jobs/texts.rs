//! What people type into a posting is found as they see it.

use serde_json::json;

use super::kit::{CREATE, STATE, UPDATE, team};
use crate::organizations::kit::organization;
use futures_util::future::join_all;

#[tokio::test]
async fn words_that_look_like_tags_are_found() {
    let team = team().await;
    let job = team.open("Weaver <of> <looms>").await;
    let description =
        "Write `<script src=\"shuttle\">` and `<warp>weft</warp>`, 3<heddles, and `a<b>c`";
    team.change(&job, json!({ "description": description })).await.done();
    for word in ["script", "src", "shuttle", "warp", "weft", "heddles", "looms", "of"] {
        let found = team.app.jobs_found(&team.rita, json!({ "text": word })).await;
        assert_eq!(found, ["Weaver <of> <looms>"], "{word}");
    }
    let found = team.app.jobs_found(&team.rita, json!({ "text": "<script>" })).await;
    assert_eq!(found, ["Weaver <of> <looms>"]);
}

#[tokio::test]
async fn postings_of_one_title_that_are_begun_at_once_have_names_of_their_own() {
    let team = team().await;
    let other = organization(&team.app, &team.rita, "Mill").await;
    let input = |id: &str| json!({ "input": { "organization": id, "title": "Weaver" } });
    let asks = (0..6).map(|at| match at % 2 {
        0 => team.app.run_with(&team.moe, CREATE, input(&team.organization)),
        _ => team.app.run_with(&team.rita, CREATE, input(&other)),
    });
    let runs = join_all(asks).await.into_iter().map(|run| run.done());
    let mut slugs: Vec<_> = runs.map(|run| run.text("jobCreate.job.slug").to_owned()).collect();
    slugs.sort();
    assert_eq!(slugs, ["weaver", "weaver-2", "weaver-3", "weaver-4", "weaver-5", "weaver-6"]);
}

#[tokio::test]
async fn of_changes_at_once_one_counts_and_the_open_postings_are_counted_right() {
    let team = team().await;
    let job = team.draft("Weaver").await;
    let version = team.row(&job).await.version;
    let asks = (0..4).map(|at| {
        let ask = json!({ "id": job, "version": version, "input": { "title": format!("W{at}") } });
        team.app.run_with(&team.moe, UPDATE, ask)
    });
    let refused: Vec<_> = join_all(asks).await.iter().flat_map(crate::kit::Run::refusals).collect();
    assert_eq!(refused, ["STALE_VERSION expectedVersion"; 3]);
    let ask = json!({ "id": job, "state": "OPEN" });
    let opens = (0..4).map(|_| team.app.run_with(&team.moe, STATE, ask.clone()));
    let runs: Vec<_> = join_all(opens).await.into_iter().map(crate::kit::Run::done).collect();
    assert_eq!(runs.len(), 4);
    let count = "{ organization(by: { slug: \"looms\" }) { openJobCount } }";
    let run = team.app.run(&team.mia, count).await.ok();
    assert_eq!(run.at("organization.openJobCount"), &json!(1));
    let asks = ["PAUSED", "CLOSED", "FILLED"]
        .map(|state| team.app.run_with(&team.moe, STATE, json!({ "id": job, "state": state })));
    join_all(asks).await;
    let run = team.app.run(&team.mia, count).await.ok();
    assert_eq!(run.at("organization.openJobCount"), &json!(0));
}
