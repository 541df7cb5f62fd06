//! The body of a multipart request in small pieces, none of which lets itself be waited for too long.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::Stream;
use hyper::body::{Body as _, Incoming};
use tokio::time::{Instant, Sleep, sleep_until};

use super::HEADERS;

/// Bytes that are handed on at once: whoever parses them holds little more.
const PIECE: usize = 64 * 1024;
/// Bytes a second that a body has to come by, after its first while.
const LEAST: u64 = 16 * 1024;

/// What went wrong with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// It came too slowly.
    #[error("slow")]
    Slow,
    /// It is larger than any that is taken.
    #[error("large")]
    Large,
    /// The headers of a part are larger than are taken.
    #[error("headers")]
    Headers,
    /// The connection, or the client, gave up.
    #[error("cut")]
    Cut,
}

/// Counts what is read while the headers of a part are looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Gauge(Arc<AtomicU64>);

/// No headers are looked for.
const OFF: u64 = u64::MAX;

impl Gauge {
    /// From here on headers are looked for.
    pub(super) fn begin(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// They were found.
    pub(super) fn end(&self) {
        self.0.store(OFF, Ordering::Relaxed);
    }

    /// Whether they ought to have been found by now.
    fn is_full(&self) -> bool {
        let read = self.0.load(Ordering::Relaxed);
        read != OFF && read > HEADERS
    }

    fn add(&self, bytes: u64) {
        let read = self.0.load(Ordering::Relaxed);
        if read != OFF {
            self.0.store(read.saturating_add(bytes), Ordering::Relaxed);
        }
    }
}

/// The body in pieces.
pub(super) struct Pieces<'a> {
    body: &'a mut Incoming,
    gauge: Gauge,
    /// What came and was not handed on.
    rest: Bytes,
    /// Whoever parses takes all that there is: after each piece there is nothing for a moment.
    rests: bool,
    began: Instant,
    received: u64,
    most: u64,
    idle: Duration,
    wake: Pin<Box<Sleep>>,
}

impl<'a> Pieces<'a> {
    /// Of `body`, of at most so many bytes, which may pause for `idle`.
    pub(super) fn new(body: &'a mut Incoming, gauge: Gauge, most: u64, idle: Duration) -> Self {
        let began = Instant::now();
        let wake = Box::pin(sleep_until(began + idle));
        let (rest, rests, received) = (Bytes::new(), false, 0);
        Self { body, gauge, rest, rests, began, received, most, idle, wake }
    }

    /// More of the body came.
    fn take(&mut self, bytes: Bytes) -> Result<(), Broken> {
        self.received = self.received.saturating_add(u64::try_from(bytes.len()).unwrap_or(OFF));
        self.rest = bytes;
        if self.received > self.most {
            return Err(Broken::Large);
        }
        let all = self.began + self.idle + Duration::from_secs(self.received / LEAST);
        self.wake.as_mut().reset(all.min(Instant::now() + self.idle));
        Ok(())
    }
}

impl Stream for Pieces<'_> {
    type Item = Result<Bytes, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.rests) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.gauge.is_full() {
            return Poll::Ready(Some(Err(Broken::Headers)));
        }
        while self.rest.is_empty() {
            match Pin::new(&mut *self.body).poll_frame(cx) {
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(_))) => return Poll::Ready(Some(Err(Broken::Cut))),
                Poll::Ready(Some(Ok(frame))) => {
                    // What follows a body tells us nothing.
                    let Ok(bytes) = frame.into_data() else { continue };
                    if let Err(broken) = self.take(bytes) {
                        return Poll::Ready(Some(Err(broken)));
                    }
                }
                Poll::Pending => {
                    let slow = self.wake.as_mut().poll(cx).map(|()| Some(Err(Broken::Slow)));
                    return slow;
                }
            }
        }
        let size = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(size);
        self.gauge.add(u64::try_from(size).unwrap_or(OFF));
        self.rests = true;
        Poll::Ready(Some(Ok(piece)))
    }
}
