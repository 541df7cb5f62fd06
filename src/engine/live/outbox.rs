//! What waits to be sent over one connection: bounded, so that who reads slowly costs nobody else anything.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use tokio::sync::mpsc;

/// Something to send over a connection.
#[derive(Clone, Debug)]
pub enum Sent {
    /// The next result of an operation.
    Next {
        /// Which operation, as the connection numbers them.
        operation: u64,
        /// What it is.
        told: Arc<Told>,
    },
    /// An operation has come to its end.
    Complete {
        /// Which.
        operation: u64,
    },
}

/// One result, which may be that of many operations.
#[derive(Debug)]
pub struct Told {
    /// The JSON of a GraphQL response.
    pub payload: Bytes,
    /// The cursor behind it, where it is told again after it.
    pub cursor: Option<Arc<str>>,
}

/// Where results wait to be sent over a connection. Clones share the room.
#[derive(Clone, Debug)]
pub struct Outbox {
    queue: mpsc::Sender<Sent>,
    is_slow: Arc<AtomicBool>,
}

/// The other end of an [`Outbox`].
#[derive(Debug)]
pub struct Inbox {
    queue: mpsc::Receiver<Sent>,
    is_slow: Arc<AtomicBool>,
}

/// What an [`Inbox`] gives.
#[derive(Debug)]
pub enum Next {
    /// Something to send.
    Send(Sent),
    /// The other end reads so slowly that something was left out: close the connection, and let the client come
    /// back with its cursors.
    Slow,
}

/// An outbox with room for `room` results.
pub fn outbox(room: usize) -> (Outbox, Inbox) {
    let (sender, receiver) = mpsc::channel(room);
    let is_slow = Arc::<AtomicBool>::default();
    (Outbox { queue: sender, is_slow: is_slow.clone() }, Inbox { queue: receiver, is_slow })
}

impl Outbox {
    /// Puts something in, without waiting; answers whether there was room. Where there was none, or the
    /// connection is gone, the connection counts as slow and nothing more is taken.
    pub fn push(&self, sent: Sent) -> bool {
        if self.is_slow.load(Ordering::Acquire) {
            return false;
        }
        if self.queue.try_send(sent).is_err() {
            self.cut();
            return false;
        }
        true
    }

    /// Nothing more is taken; whoever reads comes back.
    pub(super) fn cut(&self) {
        self.is_slow.store(true, Ordering::Release);
        // Whatever it is, it wakes the other end; which is awake where there is no room.
        let _ = self.queue.try_send(Sent::Complete { operation: 0 });
    }

    /// Puts something in once there is room; answers whether the connection still stands.
    pub async fn send(&self, sent: Sent) -> bool {
        !self.is_slow.load(Ordering::Acquire) && self.queue.send(sent).await.is_ok()
    }
}

impl Inbox {
    /// The next thing to send. Cancel safe.
    pub async fn next(&mut self) -> Next {
        match self.queue.recv().await {
            Some(sent) if !self.is_slow.load(Ordering::Acquire) => Next::Send(sent),
            _ => Next::Slow,
        }
    }

    /// What is there already, without waiting.
    pub fn try_next(&mut self) -> Option<Sent> {
        if self.is_slow.load(Ordering::Acquire) {
            return None;
        }
        self.queue.try_recv().ok()
    }
}
