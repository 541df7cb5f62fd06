//! Writing postings.

use guildhall::{Actor::Guest, entity::tag};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::kit::{CREATE, Team, UPDATE, team};

const ALL: &str = "query($id: ID!) { job(by: { id: $id }) { slug title url jobState
    description { html } responsibilities { source } requirements { source } benefits
    skills { name } employment seniority workplace
    locations { label country region city } remoteFrom timeZones visaSponsorship language closesAt startsOn
    openings apply { direct url email } questions { key type } consentText retention
    organization { name } postedBy { handle } viewer { canEdit canSeeApplications } } }";

fn whole(team: &Team) -> Value {
    json!({ "organization": team.organization, "title": "Weaver & Dyer", "description": "Make **looms**",
        "responsibilities": "Weave", "requirements": "Hands", "benefits": ["Lunch", "Wool"],
        "skills": ["Weaving", "dye"], "employment": ["PART_TIME", "FULL_TIME"], "seniority": "MID",
        "workplace": "HYBRID",
        "locations": [{ "label": "Ulm", "country": "de", "region": "BW", "city": "Ulm" }],
        "remoteFrom": ["de", "FR", "DE"], "timeZones": "UTC+1", "visaSponsorship": true, "language": "de",
        "closesAt": "2026-06-01T00:00:00Z", "startsOn": "2026-07-01", "openings": 2,
        "applyUrl": "https://example.org/apply",
        "questions": [{ "key": "why", "label": "Why?", "type": "TEXT" }], "consentText": "Keep it",
        "retention": "PT864000S" })
}

#[tokio::test]
async fn a_posting_shows_what_was_written() {
    let team = team().await;
    let run = team.app.run_with(&team.moe, CREATE, json!({ "input": whole(&team) })).await.done();
    let id = run.text("jobCreate.job.id").to_owned();
    let mut expected = json!({ "slug": "weaver-dyer", "title": "Weaver & Dyer",
        "url": "http://localhost:4000/jobs/weaver-dyer", "jobState": "DRAFT",
        "description": { "html": "<p>Make <strong>looms</strong></p>" },
        "responsibilities": { "source": "Weave" }, "requirements": { "source": "Hands" },
        "benefits": ["Lunch", "Wool"], "skills": [{ "name": "weaving" }, { "name": "dye" }],
        "employment": ["FULL_TIME", "PART_TIME"], "seniority": "MID", "workplace": "HYBRID",
        "locations": [{ "label": "Ulm", "country": "DE", "region": "BW", "city": "Ulm" }],
        "remoteFrom": ["DE", "FR"], "timeZones": "UTC+1", "visaSponsorship": true, "language": "de",
        "closesAt": "2026-06-01T00:00:00.000Z", "startsOn": "2026-07-01", "openings": 2,
        "apply": { "direct": false, "url": "https://example.org/apply", "email": null },
        "questions": [{ "key": "why", "type": "TEXT" }], "consentText": "Keep it",
        "retention": "PT864000S", "organization": { "name": "Looms" },
        "postedBy": { "handle": "moe" },
        "viewer": { "canEdit": true, "canSeeApplications": true } });
    let run = team.app.run_with(&team.moe, ALL, json!({ "id": id })).await.ok();
    expected["url"] = run.at("job.url").clone();
    assert!(run.text("job.url").ends_with("/jobs/weaver-dyer"));
    assert_eq!(run.at("job"), &expected);
    team.set(&id, "OPEN").await.done();
    (expected["jobState"], expected["viewer"]) = (json!("OPEN"), Value::Null);
    assert_eq!(team.app.run_with(&Guest, ALL, json!({ "id": id })).await.ok().at("job"), &expected);

    let clear = json!({ "responsibilities": null, "seniority": null, "closesAt": null, "applyUrl": null,
        "language": null, "retention": null, "skills": ["dye"], "employment": [] });
    team.change(&id, clear).await.done();
    let none = Value::Null;
    for field in ["responsibilities", "seniority", "closesAt", "language", "retention"] {
        expected[field] = none.clone();
    }
    expected["apply"] = json!({ "direct": true, "url": null, "email": null });
    (expected["skills"], expected["employment"]) = (json!([{ "name": "dye" }]), json!([]));
    assert_eq!(team.app.run_with(&Guest, ALL, json!({ "id": id })).await.ok().at("job"), &expected);
}

