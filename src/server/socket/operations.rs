//! The operations of one socket.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::extract::ws::Utf8Bytes;
use futures_util::FutureExt as _;
use tokio::{
    task::{AbortHandle, JoinSet},
    time::Instant,
};

use super::protocol;
use crate::{
    Actor,
    engine::{
        Answer, Ask, Caller, Engine,
        live::{Begun, Outbox, Sent, Subscription},
    },
    graph::RequestErrorCode,
    infra::bus::Passing,
    server::metrics::LiveOperation,
};

/// Operations that a socket may run at a time.
const MOST: usize = 50;

/// The operations that run on a socket; dropping them ends them.
pub(super) struct Operations {
    running: HashMap<u64, Operation>,
    beginning: JoinSet<Begin>,
    outbox: Outbox,
    /// How many there ever were.
    pub(super) begun: u64,
}

struct Operation {
    id: Box<str>,
    /// What the messages about it begin with.
    head: Box<str>,
    /// While it begins.
    begin: AbortHandle,
    /// Once it has turned out to be one.
    subscription: Option<Subscription>,
    _counted: LiveOperation,
}

/// An operation has begun.
pub(super) struct Begin {
    number: u64,
    /// What came of it; `None` is a panic.
    begun: Option<Begun>,
    pub(super) actor: Actor,
    pub(super) took: Duration,
}

/// Why an operation may not begin.
pub(super) enum Refusal {
    /// Another of this name runs.
    Exists,
    /// As many run as may.
    TooMany,
}

/// What an operation that is over had to say.
pub(super) struct Over {
    pub(super) frames: Vec<Utf8Bytes>,
    /// What came of it; `None` after a panic.
    pub(super) answer: Option<Answer>,
}

impl Operations {
    pub(super) fn new(outbox: Outbox) -> Self {
        Self { running: HashMap::new(), beginning: JoinSet::new(), outbox, begun: 0 }
    }

    /// Whether an operation of this name may begin.
    pub(super) fn may_begin(&self, id: &str) -> Result<(), Refusal> {
        if self.running.values().any(|operation| &*operation.id == id) {
            return Err(Refusal::Exists);
        }
        if self.running.len() >= MOST { Err(Refusal::TooMany) } else { Ok(()) }
    }

    /// Begins an operation beside the others.
    pub(super) fn begin(&mut self, engine: &Arc<Engine>, caller: Caller, ask: Ask, id: &str) {
        self.begun += 1;
        let (engine, outbox, number) = (engine.clone(), self.outbox.clone(), self.begun);
        let (actor, since) = (caller.actor, Instant::now());
        let begin = self.beginning.spawn(async move {
            let begin = Box::pin(engine.begin(caller, ask, None, &outbox, number));
            let begun = AssertUnwindSafe(begin).catch_unwind().await.ok();
            Begin { number, begun, actor, took: since.elapsed() }
        });
        let operation = Operation {
            id: id.into(),
            head: protocol::head(id),
            begin,
            subscription: None,
            _counted: LiveOperation::new("websocket"),
        };
        self.running.insert(number, operation);
    }

    /// The next that has begun; never while none begins. Cancel safe.
    pub(super) async fn next(&mut self) -> Begin {
        loop {
            match self.beginning.join_next().await {
                Some(Ok(begin)) => return begin,
                // One that the client has ended.
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// Takes in what came of a beginning; `expiring` is told to new subscriptions. Answers `None` while the
    /// operation goes on, and when nobody waits for it any more.
    pub(super) fn take(&mut self, begin: Begin, expiring: Option<Passing>) -> Option<Over> {
        let number = begin.number;
        let operation = self.running.get_mut(&number)?;
        let head = &operation.head;
        let (frames, answer) = match begin.begun {
            Some(Begun::Subscription(subscription)) => {
                if let Some(expiring) = expiring {
                    subscription.pass(expiring);
                }
                operation.subscription = Some(subscription);
                return None;
            }
            Some(Begun::Answer(answer)) if answer.refused.is_some() => {
                (vec![protocol::refused(head, &answer)], Some(answer))
            }
            Some(Begun::Answer(answer)) => {
                let next = protocol::next(head, &answer.json());
                (vec![next, protocol::complete(head)], Some(answer))
            }
            None => {
                tracing::error!("beginning an operation panicked");
                let internal = RequestErrorCode::Internal;
                (vec![protocol::error(head, internal, "internal error")], None)
            }
        };
        self.running.remove(&number);
        Some(Over { frames, answer })
    }

    /// Writes what a subscription has to say; `None` when nobody listens any more.
    pub(super) fn write(&mut self, sent: Sent) -> Option<Utf8Bytes> {
        match sent {
            Sent::Next { operation, told } => {
                Some(protocol::next(&self.running.get(&operation)?.head, &told.payload))
            }
            Sent::Complete { operation } => {
                Some(protocol::complete(&self.running.remove(&operation)?.head))
            }
        }
    }

    /// Ends the operation of this name, if it runs: the client wants no more of it.
    pub(super) fn end(&mut self, id: &str) {
        let number = self.running.iter().find(|(_, operation)| &*operation.id == id);
        if let Some(operation) =
            number.map(|(number, _)| *number).and_then(|n| self.running.remove(&n))
        {
            operation.begin.abort();
        }
    }

    /// Ends them all.
    pub(super) fn end_all(&mut self) {
        self.beginning.abort_all();
        self.running.clear();
    }

    /// Tells something to every subscription.
    pub(super) fn pass(&self, passing: &Passing) {
        for operation in self.running.values() {
            if let Some(subscription) = &operation.subscription {
                subscription.pass(passing.clone());
            }
        }
    }
}
