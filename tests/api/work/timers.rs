//! What is done by the clock.

use chrono::TimeDelta;
use guildhall::{
    entity::{
        timer,
        work_item::{self, Column},
    },
    queue::{Queue, Timer},
    work::{self, Crew},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};

use super::kit::{SINGLE, Worker};
use crate::kit::TestApp;

static HOURLY: Timer = Timer { name: "test.hourly", every: TimeDelta::hours(1), kind: &SINGLE };

fn crew() -> Crew {
    Crew::new([], [&HOURLY])
}

async fn waiting(app: &TestApp) -> u64 {
    app.count::<work_item::Entity>(Column::Queue.eq(Queue::Upkeep.name())).await
}

async fn done(app: &TestApp) {
    work_item::Entity::delete_many().exec(&app.app.db.write).await.unwrap();
}

#[tokio::test]
async fn a_timer_fires_once_whoever_looks_and_however_often() {
    let app = TestApp::new().await;
    let (one, two) = (app.twin().await, app.twin().await);
    let crew = crew();
    for _ in 0..3 {
        let (a, b, c) = tokio::join!(
            work::fire_with(&app.app, &crew),
            work::fire_with(&one.app, &crew),
            work::fire_with(&two.app, &crew),
        );
        assert_eq!(a.unwrap() + b.unwrap() + c.unwrap(), 1);
        assert_eq!(work::fire_with(&two.app, &crew).await.unwrap(), 0);
        assert_eq!(waiting(&app).await, 1);
        done(&app).await;
        // It is half past nine.
        app.app.clock.advance(TimeDelta::minutes(29));
        assert_eq!(work::fire_with(&one.app, &crew).await.unwrap(), 0);
        app.app.clock.advance(TimeDelta::minutes(31));
    }
}

#[tokio::test]
async fn what_fell_into_a_time_without_a_server_is_done_once() {
    let app = TestApp::new().await;
    assert_eq!(work::fire_with(&app.app, &crew()).await.unwrap(), 1);
    done(&app).await;
    app.app.clock.advance(TimeDelta::days(100) + TimeDelta::minutes(5));
    assert_eq!(work::fire_with(&app.app, &crew()).await.unwrap(), 1);
    assert_eq!(work::fire_with(&app.app, &crew()).await.unwrap(), 0);
    assert_eq!(waiting(&app).await, 1);
    let row = timer::Entity::find_by_id("test.hourly").one(&app.app.db.write).await.unwrap();
    let moment = row.unwrap().fired_at;
    assert_eq!(moment.to_rfc3339(), "2026-08-12T09:00:00+00:00", "the moment, not the look");
}

#[tokio::test]
async fn while_what_a_timer_wants_waits_it_is_not_asked_for_again() {
    let app = TestApp::new().await;
    for _ in 0..3 {
        assert_eq!(work::fire_with(&app.app, &crew()).await.unwrap(), 1);
        app.app.clock.advance(TimeDelta::hours(1));
    }
    assert_eq!(waiting(&app).await, 1);
}

#[tokio::test]
async fn a_worker_fires_them_all_and_does_what_they_want() {
    let app = TestApp::new().await;
    let worker = Worker::start(&app, Crew::of_server());
    super::kit::until(async || {
        let fired = timer::Entity::find().all(&app.app.db.write).await.unwrap().len();
        // Ten timers, and the two days that alerts of jobs remember beside them.
        fired == 12 && waiting(&app).await == 0
    })
    .await;
    worker.stopped().await;
}
