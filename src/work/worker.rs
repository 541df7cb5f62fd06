use std::{sync::Arc, time::Duration};

use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Crew,
    desk::Desk,
    hold::{self, Hold},
    item::{self, Ended},
    timers::Fired,
};
use crate::{
    app::App,
    entity::work_item,
    infra::bus::{Heard, Note},
    queue::{self, Held, Queue},
};

/// When a queue is looked at after the bell, which rings before the transaction is through.
const LOOKS: [Duration; 5] = [
    Duration::from_millis(2),
    Duration::from_millis(15),
    Duration::from_millis(60),
    Duration::from_millis(200),
    Duration::from_millis(700),
];
/// How long an item that was claimed ahead waits for a place before others may have it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long work that was cut off may take to notice.
const CUT: Duration = Duration::from_secs(1);

/// What does background work.
#[derive(Debug)]
struct Inner {
    app: Arc<App>,
    crew: Crew,
    hold: Arc<Hold>,
    tasks: TaskTracker,
    done: mpsc::Sender<Held>,
    stop: CancellationToken,
}

/// Works until `stop`, then lets what runs come to its end (at most 10 s), and gives back the rest.
pub async fn work(app: Arc<App>, stop: CancellationToken) {
    work_with(app, Crew::of_server(), stop).await;
}

/// The same with others than the slices' own.
pub async fn work_with(app: Arc<App>, crew: Crew, stop: CancellationToken) {
    let (done, finished) = hold::channel();
    let (hold, pace) = (Arc::<Hold>::default(), crew.pace);
    let (swept, end) = (CancellationToken::new(), CancellationToken::new());
    let sweeper =
        tokio::spawn(hold::sweep(app.clone(), hold.clone(), finished, pace, swept.clone()));
    let beat = tokio::spawn(hold::beat(app.clone(), hold.clone(), pace, end.clone()));
    let tasks = TaskTracker::new();
    let inner = Arc::new(Inner { app, crew, hold, tasks, done, stop });
    let loops = TaskTracker::new();
    for queue in Queue::ALL {
        loops.spawn(serve(inner.clone(), Arc::new(Desk::new(queue))));
    }
    loops.spawn(listen(inner.clone()));
    loops.spawn(tick(inner.clone()));
    loops.close();
    loops.wait().await;
    inner.tasks.close();
    if tokio::time::timeout(pace.drain, inner.tasks.wait()).await.is_err() {
        inner.hold.abort_all();
        // What others are let do must not run here any more.
        let _ = tokio::time::timeout(CUT, inner.tasks.wait()).await;
    }
    // What is done is deleted before the rest is given back, or it would be done again.
    swept.cancel();
    let _ = sweeper.await;
    inner.hold.give_back(&inner.app).await;
    end.cancel();
    let _ = beat.await;
}

/// Claims and starts the items of one queue.
async fn serve(inner: Arc<Inner>, desk: Arc<Desk>) {
    let rung = inner.app.bell.of(desk.queue);
    loop {
        let mut looks = LOOKS.iter();
        // Looks again and again for a while after the bell, then waits for the next.
        loop {
            take_all(&inner, &desk).await;
            let Some(wait) = looks.next() else { break };
            tokio::select! {
                () = tokio::time::sleep(*wait) => {}
                () = rung.heard() => looks = LOOKS.iter(),
                () = inner.stop.cancelled() => return,
            }
        }
        tokio::select! {
            () = rung.heard() => {}
            () = tokio::time::sleep(inner.crew.pace.net) => {}
            () = inner.stop.cancelled() => return,
        }
    }
}

/// Starts what is due, as there is room, until nothing is.
async fn take_all(inner: &Arc<Inner>, desk: &Arc<Desk>) {
    match queue::is_due(&inner.app, desk.queue).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return tracing::warn!(%error, "can't look for background work"),
    }
    loop {
        let room = tokio::select! {
            room = desk.room() => room,
            () = inner.stop.cancelled() => return,
        };
        let items = match queue::claim(&inner.app, desk.queue, room).await {
            Ok(items) => items,
            Err(error) => return tracing::warn!(%error, "can't claim background work"),
        };
        let all = items.len() < room;
        desk.take(items.len());
        for item in items {
            start(inner, desk, item);
        }
        if all {
            return;
        }
    }
}

