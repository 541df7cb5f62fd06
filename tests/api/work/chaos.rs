//! Workers are killed again and again while mails come in: each is sent, and sent once.

#![cfg(unix)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use guildhall::{
    app::App,
    entity::{
        email, email_attempt,
        work_item::{self, Column, State},
    },
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::{
    kit::until,
    processes::{Process, write_mail},
};
use crate::kit::TestApp;

/// Workers that are killed.
const WORKERS: usize = 3;
/// How often one of them is.
const KILLS: usize = 12;
/// Mails that are written in one change, so that nobody is ever idle.
const CROWD: usize = 300;
/// None of this takes longer, on however busy a machine.
const LONG: Duration = Duration::from_secs(120);

async fn crowd(app: &App) {
    let tx = app.db.begin().await.unwrap();
    for _ in 0..CROWD {
        write_mail(app, &tx).await;
    }
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mail_is_sent_once_though_workers_are_killed_again_and_again() {
    let (app, folder) = (TestApp::new().await, TempDir::new().unwrap());
    if !app.is_postgres() {
        // On SQLite there are no workers but the server's own.
        return;
    }
    timeout(LONG, chaos(&app, &folder)).await.expect("not every mail was sent in time");
}

async fn chaos(app: &TestApp, folder: &TempDir) {
    let start = |place: usize| Process::start(app, folder.path(), &format!("{place}.log"));
    crowd(&app.app).await;
    let mut workers: Vec<Process> = (0..WORKERS).map(start).collect();
    let enough = Arc::<AtomicBool>::default();
    let writer = tokio::spawn({
        let (app, enough) = (app.app.clone(), enough.clone());
        async move {
            let mut count = 0;
            while !enough.load(Ordering::Relaxed) {
                let tx = app.db.begin().await.unwrap();
                write_mail(&app, &tx).await;
                tx.commit().await.unwrap();
                count += 1;
            }
            count
        }
    });
    for _ in 0..KILLS {
        sleep(Duration::from_millis(rand::random_range(150..500))).await;
        let place = rand::random_range(0..WORKERS);
        workers[place].kill();
        workers[place] = start(place);
    }
    enough.store(true, Ordering::Relaxed);
    let trickled: usize = writer.await.unwrap();

    // All at once, while they hold something.
    crowd(&app.app).await;
    let running = async || app.count::<work_item::Entity>(Column::State.eq(State::Running)).await;
    until(async || running().await > 0).await;
    workers.iter_mut().for_each(Process::kill);
    let held = running().await;
    for (place, worker) in workers.iter_mut().enumerate() {
        *worker = start(place);
    }
    let mails = Column::Kind.eq("mail.send");
    while app.count::<work_item::Entity>(mails.clone()).await > 0 {
        sleep(Duration::from_millis(50)).await;
    }

    let sent = email::Entity::find().all(&app.app.db.write).await.unwrap();
    assert_eq!(sent.len(), trickled + 2 * CROWD);
    let whole = |mail: &&email::Model| mail.state == email::State::Sent && mail.attempt_count == 1;
    let others: Vec<_> = sent.iter().filter(|mail| !whole(mail)).collect();
    assert!(others.is_empty(), "{others:#?}");
    let tried = app.count::<email_attempt::Entity>(email_attempt::Column::Id.is_not_null()).await;
    assert_eq!(usize::try_from(tried).unwrap(), sent.len(), "two tried the same mail");
    eprintln!("{} mails; {held} were held by the last who were killed", sent.len());
    assert!(held > 0, "nobody held anything when they were killed");
}
