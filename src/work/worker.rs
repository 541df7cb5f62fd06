use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::AbortHandle,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use super::{
    item::{self, Ended},
    timers,
};
use crate::{
    app::App,
    entity::work_item,
    infra::bus::{Heard, Note},
    queue::{self, Queue},
};

/// How often each queue is looked at though nobody rang.
const NET: Duration = Duration::from_secs(2);
/// When a queue is looked at after the bell, which rings before the transaction is through.
const LOOKS: [Duration; 5] = [
    Duration::from_millis(2),
    Duration::from_millis(15),
    Duration::from_millis(60),
    Duration::from_millis(200),
    Duration::from_millis(700),
];
/// How often leases are prolonged: a third of their life, so that two tries may fail.
const BEAT: Duration = Duration::from_secs(10);
/// How long leases may go without being prolonged before what runs is cut off, so that it never runs twice at a time.
const SURE: Duration = Duration::from_secs(25);
/// How often timers, and what killed workers left behind, are looked at.
const TICK: Duration = Duration::from_secs(1);
/// How long running work may take to end once the worker is to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// Items that are deleted at once.
const SWEPT: usize = 200;

/// What does background work.
#[derive(Debug)]
struct Inner {
    app: Arc<App>,
    id: Uuid,
    /// What runs, so that its lease is prolonged.
    running: Mutex<HashMap<Uuid, AbortHandle>>,
    tasks: TaskTracker,
    done: mpsc::Sender<Uuid>,
}

/// Works until `stop`, then lets what runs come to its end (at most 10 s), and gives back the rest.
pub async fn work(app: Arc<App>, stop: CancellationToken) {
    let (done, finished) = mpsc::channel(SWEPT * 4);
    let id = app.clock.key();
    let inner = Inner { app, id, running: Mutex::default(), tasks: TaskTracker::new(), done };
    let inner = Arc::new(inner);
    let cut = CancellationToken::new();
    let sweeper = tokio::spawn(sweep(inner.clone(), finished));
    let beat = tokio::spawn(beat(inner.clone(), cut.clone()));
    let queues = TaskTracker::new();
    for queue in Queue::ALL {
        queues.spawn(serve(inner.clone(), queue, stop.clone()));
    }
    queues.spawn(listen(inner.app.clone(), stop.clone()));
    queues.spawn(tick(inner.app.clone(), stop));
    queues.close();
    queues.wait().await;
    inner.tasks.close();
    if tokio::time::timeout(DRAIN, inner.tasks.wait()).await.is_err() {
        give_back(&inner).await;
    }
    cut.cancel();
    let _ = beat.await;
    drop(inner);
    let _ = sweeper.await;
}

