//! What a submission leaves to be done.

use std::time::Duration;

use chrono::TimeDelta;

use super::service::{self, inbox};
use crate::queue::{Backoff, Handler, Kind, Outcome, Queue, Timer};

/// Tells the team of a submission, and answers its sender at once; holds its key.
pub static RECEIVED: Kind = Kind {
    name: "contact.received",
    queue: Queue::Default,
    tries: 8,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(60),
};

/// Erases submissions whose time is over.
static ERASE: Kind = Kind {
    name: "contact.erase",
    queue: Queue::Upkeep,
    tries: 5,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(1800),
};

/// Its handlers.
pub const HANDLERS: &[Handler] = &[
    Handler { kind: &RECEIVED, run: |job| Box::pin(inbox::received(job)) },
    Handler {
        kind: &ERASE,
        run: |job| {
            Box::pin(async move { service::erase_due(&job.app).await.map(|()| Outcome::Done) })
        },
    },
];

/// Its timers.
pub const TIMERS: &[Timer] =
    &[Timer { name: "contact.erase", every: TimeDelta::hours(1), kind: &ERASE }];
