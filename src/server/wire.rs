//! The bytes of a connection, watched for what the HTTP library forgives and a proxy in front may
//! read differently: a body whose length is given twice, by `Content-Length` and as chunks.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of a request that are remembered: heads are shorter.
const REMEMBERED: usize = 16 * 1024;
/// Bytes that an idle connection keeps for the next head.
const KEPT: usize = 2 * 1024;

/// What came in since the last answer: the head of the next request, and what of its body came along.
#[derive(Clone, Debug, Default)]
pub(super) struct Heads(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    bytes: Vec<u8>,
    /// While a request is answered, what comes in is its body.
    answering: bool,
}

impl Heads {
    /// Whether the request that was just read gives the length of its body twice; `chunked` says that
    /// it comes as chunks. Until [`Heads::answered`], nothing more is remembered.
    pub(super) fn is_ambiguous(&self, chunked: bool) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.answering = true;
        if !chunked {
            return false;
        }
        let end = seen.bytes.windows(4).position(|part| part == b"\r\n\r\n");
        // No end: the head is too long to be remembered, or came together with the request before.
        // A client that does not wait for its answer, and sends chunks, is not worth the doubt.
        let Some(head) = end.and_then(|end| seen.bytes.get(..end)) else { return true };
        let needle = b"\ncontent-length";
        head.windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle))
    }

    /// The next bytes are those of another request.
    pub(super) fn answered(&self) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.answering = false;
        seen.bytes.clear();
        seen.bytes.shrink_to(KEPT);
    }

    /// No more requests come: nothing is remembered from now on.
    pub(super) fn upgraded(&self) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = Seen { bytes: Vec::new(), answering: true };
    }

    fn remember(&self, more: &[u8]) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.answering {
            let room = REMEMBERED.saturating_sub(seen.bytes.len());
            seen.bytes.extend_from_slice(more.get(..room).unwrap_or(more));
        }
    }
}

/// A stream whose incoming bytes are remembered.
#[derive(Debug)]
pub(super) struct Watched<S> {
    pub(super) stream: S,
    pub(super) heads: Heads,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.heads.remember(buf.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
