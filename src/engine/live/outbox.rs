//! What waits to be sent over one connection: bounded, so that who reads slowly costs nobody else anything.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};

/// KiB of results that wait for one connection; one result that is larger waits alone.
const KIB: u32 = 4 * 1024;

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
    queue: mpsc::Sender<(Sent, OwnedSemaphorePermit)>,
    /// Room, in KiB.
    room: Arc<Semaphore>,
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
    queue: mpsc::Receiver<(Sent, OwnedSemaphorePermit)>,
    room: Arc<Semaphore>,
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

/// An outbox with room for `most` results, of 4 MiB in all.
pub fn outbox(most: usize) -> (Outbox, Inbox) {
    let (sender, receiver) = mpsc::channel(most);
    let slow = Arc::<Slow>::default();
    let room = Arc::new(Semaphore::new(usize::try_from(KIB).unwrap_or(Semaphore::MAX_PERMITS)));
    let outbox = Outbox { queue: sender, room: room.clone(), slow: slow.clone() };
    (outbox, Inbox { queue: receiver, room, slow })
}

impl Sent {
    /// The room that it takes, in KiB.
    fn size(&self) -> u32 {
        match self {
            Self::Next { payload, .. } => {
                u32::try_from(payload.len().div_ceil(1024)).unwrap_or(KIB).clamp(1, KIB)
            }
            Self::Complete { .. } => 1,
        }
    }
}

impl Outbox {
    /// Puts something in, without waiting; answers whether there was room. Where there was none, or the
    /// connection is gone, the connection counts as slow and nothing more is taken.
    pub fn push(&self, sent: Sent) -> bool {
        if self.slow.is.load(Ordering::Relaxed) {
            return false;
        }
        let room = self.room.clone().try_acquire_many_owned(sent.size());
        let is_sent = room.is_ok_and(|room| self.queue.try_send((sent, room)).is_ok());
        if !is_sent {
            self.cut();
        }
        is_sent
    }

    /// Nothing more is taken; whoever reads comes back.
    pub(super) fn cut(&self) {
        self.slow.is.store(true, Ordering::Relaxed);
        self.slow.noticed.notify_one();
    }

    /// Puts something in once there is room; answers whether the connection still stands.
    pub async fn send(&self, sent: Sent) -> bool {
        if self.slow.is.load(Ordering::Relaxed) {
            return false;
        }
        // Fails once the other end is gone.
        let room = self.room.clone().acquire_many_owned(sent.size()).await;
        match room {
            Ok(room) => self.queue.send((sent, room)).await.is_ok(),
            Err(_) => false,
        }
    }
}

impl Inbox {
    /// The next thing to send. Cancel safe.
    pub async fn next(&mut self) -> Next {
        tokio::select! {
            biased;
            () = self.slow.noticed.notified() => Next::Slow,
            sent = self.queue.recv() => sent.map_or(Next::Slow, |(sent, _)| Next::Send(sent)),
        }
    }

    /// What is there already, without waiting.
    pub fn try_next(&mut self) -> Option<Sent> {
        self.queue.try_recv().ok().map(|(sent, _)| sent)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        // Nobody waits for room any more.
        self.room.close();
    }
}
