//! What every server deletes now and then, because nobody will ask for it.

use std::time::Duration;

use chrono::TimeDelta;

use crate::{
    accounts, files,
    queue::{Backoff, Handler, Kind, Outcome, Queue, Timer},
    streams,
};

const fn kind(name: &'static str) -> Kind {
    let limit = Duration::from_secs(1800);
    Kind { name, queue: Queue::Upkeep, tries: 5, backoff: Backoff::USUAL, limit }
}

const fn hourly(kind: &'static Kind) -> Timer {
    Timer { name: kind.name, every: TimeDelta::hours(1), kind }
}

static ACCOUNTS: Kind = kind("accounts.prune");
static STREAMS: Kind = kind("streams.prune");
static FILES: Kind = kind("files.sweep");

/// Its handlers.
pub(super) const HANDLERS: &[Handler] = &[
    Handler {
        kind: &ACCOUNTS,
        run: |job| Box::pin(async move { accounts::prune(&job.app).await.map(|()| Outcome::Done) }),
    },
    Handler {
        kind: &STREAMS,
        run: |job| Box::pin(async move { streams::prune(&job.app).await.map(|_| Outcome::Done) }),
    },
    Handler {
        kind: &FILES,
        run: |job| Box::pin(async move { files::sweep(&job.app).await.map(|_| Outcome::Done) }),
    },
];

/// Its timers.
pub(super) const TIMERS: &[Timer] = &[hourly(&ACCOUNTS), hourly(&STREAMS), hourly(&FILES)];
