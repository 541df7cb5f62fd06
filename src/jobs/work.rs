//! What postings and saved searches leave to be done.

use std::time::Duration;

use chrono::TimeDelta;

use super::{saved, service};
use crate::{
    organizations::work::RENAMED,
    queue::{Backoff, Handler, Kind, Outcome, Queue, Timer},
};

/// Ends postings whose closing date has come.
static EXPIRE: Kind = Kind {
    name: "jobs.expire",
    queue: Queue::Upkeep,
    tries: 5,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(1800),
};

/// Works out salaries anew, some postings at a time; holds the key behind which they stand.
pub static SALARIES: Kind = Kind {
    name: "jobs.salaries",
    queue: Queue::Upkeep,
    tries: 8,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(600),
};

/// Who does the work of this slice.
pub const HANDLERS: &[Handler] = &[
    Handler { kind: &RENAMED, run: |job| Box::pin(service::renamed(job)) },
    Handler {
        kind: &EXPIRE,
        run: |job| Box::pin(async move { service::expire(&job.app).await.map(|()| Outcome::Done) }),
    },
    Handler { kind: &SALARIES, run: |job| Box::pin(service::work_out(job)) },
    Handler { kind: &saved::PUBLISHED, run: |job| Box::pin(saved::told(job)) },
    Handler { kind: &saved::DIGEST, run: |job| Box::pin(saved::is_due(job)) },
];

/// What happens by itself.
pub const TIMERS: &[Timer] = &[
    Timer { name: "jobs.expire", every: TimeDelta::minutes(5), kind: &EXPIRE },
    Timer { name: saved::DIGEST.name, every: TimeDelta::hours(1), kind: &saved::DIGEST },
];
