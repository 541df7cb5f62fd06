//! Several queues, several workers, and how they are woken.

use std::time::Duration;

use chrono::TimeDelta;
use guildhall::{
    entity::work_item::{self, Column},
    queue::{self, Queue},
    work,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};

use super::kit::{Deed, LETTER, PLAIN, Probe, Worker, ask, claim_ahead, crew, crew_at, item};
use crate::kit::{TestApp, redis};

/// So long that nobody looks by themselves.
const NEVER: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_crowd_in_one_queue_keeps_nobody_in_another_from_their_turn() {
    let (app, crowd, letter) = (TestApp::new().await, Probe::new(), Probe::new());
    for _ in 0..20 {
        ask(&app.app, &PLAIN, &crowd, Deed::Gate).await;
    }
    let worker = Worker::start(&app, crew());
    let places = u32::try_from(Queue::Default.places()).unwrap();
    crowd.until(|counts| counts.running == places).await;
    ask(&app.app, &LETTER, &letter, Deed::Done).await;
    letter.until(|counts| counts.ended == 1).await;
    assert_eq!(crowd.counts().running, places, "no more than there are places");
    crowd.open(20);
    let counts = crowd.until(|counts| counts.ended == 20).await;
    assert_eq!((counts.begun, counts.most), (20, places));
    worker.stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_workers_share_the_work_and_each_item_is_begun_once() {
    let app = TestApp::new().await;
    let (one, two) = (app.twin().await, app.twin().await);
    let mut probes = Vec::new();
    for _ in 0..300 {
        let probe = Probe::new();
        ask(&app.app, &PLAIN, &probe, Deed::Done).await;
        probes.push(probe);
    }
    let workers = [&app, &one, &two].map(|app| Worker::start(app, crew()));
    for probe in &probes {
        probe.until(|counts| counts.ended == 1).await;
    }
    for worker in workers {
        worker.stopped().await;
    }
    assert!(probes.iter().all(|probe| probe.counts().begun == 1));
    assert_eq!(app.count::<work_item::Entity>(Column::Id.is_not_null()).await, 0);
}

#[tokio::test]
async fn a_worker_is_woken_by_what_is_asked_for_beside_it() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let worker = Worker::start(&app, crew_at(|pace| pace.net = NEVER));
    // It has looked for the last time before this is over.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    probe.until(|counts| counts.ended == 1).await;
    worker.stopped().await;
}

#[tokio::test]
async fn a_worker_is_woken_over_redis_by_another_process() {
    if !redis::is_there("a_worker_is_woken_over_redis_by_another_process") {
        return;
    }
    let (app, probe) = (TestApp::new().await, Probe::new());
    let other = app.twin().await;
    let worker = Worker::start(&other, crew_at(|pace| pace.net = NEVER));
    tokio::time::sleep(Duration::from_millis(1200)).await;
    ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    probe.until(|counts| counts.ended == 1).await;
    worker.stopped().await;
}

#[tokio::test]
async fn a_worker_finds_by_itself_what_nobody_rings_for() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let stranger = app.stranger().await;
    let worker = Worker::start(&stranger, crew_at(|pace| pace.net = Duration::from_millis(20)));
    ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    probe.until(|counts| counts.ended == 1).await;
    worker.stopped().await;
}

#[tokio::test]
async fn no_more_are_claimed_than_were_asked_for_and_the_longest_waiting_first() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let mut ids = Vec::new();
    for _ in 0..30 {
        ids.push(ask(&app.app, &PLAIN, &probe, Deed::Done).await);
        app.app.clock.advance(TimeDelta::milliseconds(5));
    }
    let claimed = queue::claim(&app.app, Queue::Default, 7).await.unwrap();
    assert_eq!(claimed.iter().map(|item| item.id).collect::<Vec<_>>(), ids[..7]);
    let running = Column::State.eq(work_item::State::Running);
    assert_eq!(app.count::<work_item::Entity>(running).await, 7);
    assert!(queue::claim(&app.app, Queue::Mail, 7).await.unwrap().is_empty());
    assert_eq!(item(&app, ids[7]).await.unwrap().attempts, 0);
}

#[tokio::test]
async fn monitoring_sees_how_many_wait_and_for_how_long() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    ask(&app.app, &LETTER, &probe, Deed::Done).await;
    app.app.clock.advance(TimeDelta::seconds(70));
    ask(&app.app, &LETTER, &probe, Deed::Done).await;
    let seen = work::look(&app.app).await.unwrap();
    let found: Vec<_> = seen.iter().map(|of| (of.queue, of.waiting, of.oldest)).collect();
    let none = |queue| (queue, 0, 0);
    let expected = [
        (Queue::Mail, 2, 70),
        none(Queue::BulkMail),
        none(Queue::News),
        none(Queue::Default),
        none(Queue::Upkeep),
    ];
    assert_eq!(found, expected);
    work_item::Entity::delete_many().exec(&app.app.db.write).await.unwrap();
    assert!(work::look(&app.app).await.unwrap().iter().all(|of| of.waiting == 0));
}

#[tokio::test]
async fn what_was_claimed_ahead_waits_for_a_moment_before_others_may_have_it() {
    let app = TestApp::new().await;
    let (worker, slow, ahead, _) = claim_ahead(&app).await;
    let other = Worker::start(&app.twin().await, crew());
    let counts = ahead.until(|counts| counts.ended == 5).await;
    assert_eq!((counts.begun, slow.counts().ended), (5, 0), "the first worker is still busy");
    slow.open(1);
    worker.stopped().await;
    other.stopped().await;
    assert_eq!(app.count::<work_item::Entity>(Column::Id.is_not_null()).await, 0);
}
