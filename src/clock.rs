//! Time and new keys, from one place that a test can hold still.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Tells the time in UTC, to the millisecond, and makes keys that sort by it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Set when somebody holds the time.
    held: Option<Arc<Held>>,
}

/// A time that is held, with the keys made in it: those of one held clock sort by its time, whatever another shows.
#[derive(Debug)]
struct Held {
    /// Since 1970.
    milliseconds: AtomicI64,
    keys: Mutex<ContextV7>,
}

impl Clock {
    /// A clock that stands still at `at` until it is moved.
    pub fn held(at: DateTime<Utc>) -> Self {
        let milliseconds = AtomicI64::new(at.timestamp_millis());
        Self { held: Some(Arc::new(Held { milliseconds, keys: Mutex::new(ContextV7::new()) })) }
    }

    /// Now, to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.held {
            None => Utc::now().trunc_subsecs(3),
            Some(held) => {
                let held = held.milliseconds.load(Ordering::Relaxed);
                DateTime::from_timestamp_millis(held).unwrap_or_default()
            }
        }
    }

    /// Moves a held clock; the system's clock does not move.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(held) = &self.held {
            held.milliseconds.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
        }
    }

    /// A new UUIDv7 (RFC 9562): the order of the keys is the order of their making, within a
    /// millisecond too.
    pub fn key(&self) -> Uuid {
        let Some(held) = &self.held else { return Uuid::now_v7() };
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(&held.keys, seconds, now.timestamp_subsec_nanos()))
    }
}

/// The least of the UUIDv7s that can be made at `at`, to the millisecond: all made since are not below it.
pub fn first_key(at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// When a UUIDv7 was made, to the millisecond. 1970 for a key of another version.
pub fn made_at(key: Uuid) -> DateTime<Utc> {
    let (seconds, nanos) = key.get_timestamp().map_or((0, 0), |at| at.to_unix());
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, nanos))
        .unwrap_or_default()
}
