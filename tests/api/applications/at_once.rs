//! Those who come at the same moment, and how often one may come.

use chrono::TimeDelta;
use futures_util::future::join_all;
use guildhall::{
    entity::{application, application_event, email, job},
    graph::encode,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::kit::{MOVE, RATE, SUBMIT, WITHDRAW, desk, new_job};
use crate::{
    jobs::kit::STATE,
    kit::{Run, profile_id},
    organizations::kit::MEMBER,
};

#[tokio::test]
async fn of_applications_of_one_person_at_once_one_stands() {
    let desk = desk().await;
    let runs = join_all((0..5).map(|_| desk.submit(&desk.ada, json!({})))).await;
    let mut refused: Vec<String> = runs.iter().flat_map(Run::refusals).collect();
    refused.dedup();
    assert_eq!(refused, ["DUPLICATE input.job"]);
    assert_eq!(desk.rows().await.len(), 1);
    assert_eq!(desk.counts().await, (1, vec![1, 0, 0, 0]));
    let received = email::Column::TemplateKey.eq("application_received");
    assert_eq!(desk.app.count::<email::Entity>(received).await, 1);
    // As with the same key for all of them, where nobody is refused.
    let keyed = json!({ "clientKey": "one" });
    let runs = join_all((0..5).map(|_| desk.submit(&desk.mia, keyed.clone()))).await;
    let mut ids: Vec<_> = runs
        .into_iter()
        .map(|run| run.done().text("applicationSubmit.application.id").to_owned())
        .collect();
    ids.dedup();
    assert_eq!((ids.len(), desk.counts().await), (1, (2, vec![2, 0, 0, 0])));
}

#[tokio::test]
async fn who_applies_while_the_job_closes_either_stands_or_is_refused() {
    let desk = desk().await;
    let mut people = Vec::new();
    for at in 0..6 {
        people.push(desk.app.member(&format!("weaver{at}")).await);
    }
    let close = json!({ "id": desk.job_id(), "state": "CLOSED" });
    let (early, late) = people.split_at(3);
    let (before, closed, after) = tokio::join!(
        join_all(early.iter().map(|who| desk.submit(who, json!({})))),
        desk.app.run_with(&desk.moe, STATE, close),
        join_all(late.iter().map(|who| desk.submit(who, json!({})))),
    );
    closed.done();
    let runs: Vec<Run> = before.into_iter().chain(after).collect();
    let stand = runs.iter().filter(|run| run.refusals().is_empty()).count();
    let refused = runs.iter().flat_map(Run::refusals).filter(|why| why == "CLOSED input.job");
    assert_eq!(stand + refused.count(), 6);
    assert_eq!(desk.rows().await.len(), stand);
    let count = i32::try_from(stand).unwrap();
    assert_eq!(desk.counts().await, (count, vec![count, 0, 0, 0]));
    let row = desk.job_row().await;
    assert_eq!((row.state, row.application_count), (job::State::Closed, count));
}

#[tokio::test]
async fn who_is_moved_while_they_take_it_back_is_counted_once() {
    let desk = desk().await;
    let id = desk.applied(&desk.ada).await;
    let ids = [id.as_str()];
    let stages = [1, 2, 1, 2].map(|at| desk.advance(&desk.moe, &ids, at, Value::Null));
    let back = desk.app.run_with(&desk.ada, WITHDRAW, json!({ "id": id }));
    let (moves, back) = tokio::join!(join_all(stages), back);
    back.done();
    assert!(moves.iter().flat_map(Run::refusals).all(|why| why == "STATE_NOT_ALLOWED ids.0"));
    let row = desk.rows().await.remove(0);
    assert_eq!((row.state, row.stage_id), (application::State::Withdrawn, None));
    assert_eq!(desk.counts().await, (0, vec![0, 0, 0, 0]));
    let back = application_event::Column::State.eq(application::State::Withdrawn);
    assert_eq!(desk.app.count::<application_event::Entity>(back).await, 1);
}

#[tokio::test]
async fn one_applies_thirty_times_an_hour() {
    let desk = desk().await;
    let mut jobs = vec![desk.job_id()];
    for at in 0..30 {
        let (job, _) = new_job(&desk.app, &format!("job{at}"), &[]).await;
        jobs.push(encode("job", job).to_string());
    }
    for job in &jobs[..30] {
        let ask = json!({ "input": { "job": job } });
        desk.app.run_with(&desk.ada, SUBMIT, ask).await.done();
    }
    let last = json!({ "input": { "job": jobs[30] } });
    let run = desk.app.refuses(&desk.ada, SUBMIT, last.clone()).await;
    assert_eq!(run.refusals(), ["RATE_LIMITED "]);
    desk.app.run_with(&desk.mia, SUBMIT, last.clone()).await.done();
    desk.app.app.clock.advance(TimeDelta::hours(1));
    desk.app.run_with(&desk.ada, SUBMIT, last).await.done();
}

#[tokio::test]
async fn ten_look_after_an_application_and_none_who_hires_no_more() {
    let desk = desk().await;
    let id = desk.applied(&desk.ada).await;
    let organization = encode("organization", desk.job_row().await.organization_id).to_string();
    let mut team = vec![profile_id(&desk.moe)];
    for at in 0..10 {
        let who = profile_id(&desk.app.member(&format!("hirer{at}")).await);
        let joins = json!({ "id": organization, "profile": who, "role": "MODERATOR" });
        desk.app.run_with(&desk.olga, MEMBER, joins).await.done();
        team.push(who);
    }
    let all = json!({ "id": id, "assignees": team });
    let run = desk.app.refuses(&desk.olga, RATE, all).await;
    assert_eq!(run.refusals(), ["TOO_LONG assignees"]);
    let ten = json!({ "id": id, "assignees": team[..10] });
    let run = desk.app.run_with(&desk.olga, RATE, ten).await.done();
    let shown = run.list("applicationRate.application.reviewers", "handle");
    assert_eq!((shown.len(), &*shown[9]), (10, "moe"));
    for role in [Value::Null, json!("MEMBER")] {
        let who = if role.is_null() { &team[0] } else { &team[1] };
        let leaves = json!({ "id": organization, "profile": who, "role": role });
        desk.app.run_with(&desk.olga, MEMBER, leaves).await.done();
    }
    let shown = desk.read(&desk.olga, &id, "reviewers { id }").await;
    let shown: Vec<_> =
        shown["reviewers"].as_array().unwrap().iter().map(|who| &who["id"]).collect();
    assert_eq!(shown, team[2..10].iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn who_hires_no_more_changes_nothing() {
    let desk = desk().await;
    let id = desk.applied(&desk.ada).await;
    let organization = encode("organization", desk.job_row().await.organization_id).to_string();
    let leaves =
        json!({ "id": organization, "profile": profile_id(&desk.moe), "role": Value::Null });
    desk.app.run_with(&desk.olga, MEMBER, leaves).await.done();
    let stage = desk.stage(1);
    let moves = json!({ "ids": [id], "stage": stage });
    assert_eq!(desk.app.refuses(&desk.moe, MOVE, moves).await.refusals(), ["NOT_FOUND ids.0"]);
    let rates = json!({ "id": id, "rating": 1 });
    assert_eq!(desk.app.refuses(&desk.moe, RATE, rates).await.refusals(), ["NOT_FOUND id"]);
    assert_eq!(desk.read(&desk.moe, &id, "name").await, Value::Null);
}
