//! Bytes on their way to a client: read as they are taken, and no longer than they are wanted.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{Result, infra::store::Pieces};

/// What is read for a client. The reading ends when it is dropped, and when nobody takes anything for long.
pub(super) struct Flow {
    shared: Arc<Shared>,
    request: String,
    _watched: DropGuard,
}

struct Shared {
    /// Gone when it was waited for too long.
    pieces: Mutex<Option<Pieces>>,
    /// How many were taken.
    taken: AtomicU64,
}

impl Flow {
    /// Of `pieces`, none of which may be left for `patience`; then `cut` ends the connection, where nothing else
    /// happens on it.
    pub(super) fn new(
        pieces: Pieces,
        request: &str,
        patience: Duration,
        cut: Option<CancellationToken>,
    ) -> Self {
        let shared = Shared { pieces: Mutex::new(Some(pieces)), taken: AtomicU64::new(0) };
        let shared = Arc::new(shared);
        let done = CancellationToken::new();
        let flow = Self {
            shared: shared.clone(),
            request: request.to_owned(),
            _watched: done.clone().drop_guard(),
        };
        tokio::spawn(async move {
            let watch = async {
                let mut taken = None;
                while taken != Some(shared.taken.load(Ordering::Relaxed)) {
                    taken = Some(shared.taken.load(Ordering::Relaxed));
                    tokio::time::sleep(patience).await;
                }
                drop(shared.pieces.lock().unwrap_or_else(PoisonError::into_inner).take());
                if let Some(cut) = cut {
                    cut.cancel();
                }
            };
            tokio::select! {
                () = watch => {}
                () = done.cancelled() => {}
            }
        });
        flow
    }
}

impl Stream for Flow {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut pieces = self.shared.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(pieces) = pieces.as_mut() else {
            return Poll::Ready(Some(Err(crate::Error::bug("nobody took the bytes"))));
        };
        let next = std::task::ready!(pieces.poll_next_unpin(cx));
        self.shared.taken.fetch_add(1, Ordering::Relaxed);
        if let Some(Err(crate::Error::Internal(error))) = &next {
            tracing::error!(%error, request = %self.request, "a file can't be read to its end");
        }
        Poll::Ready(next)
    }
}
