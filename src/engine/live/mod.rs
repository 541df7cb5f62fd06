//! Runs subscriptions.

mod outbox;

use std::sync::Arc;

pub use outbox::{Inbox, Next, Outbox, Sent, outbox};

use super::{Answer, Ask, Caller, Engine};
use crate::infra::bus::Passing;

/// What came of beginning an operation over a connection that can carry subscriptions.
#[derive(Debug)]
pub enum Begun {
    /// A query, a mutation, or anything refused: this is all.
    Answer(Answer),
    /// A subscription: its results come through the outbox, until it is dropped or `Sent::Complete` comes.
    Subscription(Subscription),
}

/// A subscription that stands; dropping it ends it.
#[derive(Debug)]
pub struct Subscription {
    _private: (),
}

impl Subscription {
    /// Tells something on this subscription alone (a session that is about to end); what its stream does not
    /// know is passed over.
    pub fn pass(&self, _passing: Passing) {}
}

impl Engine {
    /// Runs an operation of any kind. `resume_after` is a cursor that stands for the subscription's `after`
    /// (`Last-Event-ID`); `operation` names its results in the outbox.
    pub async fn begin(
        self: &Arc<Self>,
        caller: Caller,
        ask: Ask,
        _resume_after: Option<String>,
        _outbox: &Outbox,
        _operation: u64,
    ) -> Begun {
        Begun::Answer(self.execute(caller, ask).await)
    }
}
