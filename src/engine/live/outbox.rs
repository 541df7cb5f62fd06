//! What waits to be sent over one connection: bounded, so that who reads slowly costs nobody else anything.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use tokio::sync::{Notify, mpsc};

/// Something to send over a connection.
#[derive(Clone, Debug)]
pub enum Sent {
    /// The next result of an operation.
    Next {
        /// Which operation, as the connection numbers them.
        operation: u64,
        /// The JSON of a GraphQL response.
        payload: Bytes,
        /// The cursor behind it, where it is told again after it.
        cursor: Option<Arc<str>>,
    },
    /// An operation has come to its end.
    Complete {
        /// Which.
        operation: u64,
    },
}

/// Where results wait to be sent over a connection. Clones share the room.
#[derive(Clone, Debug)]
pub struct Outbox {
    queue: mpsc::Sender<Sent>,
    slow: Arc<Slow>,
}

#[derive(Debug, Default)]
struct Slow {
    is: AtomicBool,
    noticed: Notify,
}

/// The other end of an [`Outbox`].
#[derive(Debug)]
pub struct Inbox {
    queue: mpsc::Receiver<Sent>,
    slow: Arc<Slow>,
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
    let slow = Arc::<Slow>::default();
    (Outbox { queue: sender, slow: slow.clone() }, Inbox { queue: receiver, slow })
}

impl Outbox {
    /// Puts something in, without waiting; answers whether there was room. Where there was none, or the
    /// connection is gone, the connection counts as slow and nothing more is taken.
    pub fn push(&self, sent: Sent) -> bool {
        if self.slow.is.load(Ordering::Relaxed) {
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
        self.slow.is.store(true, Ordering::Relaxed);
        self.slow.noticed.notify_one();
    }

    /// Puts something in once there is room; answers whether the connection still stands.
    pub async fn send(&self, sent: Sent) -> bool {
        !self.slow.is.load(Ordering::Relaxed) && self.queue.send(sent).await.is_ok()
    }
}

impl Inbox {
    /// The next thing to send. Cancel safe.
    pub async fn next(&mut self) -> Next {
        tokio::select! {
            biased;
            () = self.slow.noticed.notified() => Next::Slow,
            sent = self.queue.recv() => sent.map_or(Next::Slow, Next::Send),
        }
    }

    /// What is there already, without waiting.
    pub fn try_next(&mut self) -> Option<Sent> {
        self.queue.try_recv().ok()
    }
}
