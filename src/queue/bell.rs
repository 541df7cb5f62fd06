use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use tokio::sync::Notify;
use uuid::Uuid;

use super::Queue;
use crate::infra::bus::{Bus, Note};

/// Milliseconds within which other processes are woken once for a queue.
const QUIET: i64 = 20;

/// Wakes who works. It is rung before the transaction is through, because nobody but the database knows when that is;
/// so whoever hears it looks several times, further and further apart.
#[derive(Clone, Debug)]
pub struct Bell(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bus: Bus,
    from: Uuid,
    begun: std::time::Instant,
    queues: [(Notify, AtomicI64); Queue::ALL.len()],
}

/// Who waits for the bell of one queue.
#[derive(Debug)]
pub struct Rung(Arc<Inner>, usize);

impl Bell {
    /// A bell that other processes hear over `bus`.
    pub fn new(bus: Bus) -> Self {
        let queues = std::array::from_fn(|_| (Notify::new(), AtomicI64::new(i64::MIN / 2)));
        let begun = std::time::Instant::now();
        Self(Arc::new(Inner { bus, from: Uuid::now_v7(), begun, queues }))
    }

    /// Says that something waits in a queue.
    pub fn ring(&self, queue: Queue) {
        self.ring_here(queue);
        let Some((_, told)) = self.0.queues.get(place(queue)) else { return };
        let now = i64::try_from(self.0.begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        let last = told.load(Ordering::Relaxed);
        let mine = told.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed);
        if now - last >= QUIET && mine.is_ok() {
            let note = Note::Work { queue: queue.name().to_owned(), from: self.0.from };
            self.0.bus.publish(note);
        }
    }

    /// The same, for this process alone.
    pub fn ring_here(&self, queue: Queue) {
        if let Some((notify, _)) = self.0.queues.get(place(queue)) {
            notify.notify_one();
        }
    }

    /// Whether a note of the bus came from this very bell.
    pub fn is_own(&self, from: Uuid) -> bool {
        self.0.from == from
    }

    /// Waits for the bell of a queue; one that was rung meanwhile is heard at once.
    pub fn of(&self, queue: Queue) -> Rung {
        Rung(self.0.clone(), place(queue))
    }
}

impl Rung {
    /// Comes back when the bell has rung since the last time.
    pub async fn heard(&self) {
        match self.0.queues.get(self.1) {
            Some((notify, _)) => notify.notified().await,
            None => std::future::pending().await,
        }
    }
}

fn place(queue: Queue) -> usize {
    Queue::ALL.iter().position(|other| *other == queue).unwrap_or_default()
}
