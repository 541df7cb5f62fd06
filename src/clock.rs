//! Time and new keys, from one place that a test can hold still.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Tells the time in UTC, to the millisecond, and makes keys that sort by it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds since 1970 when a test holds the time.
    held: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// A clock that stands still at `at` until it is moved.
    pub fn held(at: DateTime<Utc>) -> Self {
        Self { held: Some(Arc::new(AtomicI64::new(at.timestamp_millis()))) }
    }

    /// Now, to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.held {
            None => Utc::now().trunc_subsecs(3),
            Some(held) => {
                DateTime::from_timestamp_millis(held.load(Ordering::Relaxed)).unwrap_or_default()
            }
        }
    }

    /// Moves a held clock; the system's clock does not move.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(held) = &self.held {
            held.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
        }
    }

    /// A new UUIDv7 (RFC 9562): the order of the keys is the order of their making, within a
    /// millisecond too.
    pub fn key(&self) -> Uuid {
        thread_local! {
            static CONTEXT: ContextV7 = const { ContextV7::new() };
        }
        if self.held.is_none() {
            return Uuid::now_v7();
        }
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        CONTEXT.with(|context| {
            Uuid::new_v7(Timestamp::from_unix(context, seconds, now.timestamp_subsec_nanos()))
        })
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
