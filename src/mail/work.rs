//! Sending what stands in the outbox.

use std::time::Duration;

use super::service;
use crate::queue::{Backoff, Handler, Kind, Queue};

const fn sending(name: &'static str, queue: Queue) -> Kind {
    // Only what fails here is tried again by these: a mail that the mail server does not take has times of its own.
    Kind { name, queue, tries: 16, backoff: Backoff::USUAL, limit: Duration::from_secs(300) }
}

/// Sends a mail that somebody waits for.
pub(super) static SEND: Kind = sending("mail.send", Queue::Mail);
/// Sends a mail that can wait.
pub(super) static SEND_BULK: Kind = sending("mail.send_bulk", Queue::BulkMail);

/// What is done with mails.
pub const HANDLERS: &[Handler] = &[
    Handler { kind: &SEND, run: |job| Box::pin(service::send(job)) },
    Handler { kind: &SEND_BULK, run: |job| Box::pin(service::send(job)) },
];
