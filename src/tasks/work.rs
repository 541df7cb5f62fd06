//! What tasks leave to be done.

use std::time::Duration;

use super::service;
use crate::queue::{Backoff, Handler, Kind, Outcome, Queue, Timer};

/// Spaces a column anew in which ranks grew too long; holds its key.
pub static RESPACE: Kind = Kind {
    name: "tasks.respace",
    queue: Queue::Default,
    tries: 5,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(60),
};

/// Who does the work of this slice.
pub const HANDLERS: &[Handler] = &[Handler {
    kind: &RESPACE,
    run: |job| {
        Box::pin(
            async move { service::respace(&job.app, job.payload()?).await.map(|()| Outcome::Done) },
        )
    },
}];

/// What happens by itself.
pub const TIMERS: &[Timer] = &[];
