//! The steps of a team's own process.

use guildhall::Actor::Guest;
use serde_json::{Value, json};

use super::kit::{STAGES, applies, team};

const READ: &str = "query($id: ID!) { job(by: { id: $id }) { applicationCount
    stages { id name kind position count } } }";

#[tokio::test]
async fn steps_are_set_as_a_whole_and_stay_by_their_ids() {
    let team = team().await;
    let job = team.open("Weaver").await;
    let run = team.app.run_with(&team.moe, READ, json!({ "id": job })).await.ok();
    let usual = run.list("job.stages", "name");
    assert_eq!(usual, ["New", "In review", "Interview", "Offer", "Hired", "Rejected"]);
    let ids = run.list("job.stages", "id");
    applies(&team.app, &team.rita, &job, &ids[1]).await;
    let stages = json!([
        { "id": ids[1], "name": "Read", "kind": "REVIEW" },
        { "id": ids[0], "name": "Arrived", "kind": "NEW" },
        { "name": "At the loom", "kind": "INTERVIEW" },
    ]);
    let ask = json!({ "id": job, "stages": stages });
    let run = team.app.run_with(&team.moe, STAGES, ask).await.done();
    let after = run.at("hiringStagesSet.job.stages");
    assert_eq!(
        (&after[0], &after[1]["id"], after.as_array().unwrap().len()),
        (
            &json!({ "id": ids[1], "name": "Read", "kind": "REVIEW", "position": 0, "count": 1 }),
            &json!(ids[0]),
            3,
        )
    );
    for who in [&Guest, &team.mia, &team.rita] {
        let run = team.app.run_with(who, READ, json!({ "id": job })).await.ok();
        assert_eq!(run.at("job"), &json!({ "applicationCount": Value::Null, "stages": [] }));
    }
}

#[tokio::test]
async fn steps_that_make_no_sense_are_refused() {
    let team = team().await;
    let (job, other) = (team.open("Weaver").await, team.open("Spinner").await);
    let run = team.app.run_with(&team.moe, READ, json!({ "id": job })).await.ok();
    let ids = run.list("job.stages", "id");
    let run = team.app.run_with(&team.moe, READ, json!({ "id": other })).await.ok();
    let theirs = run.list("job.stages", "id");
    applies(&team.app, &team.rita, &job, &ids[1]).await;
    let new = || json!({ "id": ids[0], "name": "New", "kind": "NEW" });
    let review = |kind: &str| json!({ "id": ids[1], "name": "Review", "kind": kind });
    for (stages, expected) in [
        (json!([]), "REQUIRED stages"),
        (json!([review("REVIEW")]), "REQUIRED stages"),
        (json!([new()]), "STATE_NOT_ALLOWED stages"),
        (json!([new(), review("OFFER")]), "STATE_NOT_ALLOWED stages.1.kind"),
        (json!([new(), new(), review("REVIEW")]), "INVALID stages.1.id"),
        (
            json!([new(), review("REVIEW"), { "id": theirs[2], "name": "X", "kind": "OFFER" }]),
            "NOT_FOUND stages.2.id",
        ),
        (
            json!([new(), review("REVIEW"), { "name": " ", "kind": "OFFER" }]),
            "REQUIRED stages.2.name",
        ),
        (json!(vec![json!({ "name": "New", "kind": "NEW" }); 21]), "TOO_LONG stages"),
    ] {
        let ask = json!({ "id": job, "stages": stages });
        assert_eq!(team.app.refuses(&team.moe, STAGES, ask).await.refusals(), [expected]);
    }
}