fn start(inner: &Arc<Inner>, desk: &Arc<Desk>, item: work_item::Model) {
    let Some(held) = Held::of(&item) else { return desk.leave() };
    inner.hold.begin(held, |earlier| {
        let seat = Seat(desk.clone());
        let run = run(inner.clone(), seat, item, held, earlier);
        inner.tasks.spawn(run)
    });
}

/// What an item takes of a desk, until its run ends, however that ends.
struct Seat(Arc<Desk>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Runs an item, and writes down how that ended.
async fn run(
    inner: Arc<Inner>,
    seat: Seat,
    item: work_item::Model,
    held: Held,
    earlier: Option<JoinHandle<()>>,
) {
    let (app, crew, desk) = (&inner.app, &inner.crew, &*seat.0);
    if let Some(earlier) = earlier {
        // This worker lost it, and got it again: at no time does it run twice.
        earlier.abort();
        let _ = earlier.await;
    }
    let place = tokio::select! {
        biased;
        // It has not begun, and is given back with all the others.
        () = inner.stop.cancelled() => return,
        place = desk.places.acquire() => place,
        () = tokio::time::sleep(PATIENCE) => {
            // Work is not as quick as it was: the next are not claimed ahead.
            desk.lasted(PATIENCE);
            return written(&inner, &item, held, &Ended::Again(app.clock.now())).await;
        }
    };
    let begun = Instant::now();
    let ended = item::run(app.clone(), crew, item.clone()).await;
    desk.lasted(begun.elapsed());
    match ended {
        // Held until it is deleted.
        Ended::Done => {
            let _ = inner.done.send(held).await;
        }
        ended => written(&inner, &item, held, &ended).await,
    }
    drop(place);
}

/// Writes down how a run ended, however long the database is away: who has lost the lease meanwhile is cut off.
async fn written(inner: &Inner, item: &work_item::Model, held: Held, ended: &Ended) {
    while let Err(error) = item::settle(&inner.app, &inner.crew, item, ended).await {
        tracing::warn!(%error, item = %item.id, "can't write down how background work ended");
        tokio::time::sleep(inner.crew.pace.again).await;
    }
    inner.hold.let_go(held);
}

/// Rings here what other processes ring.
async fn listen(inner: Arc<Inner>) {
    let (bus, bell) = (&inner.app.bus, &inner.app.bell);
    let mut listener = bus.listen();
    loop {
        let heard = tokio::select! {
            heard = listener.next() => heard,
            () = inner.stop.cancelled() => return,
        };
        match heard {
            Some(Heard::Note(Note::Work { queue, from })) if !bell.is_own(from) => {
                if let Some(queue) = Queue::named(&queue) {
                    bell.ring_here(queue);
                }
            }
            Some(Heard::Lost) => Queue::ALL.into_iter().for_each(|queue| bell.ring_here(queue)),
            Some(Heard::Note(_)) => {}
            None => return,
        }
    }
}

/// Fires timers, and frees what killed workers left behind.
async fn tick(inner: Arc<Inner>) {
    let app = &inner.app;
    let mut fired = Fired::default();
    let mut ticks = tokio::time::interval(inner.crew.pace.tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = inner.stop.cancelled() => return,
        }
        if let Err(error) = fired.look(app, &inner.crew).await {
            tracing::warn!(%error, "can't fire timers");
        }
        match queue::abandoned(app).await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(count, "took up background work whose worker is gone");
                Queue::ALL.into_iter().for_each(|queue| app.bell.ring_here(queue));
            }
            Err(error) => {
                tracing::warn!(%error, "can't look for background work that was left behind");
            }
        }
    }
}
