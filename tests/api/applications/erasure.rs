//! Applications are kept as long as the job says, and no longer.

use chrono::TimeDelta;
use guildhall::{
    entity::{application, application_event, email, file, file::Kind, file_use, job::State},
    work,
};
use sea_orm::{
    ColumnTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::{Value, json};

use super::kit::{Desk, WITHDRAW, desk};
use crate::portfolio::kit::file;

async fn pass(desk: &Desk, time: TimeDelta) -> usize {
    desk.app.app.clock.advance(time);
    work::fire(&desk.app.app).await.unwrap();
    desk.app.work().await;
    desk.rows().await.len()
}

#[tokio::test]
async fn what_is_past_its_time_is_erased_with_all_that_belongs_to_it() {
    let desk = desk().await;
    desk.set_job(|job| job.retention_days = Some(30)).await;
    let resume = file(&desk.app, &desk.ada, Kind::Document).await;
    let run = desk.submit(&desk.ada, json!({ "resume": resume })).await.done();
    let id = run.text("applicationSubmit.application.id").to_owned();
    desk.advance(&desk.moe, &[&id], 1, json!("Soon")).await.done();
    assert_eq!(desk.read(&desk.ada, &id, "deleteAfter").await["deleteAfter"], Value::Null);
    assert_eq!(pass(&desk, TimeDelta::days(40)).await, 1, "the job goes on");
    let now = desk.app.app.clock.now();
    desk.set_job(|job| (job.state, job.updated_at) = (State::Filled, now)).await;
    assert_eq!(pass(&desk, TimeDelta::hours(2)).await, 1);
    let day = (now + TimeDelta::days(30)).date_naive().to_string();
    assert_eq!(desk.read(&desk.ada, &id, "deleteAfter").await["deleteAfter"], json!(day));
    // It goes on after all, and ends again.
    desk.set_job(|job| job.state = State::Open).await;
    assert_eq!(pass(&desk, TimeDelta::days(40)).await, 1);
    assert_eq!(desk.rows().await[0].erase_at, None);
    let now = desk.app.app.clock.now();
    desk.set_job(|job| (job.state, job.updated_at) = (State::Expired, now)).await;
    assert_eq!(pass(&desk, TimeDelta::days(29)).await, 1);
    assert_eq!(pass(&desk, TimeDelta::days(1) + TimeDelta::hours(2)).await, 0);
    let all = || Expr::val(1).eq(1);
    assert_eq!(desk.app.count::<application::Entity>(all()).await, 0);
    assert_eq!(desk.app.count::<application_event::Entity>(all()).await, 0);
    assert_eq!(desk.app.count::<file_use::Entity>(all()).await, 0);
    let written = email::Column::TemplateKey.like("application%");
    assert_eq!(desk.app.count::<email::Entity>(written).await, 0);
    assert_eq!(desk.app.count::<file::Entity>(all()).await, 1, "the file is Ada's own");
    assert_eq!(desk.counts().await, (0, vec![0, 0, 0, 0]));
}

#[tokio::test]
async fn what_is_over_is_erased_though_its_job_goes_on() {
    let desk = desk().await;
    desk.set_job(|job| job.retention_days = Some(10)).await;
    let (ada, mia) = (desk.applied(&desk.ada).await, desk.applied(&desk.mia).await);
    desk.applied(&desk.rita).await;
    let run = desk.app.run_with(&desk.ada, WITHDRAW, json!({ "id": ada })).await.done();
    assert_eq!(run.at("applicationWithdraw.application.deleteAfter"), "2026-05-14");
    desk.advance(&desk.moe, &[&mia], 3, Value::Null).await.done();
    assert_eq!(pass(&desk, TimeDelta::days(9)).await, 3);
    // Back in the race.
    desk.advance(&desk.moe, &[&mia], 1, Value::Null).await.done();
    assert_eq!(pass(&desk, TimeDelta::days(2)).await, 2);
    assert_eq!(desk.counts().await, (2, vec![1, 1, 0, 0]));
}
