//! Only those who hire for an organization write its postings.

use guildhall::{Actor, Actor::Guest, entity::account::Role, scope::Scope};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::kit::{CREATE, STAGES, STATE, Team, UPDATE, team};

const DELETE: &str =
    "mutation($id: ID!) { jobDelete(id: $id) { deletedIds userErrors { code path } } }";

/// Every mutation of postings, what to ask it, and which argument names the thing.
fn calls(team: &Team, job: &str) -> [(&'static str, Value, &'static str); 5] {
    [
        (
            CREATE,
            json!({ "input": { "organization": team.organization, "title": "Weaver" } }),
            "input.organization",
        ),
        (UPDATE, json!({ "id": job, "input": { "title": "Weaver" } }), "id"),
        (STATE, json!({ "id": job, "state": "PAUSED" }), "id"),
        (STAGES, json!({ "id": job, "stages": [{ "name": "New", "kind": "NEW" }] }), "job"),
        (DELETE, json!({ "id": job }), "id"),
    ]
}

#[tokio::test]
async fn strangers_and_plain_members_write_nothing() {
    let team = team().await;
    let job = team.open("Weaver").await;
    for (query, ask, named) in calls(&team, &job) {
        let run = team.app.refuses(&Guest, query, ask.clone()).await;
        assert_eq!(run.error_code(), "UNAUTHENTICATED", "{query}");
        let token = team.app.by_token(team.moe, &[Scope::ReadPrivate]);
        let run = team.app.refuses(&token, query, ask.clone()).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING", "{query}");
        for who in [&team.mia, &team.rita] {
            let run = team.app.refuses(who, query, ask.clone()).await;
            assert_eq!(run.refusals(), [format!("FORBIDDEN {named}")], "{query}");
        }
    }
}

#[tokio::test]
async fn a_draft_is_not_there_for_others() {
    let team = team().await;
    let staff = team.app.with_role("staff", Role::Moderator).await;
    let job = team.draft("Weaver").await;
    let query = "query($id: ID!) { job(by: { id: $id }) { title } bySlug: job(by: { slug: \"weaver\" }) { title }
        node(id: $id) { id } }";
    let seen = async |who: &Actor| {
        let run = team.app.run_with(who, query, json!({ "id": job })).await.ok();
        let all = ["job", "bySlug", "node"].map(|field| !run.at(field).is_null());
        assert!(all == [true; 3] || all == [false; 3], "{all:?}");
        all[0]
    };
    let token = team.app.by_token(team.moe, &[Scope::WriteJobs]);
    for who in [&Guest, &team.mia, &team.rita, &token] {
        assert!(!seen(who).await, "{who:?}");
    }
    for who in [&team.olga, &team.moe, &staff] {
        assert!(seen(who).await, "{who:?}");
    }
    for (query, ask, named) in calls(&team, &job).into_iter().skip(1) {
        for who in [&team.mia, &team.rita] {
            let run = team.app.refuses(who, query, ask.clone()).await;
            assert_eq!(run.refusals(), [format!("NOT_FOUND {named}")], "{query}");
        }
        let run = team.app.refuses(&staff, query, ask.clone()).await;
        assert_eq!(run.refusals(), [format!("FORBIDDEN {named}")], "{query}");
    }
    let ask = json!({ "id": job, "input": { "title": "Weaver of linen" } });
    team.app.run_with(&token, UPDATE, ask).await.done();
}

#[tokio::test]
async fn admins_write_for_every_organization_and_deleting_takes_all_of_it() {
    let team = team().await;
    let root = team.app.with_role("root", Role::Admin).await;
    let job = team.open("Weaver").await;
    let run = team.app.run_with(&root, DELETE, json!({ "id": job })).await.done();
    assert_eq!(run.at("jobDelete.deletedIds"), &json!([job]));
    for table in
        ["job", "hiring_stage", "job_tag", "job_country", "search_document WHERE kind = 'job'"]
    {
        let text = format!("SELECT COUNT(*) FROM {table}");
        let rows = Statement::from_string(team.app.app.db.backend(), text);
        let row = team.app.app.db.write.query_one_raw(rows).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 0, "{table}");
    }
    let count = "{ organization(by: { slug: \"looms\" }) { openJobCount } }";
    let run = team.app.run(&Guest, count).await.ok();
    assert_eq!(run.at("organization.openJobCount"), &json!(0));
}

#[tokio::test]
async fn what_somebody_applied_for_is_not_deleted() {
    let team = team().await;
    let job = team.open("Weaver").await;
    let stages = "query($id: ID!) { job(by: { id: $id }) { stages { id } } }";
    let run = team.app.run_with(&team.moe, stages, json!({ "id": job })).await.ok();
    super::kit::applies(&team.app, &team.rita, &job, run.text("job.stages.0.id")).await;
    let run = team.app.refuses(&team.moe, DELETE, json!({ "id": job })).await;
    assert_eq!(run.refusals(), ["STATE_NOT_ALLOWED id"]);
}
