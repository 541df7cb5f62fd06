//! What a change of an organization leaves to be done.

use std::time::Duration;

use crate::queue::{Backoff, Kind, Queue};

/// Writes anew what is to be found of its postings, which name it; holds its key. The postings' slice does it.
pub static RENAMED: Kind = Kind {
    name: "organizations.renamed",
    queue: Queue::Default,
    tries: 8,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(600),
};
