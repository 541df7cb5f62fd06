//! What a worker holds: prolongs its leases, cuts off what it lost, and deletes what is done.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::mpsc, task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Pace;
use crate::{
    app::App,
    queue::{self, Held},
};

/// Items that are deleted at once.
const SWEPT: usize = 200;

/// What a worker holds, from the claim until the item is deleted or somebody else's.
#[derive(Debug, Default)]
pub(super) struct Hold(Mutex<HashMap<Uuid, Run>>);

/// The run of an item.
#[derive(Debug)]
struct Run {
    claim: Uuid,
    task: JoinHandle<()>,
}

impl Hold {
    fn runs(&self) -> MutexGuard<'_, HashMap<Uuid, Run>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the run that `spawn` begins. It is given the run of an earlier claim that still stands here, which must
    /// end first.
    pub(super) fn begin(
        &self,
        held: Held,
        spawn: impl FnOnce(Option<JoinHandle<()>>) -> JoinHandle<()>,
    ) {
        // Locked until it stands in the list, so that it can't end before.
        let mut runs = self.runs();
        let earlier = runs.remove(&held.id).map(|run| run.task);
        let task = spawn(earlier);
        runs.insert(held.id, Run { claim: held.claim, task });
    }

    /// It is held no more.
    pub(super) fn let_go(&self, held: Held) {
        let mut runs = self.runs();
        if runs.get(&held.id).is_some_and(|run| run.claim == held.claim) {
            runs.remove(&held.id);
        }
    }

    fn all(&self) -> Vec<Held> {
        self.runs().iter().map(|(id, run)| Held { id: *id, claim: run.claim }).collect()
    }

    /// Ends what is held, and holds it no more.
    fn cut_off(&self, lost: &[Held]) {
        for held in lost {
            let run = {
                let mut runs = self.runs();
                if runs.get(&held.id).is_none_or(|run| run.claim != held.claim) {
                    continue;
                }
                runs.remove(&held.id)
            };
            // What has ended waits to be deleted, or is.
            if let Some(run) = run.filter(|run| !run.task.is_finished()) {
                tracing::warn!(item = %held.id, "background work is cut off: its lease is over");
                run.task.abort();
            }
        }
    }

    /// Ends everything that still runs.
    pub(super) fn abort_all(&self) {
        self.runs().values().for_each(|run| run.task.abort());
    }

    /// Lets others do what is held and does not run. What can't be stopped is left to its lease.
    pub(super) async fn give_back(&self, app: &App) {
        let held: Vec<Held> = {
            let runs = self.runs();
            let ended = runs.iter().filter(|(_, run)| run.task.is_finished());
            ended.map(|(id, run)| Held { id: *id, claim: run.claim }).collect()
        };
        if held.is_empty() {
            return;
        }
        tracing::info!(
            count = held.len(),
            "gives back background work that has not come to its end"
        );
        if let Err(error) = queue::give_back(app, &held, app.clock.now()).await {
            tracing::warn!(%error, "can't give back background work; others take it when its lease is over");
        }
    }
}

/// Prolongs the leases of what is held; what was lost, or may have been, is cut off.
pub(super) async fn beat(app: Arc<App>, hold: Arc<Hold>, pace: Pace, end: CancellationToken) {
    let mut sure = Instant::now();
    let mut wait = pace.beat;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = end.cancelled() => return,
        }
        wait = pace.beat;
        let held = hold.all();
        let asked = Instant::now();
        // A lease is longer than this: whoever was claimed since then is sure, too.
        let left = pace.sure.saturating_sub(asked - sure);
        if held.is_empty() {
            sure = asked;
            continue;
        }
        let prolonged = tokio::time::timeout(left, queue::prolong(&app, &held)).await;
        match prolonged {
            Ok(Ok(still)) => {
                sure = asked;
                let lost: Vec<Held> =
                    held.into_iter().filter(|held| !still.contains(held)).collect();
                // What ended meanwhile is no loss: it is let go already.
                hold.cut_off(&lost);
            }
            failed if sure.elapsed() >= pace.sure => {
                tracing::warn!(?failed, "background work may be somebody else's by now");
                hold.cut_off(&held);
                sure = asked;
            }
            failed => {
                tracing::warn!(?failed, "can't prolong the leases of background work");
                wait = pace.again;
            }
        }
    }
}

/// Deletes what is done, many at once, and holds it until then; comes back once all that was told until `end` is
/// deleted.
pub(super) async fn sweep(
    app: Arc<App>,
    hold: Arc<Hold>,
    mut finished: mpsc::Receiver<Held>,
    pace: Pace,
    end: CancellationToken,
) {
    let mut items = Vec::with_capacity(SWEPT);
    loop {
        let count = tokio::select! {
            count = finished.recv_many(&mut items, SWEPT) => count,
            () = end.cancelled(), if !finished.is_closed() => {
                finished.close();
                continue;
            }
        };
        if count == 0 {
            return;
        }
        while let Err(error) = queue::done(&app, &items).await {
            tracing::warn!(%error, "can't delete background work that is done");
            if end.is_cancelled() {
                // It will be run again.
                return;
            }
            tokio::time::sleep(pace.again).await;
        }
        for held in items.drain(..) {
            hold.let_go(held);
        }
    }
}

/// Room for what is done and not yet deleted.
pub(super) fn channel() -> (mpsc::Sender<Held>, mpsc::Receiver<Held>) {
    mpsc::channel(SWEPT * 4)
}
