//! What the work queue does for accounts.

use std::time::Duration;

use super::service;
use crate::queue::{Backoff, Handler, Kind, Queue};

/// Mails the link by which somebody sets a new password.
pub(super) static RESET: Kind = Kind {
    name: "accounts.password_reset",
    queue: Queue::Mail,
    tries: 8,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(60),
};

/// What is done for accounts.
pub const HANDLERS: &[Handler] =
    &[Handler { kind: &RESET, run: |job| Box::pin(service::mail_reset(job)) }];
