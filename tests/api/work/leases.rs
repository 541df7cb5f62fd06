//! Nothing runs twice at a time, and nothing is lost: leases, and what becomes of those who lose them.

use std::time::Duration;

use chrono::TimeDelta;
use guildhall::{
    entity::work_item::{self, Column, State},
    queue::{self, Backoff, Failed, Held, LEASE, Queue},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use uuid::Uuid;

use super::kit::{Deed, PLAIN, Probe, Worker, ask, claim_ahead, crew, crew_at, drain, item, until};
use crate::kit::TestApp;

/// Sets the item to be somebody else's, or nobody's.
async fn hand_over(app: &TestApp, id: Uuid, state: State, worker: Option<Uuid>) {
    let change = work_item::Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Worker, Expr::value(worker))
        .filter(Column::Id.eq(id));
    change.exec(&app.app.db.write).await.unwrap();
}

#[tokio::test]
async fn what_a_killed_worker_held_is_taken_up_once_its_lease_is_over() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let twin = app.twin().await;
    let id = ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    for attempt in 1..=3 {
        let claimed = queue::claim(&app.app, Queue::Default, 10).await.unwrap();
        assert_eq!(
            claimed.iter().map(|item| (item.id, item.attempts)).collect::<Vec<_>>(),
            [(id, attempt)]
        );
        assert_eq!(drain(&twin).await, 0, "it is the other's");
        app.app.clock.advance(LEASE);
        assert_eq!(queue::abandoned(&twin.app).await.unwrap(), 0, "the lease is not over");
        app.app.clock.advance(TimeDelta::milliseconds(1));
        assert_eq!(queue::abandoned(&twin.app).await.unwrap(), 1);
        assert_eq!(queue::abandoned(&app.app).await.unwrap(), 0);
    }
    let row = item(&app, id).await.unwrap();
    assert_eq!((row.state, row.attempts, row.worker), (State::Failed, 3, None));
    assert_eq!(row.finished_at, Some(app.app.clock.now()));
    let why = "its worker was killed, or lost the database, each time";
    assert_eq!(row.error.as_deref(), Some(why));
    assert_eq!(probe.counts().begun, 0);
}

#[tokio::test]
async fn who_comes_back_after_the_lease_changes_nothing() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    let lost = queue::claim(&app.app, Queue::Default, 1).await.unwrap().remove(0);
    app.app.clock.advance(LEASE + TimeDelta::seconds(1));
    queue::abandoned(&app.app).await.unwrap();
    let now = queue::claim(&app.app, Queue::Default, 1).await.unwrap().remove(0);
    assert_eq!(now.id, lost.id);
    let (held, lost_hold) = (Held::of(&now).unwrap(), Held::of(&lost).unwrap());
    assert_ne!(held, lost_hold, "each claim has its own mark, in one process too");
    assert_eq!(queue::prolong(&app.app, &[lost_hold, held]).await.unwrap(), [held]);
    let as_it_was = item(&app, now.id).await;
    queue::done(&app.app, &[lost_hold]).await.unwrap();
    queue::give_back(&app.app, &[lost_hold], app.app.clock.now()).await.unwrap();
    let how = (true, Backoff::USUAL);
    assert_eq!(queue::failed(&app.app, &lost, "late", how).await.unwrap(), Failed::Lost);
    assert_eq!(item(&app, now.id).await, as_it_was);
    queue::done(&app.app, &[held]).await.unwrap();
    assert_eq!(item(&app, now.id).await, None);
}

#[tokio::test]
async fn a_lease_is_prolonged_for_as_long_as_the_work_runs() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Gate).await;
    let worker = Worker::start(&app, crew());
    probe.until(|counts| counts.running == 1).await;
    for _ in 0..3 {
        app.app.clock.advance(LEASE - TimeDelta::seconds(1));
        let until_then = app.app.clock.now() + LEASE;
        until(async || item(&app, id).await.unwrap().leased_until == Some(until_then)).await;
        assert_eq!(queue::abandoned(&app.app).await.unwrap(), 0);
    }
    probe.open(1);
    worker.stopped().await;
    assert_eq!(item(&app, id).await, None);
    let counts = probe.counts();
    assert_eq!((counts.begun, counts.ended), (1, 1));
}

