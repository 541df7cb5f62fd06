//! What a submission leaves to be done.

use std::time::Duration;

use super::service::inbox;
use crate::queue::{Backoff, Handler, Kind, Queue};

/// Tells the team of a submission, and answers its sender at once; holds its key.
pub static RECEIVED: Kind = Kind {
    name: "contact.received",
    queue: Queue::Default,
    tries: 8,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(60),
};

/// Its handlers.
pub const HANDLERS: &[Handler] =
    &[Handler { kind: &RECEIVED, run: |job| Box::pin(inbox::received(job)) }];
