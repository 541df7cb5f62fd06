//! Work that nobody did, or will do, is not kept for ever.

use std::time::Duration;

use chrono::TimeDelta;

use super::service;
use crate::queue::{Backoff, Handler, Kind, Outcome, Queue, Timer};

static PRUNE: Kind = Kind {
    name: "operations.prune",
    queue: Queue::Upkeep,
    tries: 5,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(1800),
};

/// What is done.
pub const HANDLERS: &[Handler] = &[Handler {
    kind: &PRUNE,
    run: |job| Box::pin(async move { service::prune(&job.app).await.map(|_| Outcome::Done) }),
}];

/// When.
pub const TIMERS: &[Timer] =
    &[Timer { name: PRUNE.name, every: TimeDelta::hours(1), kind: &PRUNE }];