#[tokio::test]
async fn who_lost_its_lease_is_cut_off() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Gate).await;
    let worker = Worker::start(&app, crew());
    probe.until(|counts| counts.running == 1).await;
    let other = Uuid::now_v7();
    hand_over(&app, id, State::Running, Some(other)).await;
    let counts = probe.until(|counts| counts.running == 0).await;
    assert_eq!((counts.begun, counts.ended), (1, 0));
    worker.stopped().await;
    let row = item(&app, id).await.unwrap();
    assert_eq!((row.state, row.worker, row.attempts), (State::Running, Some(other), 1));
}

#[tokio::test]
async fn who_can_not_reach_the_database_stops_before_others_may_begin() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    ask(&app.app, &PLAIN, &probe, Deed::Gate).await;
    let crew = crew_at(|pace| {
        pace.again = Duration::from_millis(5);
        pace.sure = Duration::from_millis(300);
        pace.drain = Duration::from_millis(1);
    });
    let worker = Worker::start(&app, crew);
    probe.until(|counts| counts.running == 1).await;
    app.app.db.clone().close().await;
    let counts = probe.until(|counts| counts.running == 0).await;
    assert_eq!((counts.begun, counts.ended), (1, 0));
    worker.stopped().await;
}

#[tokio::test]
async fn what_comes_back_to_the_same_worker_does_not_run_twice_at_a_time() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Gate).await;
    // It does not notice by itself that it lost it.
    let worker = Worker::start(&app, crew_at(|pace| pace.beat = Duration::from_secs(60)));
    probe.until(|counts| counts.running == 1).await;
    hand_over(&app, id, State::Queued, None).await;
    app.app.bell.ring(Queue::Default);
    probe.until(|counts| counts.begun == 2 && counts.running == 1).await;
    probe.open(1);
    let counts = probe.until(|counts| counts.ended == 1).await;
    assert_eq!((counts.begun, counts.most), (2, 1));
    worker.stopped().await;
    assert_eq!(item(&app, id).await, None);
}

#[tokio::test]
async fn who_is_told_to_stop_brings_to_its_end_what_runs() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Gate).await;
    let worker = Worker::start(&app, crew());
    probe.until(|counts| counts.running == 1).await;
    worker.tell_to_stop();
    let later = ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    probe.open(1);
    worker.stopped().await;
    assert_eq!(item(&app, id).await, None);
    let counts = probe.counts();
    assert_eq!((counts.begun, counts.ended), (1, 1), "it began nothing new");
    assert_eq!(item(&app, later).await.unwrap().state, State::Queued);
}

#[tokio::test]
async fn what_does_not_end_in_time_is_given_back_and_that_uses_up_no_try() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Gate).await;
    let worker = Worker::start(&app, crew_at(|pace| pace.drain = Duration::from_millis(20)));
    probe.until(|counts| counts.running == 1).await;
    worker.stopped().await;
    let counts = probe.counts();
    assert_eq!((counts.begun, counts.running, counts.ended), (1, 0, 0));
    let row = item(&app, id).await.unwrap();
    assert_eq!((row.state, row.attempts, row.worker), (State::Queued, 0, None));
    probe.open(1);
    assert_eq!(drain(&app).await, 1);
    assert_eq!(item(&app, id).await, None);
}

#[tokio::test]
async fn what_was_claimed_ahead_and_has_not_begun_is_given_back() {
    let app = TestApp::new().await;
    let (worker, slow, ahead, ids) = claim_ahead(&app).await;
    worker.tell_to_stop();
    slow.open(1);
    worker.stopped().await;
    assert_eq!((slow.counts().ended, ahead.counts().begun), (1, 0));
    for id in ids {
        let row = item(&app, id).await.unwrap();
        assert_eq!((row.state, row.attempts, row.worker), (State::Queued, 0, None));
    }
    assert_eq!(drain(&app).await, 5);
    assert_eq!(ahead.counts().begun, 5);
}