impl Inner {
    fn running(&self) -> MutexGuard<'_, HashMap<Uuid, AbortHandle>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Claims and starts the items of one queue.
async fn serve(inner: Arc<Inner>, queue: Queue, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(queue.places()));
    let rung = inner.app.bell.of(queue);
    loop {
        let mut looks = LOOKS.iter();
        // Looks again and again for a while after the bell, then waits for the next.
        loop {
            take_all(&inner, queue, &places, &stop).await;
            let Some(wait) = looks.next() else { break };
            tokio::select! {
                () = tokio::time::sleep(*wait) => {}
                () = rung.heard() => looks = LOOKS.iter(),
                () = stop.cancelled() => return,
            }
        }
        tokio::select! {
            () = rung.heard() => {}
            () = tokio::time::sleep(NET) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Starts what is due, as places become free, until nothing is.
async fn take_all(
    inner: &Arc<Inner>,
    queue: Queue,
    places: &Arc<Semaphore>,
    stop: &CancellationToken,
) {
    loop {
        match queue::is_due(&inner.app, queue).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return tracing::warn!(%error, "can't look for background work"),
        }
        let first = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = stop.cancelled() => return,
        };
        let mut free: Vec<OwnedSemaphorePermit> = first.into_iter().collect();
        while let Ok(place) = places.clone().try_acquire_owned() {
            free.push(place);
        }
        let items = match queue::claim(&inner.app, queue, inner.id, free.len()).await {
            Ok(items) => items,
            Err(error) => return tracing::warn!(%error, "can't claim background work"),
        };
        if items.is_empty() {
            return;
        }
        for (item, place) in items.into_iter().zip(free) {
            start(inner, item, place);
        }
    }
}

fn start(inner: &Arc<Inner>, item: work_item::Model, place: OwnedSemaphorePermit) {
    let (id, held) = (item.id, inner.clone());
    // Locked until it stands in the list, so that it can't end before.
    let mut running = inner.running();
    let task = inner.tasks.spawn(async move {
        let ended = item::run(held.app.clone(), item.clone()).await;
        let settled = match ended {
            Ended::Done => held.done.send(id).await.map_err(crate::Error::internal),
            ended => item::settle(&held.app, held.id, &item, ended).await,
        };
        if let Err(error) = settled {
            tracing::warn!(%error, item = %id, "can't write down how background work ended; it will be run again");
        }
        held.running().remove(&id);
        drop(place);
    });
    running.insert(id, task.abort_handle());
}

/// Deletes what is done, many at once.
async fn sweep(inner: Arc<Inner>, mut finished: mpsc::Receiver<Uuid>) {
    let (app, worker) = (inner.app.clone(), inner.id);
    // Else the channel would never end.
    drop(inner);
    let mut items = Vec::with_capacity(SWEPT);
    while finished.recv_many(&mut items, SWEPT).await > 0 {
        if let Err(error) = queue::done(&app, worker, &items).await {
            tracing::warn!(%error, "can't delete background work that is done; it will be run again");
        }
        items.clear();
    }
}

/// Prolongs the leases of what runs; what was lost is cut off.
async fn beat(inner: Arc<Inner>, cut: CancellationToken) {
    let mut sure = Instant::now();
    let mut beats = tokio::time::interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = beats.tick() => {}
            () = cut.cancelled() => return,
        }
        let asked = Instant::now();
        let ids: Vec<Uuid> = inner.running().keys().copied().collect();
        if ids.is_empty() {
            sure = asked;
            continue;
        }
        match tokio::time::timeout(BEAT / 2, queue::prolong(&inner.app, inner.id, &ids)).await {
            Ok(Ok(held)) => {
                sure = asked;
                cut_off(&inner, |id| ids.contains(id) && !held.contains(id));
            }
            _ if sure.elapsed() + BEAT > SURE => cut_off(&inner, |_| true),
            failed => tracing::warn!(?failed, "can't prolong the leases of background work"),
        }
    }
}

/// Ends what runs and is not ours any more.
fn cut_off(inner: &Inner, lost: impl Fn(&Uuid) -> bool) {
    inner.running().retain(|id, task| {
        let lost = lost(id) && !task.is_finished();
        if lost {
            tracing::warn!(item = %id, "background work is cut off: its lease is over");
            task.abort();
        }
        !lost
    });
}

/// Ends what still runs, and lets others do it.
async fn give_back(inner: &Inner) {
    let ids: Vec<Uuid> = {
        let mut running = inner.running();
        running.drain().map(|(id, task)| (task.abort(), id).1).collect()
    };
    let now = inner.app.clock.now();
    if let Err(error) = queue::give_back(&inner.app, inner.id, &ids, now).await {
        tracing::warn!(%error, "can't give back background work; others take it when its lease is over");
    }
}

/// Rings here what other processes ring.
async fn listen(app: Arc<App>, stop: CancellationToken) {
    let mut listener = app.bus.listen();
    loop {
        let heard = tokio::select! {
            heard = listener.next() => heard,
            () = stop.cancelled() => return,
        };
        match heard {
            Some(Heard::Note(Note::Work { queue, from })) if !app.bell.is_own(from) => {
                if let Some(queue) = Queue::named(&queue) {
                    app.bell.ring_here(queue);
                }
            }
            Some(Heard::Lost) => Queue::ALL.into_iter().for_each(|queue| app.bell.ring_here(queue)),
            Some(Heard::Note(_)) => {}
            None => return,
        }
    }
}

/// Fires timers, and frees what killed workers left behind.
async fn tick(app: Arc<App>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = timers::fire(&app).await {
            tracing::warn!(%error, "can't fire timers");
        }
        match queue::abandoned(&app).await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(count, "took up background work whose worker is gone");
                Queue::ALL.into_iter().for_each(|queue| app.bell.ring_here(queue));
            }
            Err(error) => {
                tracing::warn!(%error, "can't look for background work that was left behind")
            }
        }
    }
}
