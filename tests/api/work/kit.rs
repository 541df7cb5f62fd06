//! Work of the tests' own: what a run does stands in its payload, and a probe tells what happened.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use guildhall::{
    Result,
    app::App,
    cx::Hand,
    entity::work_item,
    queue::{self, Backoff, Handler, Job, Kind, NewItem, Outcome, Queue},
    work::{self, Crew, Pace},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::kit::TestApp;

/// Nothing here takes longer, on however busy a machine.
const LONG: Duration = Duration::from_secs(30);

const BACKOFF: Backoff = Backoff { first: TimeDelta::seconds(8), most: TimeDelta::seconds(60) };

const fn kind(name: &'static str, queue: Queue, limit: Duration) -> Kind {
    Kind { name, queue, tries: 3, backoff: BACKOFF, limit }
}

/// Waits in the queue of everything.
pub static PLAIN: Kind = kind("test.plain", Queue::Default, LONG);
/// Waits in the queue of mails.
pub static LETTER: Kind = kind("test.letter", Queue::Mail, LONG);
/// Waits where one is done at a time.
pub static SINGLE: Kind = kind("test.single", Queue::Upkeep, LONG);
/// May not take long.
pub static SHORT: Kind = kind("test.short", Queue::Default, Duration::from_millis(30));

/// What a run does.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Deed {
    Done,
    Fail,
    Panic,
    /// It can't be done.
    Park,
    /// To be run again after so many seconds.
    Again(i64),
    /// Waits at the probe's gate.
    Gate,
}

/// What was seen of the items that bear one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub begun: u32,
    pub running: u32,
    /// At the same time.
    pub most: u32,
    /// Came to their end by themselves.
    pub ended: u32,
}

/// Tells what happens to the items that bear its key.
pub struct Probe {
    pub key: Uuid,
    counts: watch::Sender<Counts>,
    gate: Semaphore,
}

static PROBES: LazyLock<Mutex<HashMap<Uuid, Arc<Probe>>>> = LazyLock::new(Mutex::default);

impl Probe {
    pub fn new() -> Arc<Self> {
        let key = Uuid::now_v7();
        let (counts, gate) = (watch::Sender::default(), Semaphore::new(0));
        let probe = Arc::new(Self { key, counts, gate });
        PROBES.lock().unwrap().insert(key, probe.clone());
        probe
    }

    pub fn counts(&self) -> Counts {
        *self.counts.borrow()
    }

    /// Waits until what was seen is as it should be.
    #[track_caller]
    pub fn until(&self, fits: impl FnMut(&Counts) -> bool) -> impl Future<Output = Counts> {
        let mut counts = self.counts.subscribe();
        async move {
            let found = timeout(LONG, counts.wait_for(fits)).await;
            *found.unwrap_or_else(|_| panic!("it did not come to that")).unwrap()
        }
    }

    /// Lets so many through the gate.
    pub fn open(&self, count: usize) {
        self.gate.add_permits(count);
    }
}

struct Running(Arc<Probe>);

impl Running {
    fn begin(probe: Arc<Probe>) -> Self {
        probe.counts.send_modify(|counts| {
            counts.begun += 1;
            counts.running += 1;
            counts.most = counts.most.max(counts.running);
        });
        Self(probe)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.counts.send_modify(|counts| counts.running -= 1);
    }
}

async fn act(job: Job) -> Result<Outcome> {
    let (key, deed) = job.payload::<(Uuid, Deed)>()?;
    let probe = PROBES.lock().unwrap()[&key].clone();
    let running = Running::begin(probe);
    let outcome = match deed {
        Deed::Done => Outcome::Done,
        Deed::Fail => return Err(guildhall::Error::bug("the bridge is out")),
        Deed::Panic => panic!("a handler of the tests panics, as it should"),
        Deed::Park => Outcome::Park("nobody lives there".to_owned()),
        Deed::Again(seconds) => Outcome::Again(job.app.clock.now() + TimeDelta::seconds(seconds)),
        Deed::Gate => {
            running.0.gate.acquire().await.unwrap().forget();
            Outcome::Done
        }
    };
    running.0.counts.send_modify(|counts| counts.ended += 1);
    Ok(outcome)
}

static HANDLERS: [Handler; 4] = [
    Handler { kind: &PLAIN, run: |job| Box::pin(act(job)) },
    Handler { kind: &LETTER, run: |job| Box::pin(act(job)) },
    Handler { kind: &SINGLE, run: |job| Box::pin(act(job)) },
    Handler { kind: &SHORT, run: |job| Box::pin(act(job)) },
];

/// Those who do the tests' work, and look after it closely.
pub fn crew() -> Crew {
    let mut crew = Crew::new(&HANDLERS, []);
    crew.pace.beat = Duration::from_millis(20);
    crew
}

/// The same, at another pace.
pub fn crew_at(set: impl FnOnce(&mut Pace)) -> Crew {
    let mut crew = crew();
    set(&mut crew.pace);
    crew
}

/// Writes an item, in a change of its own.
pub async fn ask(app: &App, kind: &'static Kind, probe: &Probe, deed: Deed) -> Uuid {
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let tx = cx.begin().await.unwrap();
    let item = NewItem::new(kind, &(probe.key, deed)).unwrap();
    let id = queue::add(cx, &tx, item).await.unwrap();
    tx.commit().await.unwrap();
    id.unwrap()
}

/// The item, as it is now; `None` when it is done.
pub async fn item(app: &TestApp, id: Uuid) -> Option<work_item::Model> {
    work_item::Entity::find_by_id(id).one(&app.app.db.write).await.unwrap()
}

/// Does what is due; answers how many were run.
pub async fn drain(app: &TestApp) -> usize {
    work::drain_with(&app.app, &crew()).await.unwrap()
}

/// A worker as `serve` has one.
pub struct Worker {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Worker {
    pub fn start(app: &TestApp, crew: Crew) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(work::work_with(app.app.clone(), crew, stop.clone()));
        Self { stop, task }
    }

    /// Asks it to stop; it comes back at once.
    pub fn tell_to_stop(&self) {
        self.stop.cancel();
    }

    pub async fn stopped(self) {
        self.stop.cancel();
        timeout(LONG, self.task).await.unwrap_or_else(|_| panic!("it did not stop")).unwrap();
    }
}

/// Waits until something is so; the look at it costs a statement, so the worker has time to get on.
pub async fn until<F: Future<Output = bool>>(mut look: impl FnMut() -> F) {
    let looks = async {
        while !look().await {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, looks).await.unwrap_or_else(|_| panic!("it did not come to that"));
}

/// Occupies the one place of a queue, and lets the worker claim five more ahead, because all before were quick; the
/// one that runs waits at the gate of the first probe.
pub async fn claim_ahead(app: &TestApp) -> (Worker, Arc<Probe>, Arc<Probe>, Vec<Uuid>) {
    let (quick, slow, ahead) = (Probe::new(), Probe::new(), Probe::new());
    for _ in 0..60 {
        ask(&app.app, &SINGLE, &quick, Deed::Done).await;
    }
    let worker = Worker::start(app, crew());
    quick.until(|counts| counts.ended == 60).await;
    ask(&app.app, &SINGLE, &slow, Deed::Gate).await;
    slow.until(|counts| counts.running == 1).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(ask(&app.app, &SINGLE, &ahead, Deed::Done).await);
    }
    let claimed = async || {
        let running = work_item::Column::State.eq(work_item::State::Running);
        app.count::<work_item::Entity>(running).await == 6
    };
    until(claimed).await;
    (worker, slow, ahead, ids)
}
