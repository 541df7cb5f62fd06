use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that a mail server may say before it is spoken to again; a TLS handshake is one of its answers.
const MOST: usize = 32 * 1024;
/// Bytes that are read ahead.
const AHEAD: usize = 4 * 1024;

/// A connection that hands on what the other end says line by line, and not more than [`MOST`] of it.
///
/// Line by line, because whoever reads ahead would keep what somebody slipped in behind the answer to STARTTLS, and
/// take it for encrypted; so it stays here, and comes to the TLS handshake, which fails over it.
#[derive(Debug)]
pub(super) struct Bounded<S> {
    inner: S,
    peer: SocketAddr,
    heard: usize,
    ahead: Vec<u8>,
}

impl<S> Bounded<S> {
    pub(super) fn new(inner: S, peer: SocketAddr) -> Self {
        Self { inner, peer, heard: 0, ahead: Vec::new() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.ahead.is_empty() {
            let mut buffer = [0; AHEAD];
            let mut read = ReadBuf::new(&mut buffer);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut read))?;
            this.heard += read.filled().len();
            if this.heard > MOST {
                return Poll::Ready(Err(io::Error::other(
                    "it says more than any mail server does",
                )));
            }
            this.ahead.extend_from_slice(read.filled());
        }
        let line = this.ahead.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let part = line.unwrap_or(this.ahead.len()).min(into.remaining());
        let rest = this.ahead.split_off(part);
        into.put_slice(&this.ahead);
        this.ahead = rest;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.heard = 0;
        Pin::new(&mut this.inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> AsyncTokioStream
    for Bounded<S>
{
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}
