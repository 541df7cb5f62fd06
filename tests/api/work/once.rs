//! Work that is asked for often and wanted once.

use guildhall::{
    Result,
    app::App,
    cx::Hand,
    entity::work_item::{self, Column},
    queue::{self, NewItem},
};
use sea_orm::{ColumnTrait as _, ConnectionTrait, prelude::Uuid};
use tokio::task::JoinSet;

use super::kit::{Deed, PLAIN, Probe, drain};
use crate::kit::TestApp;

/// Asks for work once, in this transaction.
async fn once(
    app: &App,
    tx: &impl ConnectionTrait,
    (probe, deed): (Uuid, Deed),
    key: &str,
) -> Result<Option<Uuid>> {
    let hand = Hand::of_server(app);
    let item = NewItem::new(&PLAIN, &(probe, deed)).unwrap().once(key);
    queue::add(hand.cx(app), tx, item).await
}

async fn commit_once(app: &App, probe: &Probe, key: &str) -> Option<Uuid> {
    let tx = app.db.begin().await.unwrap();
    let added = once(app, &tx, (probe.key, Deed::Done), key).await.unwrap();
    tx.commit().await.unwrap();
    added
}

#[tokio::test]
async fn while_one_waits_another_with_its_key_is_not_written() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    assert!(commit_once(&app.app, &probe, "a").await.is_some());
    assert_eq!(commit_once(&app.app, &probe, "a").await, None);
    assert!(commit_once(&app.app, &probe, "b").await.is_some());
    assert_eq!(app.count::<work_item::Entity>(Column::Dedupe.is_not_null()).await, 2);
    assert_eq!(drain(&app).await, 2);
    assert!(commit_once(&app.app, &probe, "a").await.is_some(), "the first is done");
    assert_eq!(drain(&app).await, 1);
}

#[tokio::test]
async fn one_that_began_does_not_stand_for_what_is_asked_for_later() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    commit_once(&app.app, &probe, "a").await;
    let claimed = queue::claim(&app.app, queue::Queue::Default, 1).await.unwrap();
    assert!(commit_once(&app.app, &probe, "a").await.is_some());
    // And when the first comes back to wait, there is room for both.
    let held: Vec<_> = claimed.iter().filter_map(queue::Held::of).collect();
    queue::give_back(&app.app, &held, app.app.clock.now()).await.unwrap();
    assert_eq!(commit_once(&app.app, &probe, "a").await, None);
    assert_eq!(drain(&app).await, 2);
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_is_heard() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    let mut asking = JoinSet::new();
    for _ in 0..16 {
        let (app, probe) = (app.app.clone(), probe.clone());
        asking.spawn(async move { commit_once(&app, &probe, "a").await });
    }
    let written = asking.join_all().await.into_iter().flatten().count();
    assert_eq!(written, 1);
    assert_eq!(drain(&app).await, 1);
    assert_eq!(probe.counts().begun, 1);
}

#[tokio::test]
async fn what_stands_for_a_change_does_not_begin_before_that_is_through() {
    let (app, probe) = (TestApp::new().await, Probe::new());
    if !app.is_postgres() {
        // On SQLite nobody can claim while somebody writes.
        return;
    }
    assert!(commit_once(&app.app, &probe, "a").await.is_some());
    let (one, two) = (app.app.db.begin().await.unwrap(), app.app.db.begin().await.unwrap());
    let what = (probe.key, Deed::Done);
    assert_eq!(once(&app.app, &one, what, "a").await.unwrap(), None);
    assert_eq!(once(&app.app, &two, what, "a").await.unwrap(), None, "they need not wait");
    assert_eq!(drain(&app).await, 0);
    one.commit().await.unwrap();
    assert_eq!(drain(&app).await, 0);
    two.rollback().await.unwrap();
    assert_eq!(drain(&app).await, 1);
}
