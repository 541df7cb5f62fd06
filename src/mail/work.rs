//! Sending what stands in the outbox.

use std::time::Duration;

use chrono::TimeDelta;

use super::service;
use crate::queue::{Backoff, Handler, Kind, Queue};

const fn sending(name: &'static str, queue: Queue) -> Kind {
    // Mail servers that put off a mail want it back within minutes, and take days to get well: after 16 tries more
    // than two days have gone by.
    let backoff = Backoff { first: TimeDelta::minutes(1), most: TimeDelta::hours(8) };
    Kind { name, queue, tries: 16, backoff, limit: Duration::from_secs(120) }
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
