use std::time::Duration;

use chrono::TimeDelta;

use super::service;
use crate::queue::{Backoff, Handler, Kind, Outcome, Queue, Timer};

/// Erases applications whose time is over.
static ERASE: Kind = Kind {
    name: "applications.erase",
    queue: Queue::Upkeep,
    tries: 5,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(1800),
};

/// Who does the work of this slice.
pub const HANDLERS: &[Handler] = &[Handler {
    kind: &ERASE,
    run: |job| Box::pin(async move { service::erase_due(&job.app).await.map(|()| Outcome::Done) }),
}];

/// What happens by itself.
pub const TIMERS: &[Timer] =
    &[Timer { name: "applications.erase", every: TimeDelta::hours(1), kind: &ERASE }];
