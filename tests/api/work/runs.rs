//! What becomes of an item after a run.

use chrono::TimeDelta;
use guildhall::{
    cx::Hand,
    entity::work_item::{self, Column, State},
    queue::{self, NewItem},
    work::{Crew, drain_with},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};

use super::kit::{Deed, PLAIN, Probe, SHORT, ask, crew, drain, item};
use crate::kit::TestApp;

#[tokio::test]
async fn a_change_that_is_taken_back_leaves_no_work() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let hand = Hand::of_server(&app.app);
    let cx = hand.cx(&app.app);
    let tx = cx.begin().await.unwrap();
    let new = NewItem::new(&PLAIN, &(probe.key, Deed::Done)).unwrap();
    assert!(queue::add(cx, &tx, new).await.unwrap().is_some());
    tx.rollback().await.unwrap();
    assert_eq!(app.count::<work_item::Entity>(Column::Id.is_not_null()).await, 0);
    assert_eq!(drain(&app).await, 0);
    assert_eq!(probe.counts().begun, 0);
}

#[tokio::test]
async fn what_is_done_is_gone() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    assert_eq!(item(&app, id).await.unwrap().state, State::Queued);
    assert_eq!(drain(&app).await, 1);
    assert_eq!(item(&app, id).await, None);
    assert_eq!(drain(&app).await, 0);
    assert_eq!(probe.counts().begun, 1);
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_later_and_parked_after_its_last_try() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let clock = &app.app.clock;
    let id = ask(&app.app, &PLAIN, &probe, Deed::Fail).await;
    for (attempt, least, most) in [(1, 6, 10), (2, 12, 20)] {
        assert_eq!(drain(&app).await, 1);
        let row = item(&app, id).await.unwrap();
        assert_eq!((row.state, row.attempts, row.worker), (State::Queued, attempt, None));
        assert_eq!(row.error.as_deref(), Some("the bridge is out"));
        let wait = row.run_at - clock.now();
        assert!(wait >= TimeDelta::seconds(least) && wait <= TimeDelta::seconds(most), "{wait}");
        clock.advance(wait - TimeDelta::milliseconds(1));
        assert_eq!(drain(&app).await, 0, "it is not due yet");
        clock.advance(TimeDelta::milliseconds(1));
    }
    assert_eq!(drain(&app).await, 1);
    let row = item(&app, id).await.unwrap();
    assert_eq!((row.state, row.attempts), (State::Failed, 3));
    assert_eq!(row.finished_at, Some(clock.now()));
    clock.advance(TimeDelta::days(30));
    assert_eq!(drain(&app).await, 0);
    assert_eq!(probe.counts().begun, 3);
}

#[tokio::test]
async fn those_who_failed_together_are_not_tried_again_together() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    for _ in 0..20 {
        ask(&app.app, &PLAIN, &probe, Deed::Fail).await;
    }
    assert_eq!(drain(&app).await, 20);
    let rows = work_item::Entity::find().all(&app.app.db.write).await.unwrap();
    let moments: std::collections::HashSet<_> = rows.iter().map(|row| row.run_at).collect();
    assert!(moments.len() > 5, "{moments:?}");
}

#[tokio::test]
async fn a_handler_that_panics_has_failed_and_the_others_go_on() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Panic).await;
    let other = ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    assert_eq!(drain(&app).await, 2);
    let row = item(&app, id).await.unwrap();
    assert_eq!((row.state, row.attempts), (State::Queued, 1));
    assert_eq!(row.error.as_deref(), Some("it panicked: the log says where"));
    assert_eq!(item(&app, other).await, None);
    assert_eq!(probe.counts().running, 0);
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_cut_off_and_has_failed() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &SHORT, &probe, Deed::Gate).await;
    assert_eq!(drain(&app).await, 1);
    let row = item(&app, id).await.unwrap();
    assert_eq!((row.state, row.attempts), (State::Queued, 1));
    assert_eq!(row.error.as_deref(), Some("it took longer than 30ms"));
    let counts = probe.counts();
    assert_eq!((counts.begun, counts.running, counts.ended), (1, 0, 0));
}

#[tokio::test]
async fn what_nobody_knows_how_to_do_waits_for_somebody_who_does() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Done).await;
    let nobody = Crew::new([], []);
    for _ in 0..5 {
        assert_eq!(drain_with(&app.app, &nobody).await.unwrap(), 1);
        let row = item(&app, id).await.unwrap();
        assert_eq!((row.state, row.attempts), (State::Queued, 0));
        assert_eq!(row.run_at, app.app.clock.now() + TimeDelta::minutes(1));
        assert_eq!(drain_with(&app.app, &nobody).await.unwrap(), 0);
        app.app.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!(drain_with(&app.app, &crew()).await.unwrap(), 1);
    assert_eq!(item(&app, id).await, None);
    assert_eq!(probe.counts().ended, 1);
}

#[tokio::test]
async fn to_be_run_again_uses_up_no_try() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Again(90)).await;
    for _ in 0..5 {
        assert_eq!(drain(&app).await, 1);
        let row = item(&app, id).await.unwrap();
        assert_eq!((row.state, row.attempts, row.error), (State::Queued, 0, None));
        assert_eq!(row.run_at, app.app.clock.now() + TimeDelta::seconds(90));
        app.app.clock.advance(TimeDelta::seconds(90));
    }
}

#[tokio::test]
async fn what_can_not_be_done_is_parked_at_once() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let id = ask(&app.app, &PLAIN, &probe, Deed::Park).await;
    assert_eq!(drain(&app).await, 1);
    let row = item(&app, id).await.unwrap();
    assert_eq!((row.state, row.attempts), (State::Failed, 1));
    assert_eq!(row.error.as_deref(), Some("nobody lives there"));
}