#[tokio::test]
async fn what_is_wrong_with_a_posting_is_said_at_once() {
    let team = team().await;
    let mut input = json!({ "title": " ", "benefits": ["x", ""], "language": "?", "openings": 0,
        "remoteFrom": ["XX"], "closesAt": "2026-05-04T09:30:00Z", "applyUrl": "ftp://x", "applyEmail": "x",
        "skills": ["no tag!"], "retention": "PT1S",
        "locations": [{ "label": "", "country": "XX" }],
        "questions": [{ "key": "No", "label": "x", "type": "TEXT" }] });
    input["organization"] = json!(team.organization);
    let expected = [
        "REQUIRED input.title",
        "REQUIRED input.benefits.1",
        "REQUIRED input.locations.0.label",
        "INVALID input.locations.0.country",
        "INVALID input.remoteFrom.0",
        "INVALID input.language",
        "OUT_OF_RANGE input.closesAt",
        "OUT_OF_RANGE input.openings",
        "INVALID input.applyUrl",
        "INVALID input.applyEmail",
        "INVALID input.questions.0.key",
        "OUT_OF_RANGE input.retention",
        "INVALID input.skills.0",
    ];
    let run = team.app.refuses(&team.moe, CREATE, json!({ "input": input })).await;
    assert_eq!(run.refusals(), expected);
    let nobody = json!({ "input": { "title": "Weaver", "organization": "organization_1" } });
    let run = team.app.refuses(&team.moe, CREATE, nobody).await;
    assert_eq!(run.refusals(), ["NOT_FOUND input.organization"]);
    let id = team.draft("Weaver").await;
    let stale = json!({ "id": id, "version": 2, "input": { "title": "X" } });
    let run = team.app.refuses(&team.moe, UPDATE, stale).await;
    assert_eq!(run.refusals(), ["STALE_VERSION expectedVersion"]);
    let named = json!({ "id": id, "input": { "clientKey": "one" } });
    let run = team.app.refuses(&team.moe, UPDATE, named).await;
    assert_eq!(run.refusals(), ["INVALID input.clientKey"]);
}

#[tokio::test]
async fn one_client_key_begins_one_posting() {
    let team = team().await;
    let input = json!({ "input": { "organization": team.organization, "title": "Weaver", "clientKey": "one" } });
    let first = team.app.run_with(&team.moe, CREATE, input.clone()).await.done();
    let again = team.app.refuses(&team.moe, CREATE, input).await.done();
    assert_eq!(first.at("jobCreate"), again.at("jobCreate"));
    let input = json!({ "input": { "organization": team.organization, "title": "Weaver" } });
    let other = team.app.run_with(&team.moe, CREATE, input).await.done();
    assert_eq!(other.text("jobCreate.job.slug"), "weaver-2");
}

#[tokio::test]
async fn skills_count_while_a_posting_is_no_draft() {
    let team = team().await;
    let uses = async |name: &str| {
        let row = tag::Entity::find().filter(tag::Column::Name.eq(name));
        row.one(&team.app.app.db.write).await.unwrap().map_or(0, |tag| tag.use_count)
    };
    let id = team.draft("Weaver").await;
    team.change(&id, json!({ "skills": ["weaving", "dye"] })).await.done();
    assert_eq!((uses("weaving").await, uses("dye").await), (0, 0), "a draft tells nobody");
    team.set(&id, "OPEN").await.done();
    assert_eq!((uses("weaving").await, uses("dye").await), (1, 1));
    team.change(&id, json!({ "skills": ["dye", "wool"] })).await.done();
    assert_eq!((uses("weaving").await, uses("dye").await, uses("wool").await), (0, 1, 1));
    team.app.act(&team.moe, "jobDelete", &id).await.done();
    assert_eq!((uses("dye").await, uses("wool").await), (0, 0));
}
