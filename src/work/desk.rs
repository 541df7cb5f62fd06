//! The places of a queue in one worker, and how far ahead of them items are claimed.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Notify, Semaphore};

use crate::queue::Queue;

/// For how long what is claimed waits for a place, as far as can be told: claiming many at once is what makes quick
/// work fast, and what is claimed here waits though another worker may be idle.
const AHEAD: Duration = Duration::from_millis(50);
/// Items that are claimed ahead of the places, at most.
const MOST: usize = 256;
/// What a run is taken to last before any was seen: too long to claim ahead.
const UNSEEN: Duration = Duration::from_secs(1);

/// The places of a queue.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) queue: Queue,
    pub(super) places: Semaphore,
    /// Claimed, and not yet through.
    claimed: AtomicUsize,
    through: Notify,
    /// How long a run lasts, by those seen last.
    usual: Mutex<Duration>,
}

impl Desk {
    pub(super) fn new(queue: Queue) -> Self {
        Self {
            queue,
            places: Semaphore::new(queue.places()),
            claimed: AtomicUsize::new(0),
            through: Notify::new(),
            usual: Mutex::new(UNSEEN),
        }
    }

    /// How many items to claim, once there is room for enough to be worth a statement.
    pub(super) async fn room(&self) -> usize {
        loop {
            let ahead = self.ahead();
            let all = self.queue.places() + ahead;
            let room = all.saturating_sub(self.claimed.load(Ordering::Relaxed));
            if room > ahead / 2 {
                return room;
            }
            self.through.notified().await;
        }
    }

    /// So many were claimed.
    pub(super) fn take(&self, count: usize) {
        self.claimed.fetch_add(count, Ordering::Relaxed);
    }

    /// One that was claimed is through.
    pub(super) fn leave(&self) {
        self.claimed.fetch_sub(1, Ordering::Relaxed);
        self.through.notify_one();
    }

    /// A run lasted so long.
    pub(super) fn lasted(&self, time: Duration) {
        let mut usual = self.usual.lock().unwrap_or_else(PoisonError::into_inner);
        // One that lasts very long is not to be outweighed by hundreds that do not.
        *usual = (*usual * 7 + time.min(UNSEEN)) / 8;
    }

    fn ahead(&self) -> usize {
        let usual = *self.usual.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = AHEAD.as_nanos() / usual.as_nanos().max(1);
        usize::try_from(runs).unwrap_or(MOST).saturating_mul(self.queue.places()).min(MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_work_is_claimed_for_the_places_alone_and_quick_work_ahead_of_them() {
        let desk = Desk::new(Queue::Default);
        assert_eq!(desk.ahead(), 0);
        for _ in 0..80 {
            desk.lasted(Duration::from_millis(1));
        }
        assert!((150..=200).contains(&desk.ahead()), "{}", desk.ahead());
        for _ in 0..60 {
            desk.lasted(Duration::from_micros(10));
        }
        assert_eq!(desk.ahead(), MOST);
        desk.lasted(Duration::from_secs(100));
        assert_eq!(desk.ahead(), 0);
    }

    #[tokio::test]
    async fn there_is_room_once_one_is_through() {
        let desk = Desk::new(Queue::Upkeep);
        assert_eq!(desk.room().await, 1);
        desk.take(1);
        assert!(futures_util::poll!(std::pin::pin!(desk.room())).is_pending());
        desk.leave();
        assert_eq!(desk.room().await, 1);
    }
}
