//! What tasks leave to be done.

use std::time::Duration;

use chrono::TimeDelta;

use super::service::{self, due};
use crate::queue::{Backoff, Handler, Kind, Outcome, Queue, Timer};

/// Spaces a column anew in which ranks grew too long; holds its key.
pub static RESPACE: Kind = Kind {
    name: "tasks.respace",
    queue: Queue::Default,
    tries: 5,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(60),
};

/// Reminds of tasks that are due soon.
static DUE: Kind = Kind {
    name: "tasks.due",
    queue: Queue::Upkeep,
    tries: 5,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(300),
};

/// Who does the work of this slice.
pub const HANDLERS: &[Handler] = &[
    Handler {
        kind: &RESPACE,
        run: |job| {
            Box::pin(async move {
                service::respace(&job.app, job.payload()?).await.map(|()| Outcome::Done)
            })
        },
    },
    Handler {
        kind: &DUE,
        run: |job| Box::pin(async move { due::remind(&job.app).await.map(|()| Outcome::Done) }),
    },
];

/// What happens by itself.
pub const TIMERS: &[Timer] =
    &[Timer { name: "tasks.due", every: TimeDelta::minutes(5), kind: &DUE }];
