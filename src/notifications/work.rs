//! Telling news, by the inbox and by mail, and tidying up after it.

use std::time::Duration;

use chrono::TimeDelta;

use super::service;
use crate::{
    notice::NOTICE,
    queue::{Backoff, Handler, Kind, Outcome, Queue, Timer},
};

/// Writes a mail that tells of a notification.
pub(super) static MAIL: Kind = Kind {
    name: "notifications.mail",
    queue: Queue::News,
    tries: 8,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(60),
};

static PRUNE: Kind = Kind {
    name: "notifications.prune",
    queue: Queue::Upkeep,
    tries: 5,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(1800),
};

/// What is done for notifications.
pub const HANDLERS: &[Handler] = &[
    Handler { kind: &NOTICE, run: |job| Box::pin(service::tell(job)) },
    Handler { kind: &MAIL, run: |job| Box::pin(service::mail(job)) },
    Handler {
        kind: &PRUNE,
        run: |job| Box::pin(async move { service::prune(&job.app).await.map(|_| Outcome::Done) }),
    },
];

/// What is done every hour.
pub const TIMERS: &[Timer] =
    &[Timer { name: PRUNE.name, every: TimeDelta::hours(1), kind: &PRUNE }];
