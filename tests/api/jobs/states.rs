//! A posting goes through its states, and ends by itself.

use chrono::TimeDelta;
use guildhall::{entity::job::State, work};
use serde_json::{Value, json};

use super::kit::{CREATE, team};

#[tokio::test]
async fn a_posting_goes_from_state_to_state_and_no_other_way() {
    let team = team().await;
    let id = team.draft("Weaver").await;
    let ways = [
        ("DRAFT", "OPEN", &["PAUSED", "CLOSED", "FILLED", "EXPIRED"][..], 1),
        ("OPEN", "PAUSED", &["DRAFT", "EXPIRED"], 0),
        ("PAUSED", "OPEN", &["DRAFT", "EXPIRED"], 1),
        ("OPEN", "CLOSED", &[], 0),
        ("CLOSED", "OPEN", &["DRAFT", "PAUSED", "FILLED", "EXPIRED"], 1),
        ("OPEN", "FILLED", &[], 0),
        ("FILLED", "OPEN", &["DRAFT", "PAUSED", "CLOSED", "EXPIRED"], 1),
    ];
    let mut version = 1;
    for (from, to, never, open) in ways {
        for state in never {
            let refused = team.refuses_state(&id, state).await;
            assert_eq!(refused, ["STATE_NOT_ALLOWED state"], "{from} {state}");
        }
        team.app.app.clock.advance(TimeDelta::hours(1));
        version += 1;
        let run = team.set(&id, to).await.done();
        let job = run.at("jobStateSet.job");
        assert_eq!(job["jobState"], to);
        assert_eq!(job["version"], version);
        assert_eq!(job["organization"]["openJobCount"], open, "{from} {to}");
        assert_eq!(job["publishedAt"], "2026-05-04T10:30:00.000Z", "when it was first open");
        assert_eq!(team.row(&id).await.updated_at, team.app.app.clock.now());
    }
    let before = team.app.contents().await;
    team.set(&id, "OPEN").await.done();
    assert!(before == team.app.contents().await, "it stood there");
}

#[tokio::test]
async fn what_opens_says_what_the_work_is_and_where() {
    let team = team().await;
    let bare = json!({ "input": { "organization": team.organization, "title": "Weaver" } });
    let run = team.app.run_with(&team.moe, CREATE, bare).await.done();
    let id = run.text("jobCreate.job.id").to_owned();
    assert_eq!(team.refuses_state(&id, "OPEN").await, ["REQUIRED "]);
    team.change(&id, json!({ "description": "Make looms" })).await.done();
    assert_eq!(team.refuses_state(&id, "OPEN").await, ["REQUIRED "], "it is nowhere");
    team.change(&id, json!({ "locations": [{ "label": "Ulm" }] })).await.done();
    team.set(&id, "OPEN").await.done();
    for input in [json!({ "locations": [] }), json!({ "description": " " })] {
        let ask = json!({ "id": id, "input": input });
        let run = team.app.refuses(&team.moe, super::kit::UPDATE, ask).await;
        assert_eq!(run.refusals(), ["REQUIRED "], "what is open stays complete");
    }
}

#[tokio::test]
async fn the_timer_ends_what_is_over_and_nothing_else() {
    let team = team().await;
    let closes = json!({ "closesAt": "2026-05-05T09:30:00Z" });
    let mut ids = Vec::new();
    for title in ["Weaver", "Spinner", "Dyer"] {
        ids.push(team.open(title).await);
        team.change(&ids[ids.len() - 1], closes.clone()).await.done();
    }
    let draft = team.draft("Tailor").await;
    team.change(&draft, closes).await.done();
    team.set(&ids[1], "PAUSED").await.done();
    team.change(&ids[2], json!({ "closesAt": "2026-05-06T09:30:00Z" })).await.done();
    let fire = async || {
        work::fire(&team.app.app).await.unwrap();
        team.app.work().await;
    };
    fire().await;
    assert_eq!(team.row(&ids[0]).await.state, State::Open);
    team.app.app.clock.advance(TimeDelta::days(1));
    fire().await;
    let ended = team.row(&ids[0]).await;
    assert_eq!((ended.state, ended.updated_at), (State::Expired, team.app.app.clock.now()));
    assert_eq!(team.row(&ids[1]).await.state, State::Expired, "what was paused ends too");
    assert_eq!(team.row(&ids[2]).await.state, State::Open, "its date was moved");
    assert_eq!(team.row(&draft).await.state, State::Draft);
    let count = "{ organization(by: { slug: \"looms\" }) { openJobCount } }";
    let run = team.app.run(&team.mia, count).await.ok();
    assert_eq!(run.at("organization.openJobCount"), &json!(1));

    assert_eq!(team.refuses_state(&ids[0], "OPEN").await, ["STATE_NOT_ALLOWED state"]);
    team.change(&ids[0], json!({ "closesAt": Value::Null })).await.done();
    let run = team.set(&ids[0], "OPEN").await.done();
    assert_eq!(run.at("jobStateSet.job.organization.openJobCount"), &json!(2));
}
