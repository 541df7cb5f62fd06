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

/// What came in since the last request was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Heads(Arc<Mutex<Vec<u8>>>);

impl Heads {
    /// Whether the request that was just read gives the length of its body twice; `chunked` says that
    /// it comes as chunks. Begins to remember anew.
    pub(super) fn is_ambiguous(&self, chunked: bool) -> bool {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ambiguous = chunked && {
            let needle = b"\ncontent-length";
            let found = bytes.windows(needle.len()).any(|seen| seen.eq_ignore_ascii_case(needle));
            // Nothing was remembered when it came together with the one before: such a client has
            // not waited for its answer, and nobody honest sends chunks like that.
            found || bytes.is_empty() || bytes.len() >= REMEMBERED
        };
        bytes.clear();
        ambiguous
    }

    fn remember(&self, more: &[u8]) {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = REMEMBERED.saturating_sub(bytes.len());
        bytes.extend_from_slice(more.get(..room).unwrap_or(more));
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
