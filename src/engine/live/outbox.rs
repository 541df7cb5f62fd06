//! What waits to be sent over one connection: bounded, so that who reads slowly costs nobody else anything.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use tokio::sync::{Notify, mpsc};

/// Bytes of results that wait for one connection; one result that is larger waits alone.
const BYTES: usize = 4 * 1024 * 1024;

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
    room: Arc<Room>,
}

/// The other end of an [`Outbox`].
#[derive(Debug)]
pub struct Inbox {
    queue: mpsc::Receiver<Sent>,
    room: Arc<Room>,
}

#[derive(Debug, Default)]
struct Room {
    /// Bytes that wait.
    taken: AtomicUsize,
    /// How many wait for room.
    waiting: AtomicUsize,
    freed: Notify,
    /// Whether nothing more is taken: the other end was too slow, or is gone.
    is_closed: AtomicBool,
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

/// An outbox with room for `most` results, of 4 MiB in all.
pub fn outbox(most: usize) -> (Outbox, Inbox) {
    let (sender, receiver) = mpsc::channel(most);
    let room = Arc::<Room>::default();
    (Outbox { queue: sender, room: room.clone() }, Inbox { queue: receiver, room })
}

impl Sent {
    fn size(&self) -> usize {
        match self {
            Self::Next { told, .. } => told.payload.len(),
            Self::Complete { .. } => 0,
        }
    }
}

impl Room {
    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    fn take(&self, size: usize) -> bool {
        let before = self.taken.fetch_add(size, Ordering::AcqRel);
        let fits = before == 0 || before.saturating_add(size) <= BYTES;
        if !fits {
            self.taken.fetch_sub(size, Ordering::AcqRel);
        }
        fits
    }

    fn free(&self, size: usize) {
        self.taken.fetch_sub(size, Ordering::AcqRel);
        if self.waiting.load(Ordering::Acquire) > 0 {
            self.freed.notify_waiters();
        }
    }

    fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.freed.notify_waiters();
    }

    /// Takes room once there is some.
    async fn wait(&self, size: usize) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        loop {
            let mut freed = pin!(self.freed.notified());
            freed.as_mut().enable();
            if self.is_closed() || self.take(size) {
                break;
            }
            freed.await;
        }
        self.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Outbox {
    /// Puts something in, without waiting; answers whether there was room. Where there was none, or the
    /// connection is gone, the connection counts as slow and nothing more is taken.
    pub fn push(&self, sent: Sent) -> bool {
        if self.room.is_closed() {
            return false;
        }
        let is_sent = self.room.take(sent.size()) && self.queue.try_send(sent).is_ok();
        if !is_sent {
            self.cut();
        }
        is_sent
    }

    /// Nothing more is taken; whoever reads comes back.
    pub(super) fn cut(&self) {
        self.room.close();
        // Whatever it is, it wakes the other end; which is awake where there is no room.
        let _ = self.queue.try_send(Sent::Complete { operation: 0 });
    }

    /// Puts something in once there is room; answers whether the connection still stands.
    pub async fn send(&self, sent: Sent) -> bool {
        if self.room.is_closed() {
            return false;
        }
        let size = sent.size();
        if !self.room.take(size) {
            self.room.wait(size).await;
        }
        !self.room.is_closed() && self.queue.send(sent).await.is_ok()
    }
}

impl Inbox {
    /// The next thing to send. Cancel safe.
    pub async fn next(&mut self) -> Next {
        match self.queue.recv().await {
            Some(sent) if !self.room.is_closed() => {
                self.room.free(sent.size());
                Next::Send(sent)
            }
            _ => Next::Slow,
        }
    }

    /// What is there already, without waiting.
    pub fn try_next(&mut self) -> Option<Sent> {
        if self.room.is_closed() {
            return None;
        }
        let sent = self.queue.try_recv().ok()?;
        self.room.free(sent.size());
        Some(sent)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        // Nobody waits for room any more.
        self.room.close();
    }
}
