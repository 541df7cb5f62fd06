//! As little of a WebSocket client as it takes: small, so that thousands of them do not disturb what they
//! measure.

use std::{net::SocketAddr, ops::Range};

use anyhow::{Context as _, Result, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// An open WebSocket.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// What of the buffer has been used up.
    used: usize,
}

impl Socket {
    /// Connects to a path, speaking `graphql-transport-ws`.
    pub(crate) async fn open(address: SocketAddr, path: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut socket = Self { stream, buffer: Vec::with_capacity(1_024), used: 0 };
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: Z3VpbGRoYWxsIGJlbmNoIQ==\r\n\
             sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        );
        socket.stream.write_all(request.as_bytes()).await?;
        loop {
            if let Some(end) = socket.buffer.windows(4).position(|end| end == b"\r\n\r\n") {
                if !socket.buffer.starts_with(b"HTTP/1.1 101") {
                    bail!("no WebSocket:\n{}", String::from_utf8_lossy(&socket.buffer));
                }
                socket.used = end + 4;
                return Ok(socket);
            }
            socket.read().await?;
        }
    }

    /// Sends a text.
    pub(crate) async fn send(&mut self, text: &str) -> Result<()> {
        self.write(TEXT, text.as_bytes()).await
    }

    /// The next text. Cancel safe, but for answers to pings.
    pub(crate) async fn next(&mut self) -> Result<&str> {
        loop {
            let Some((kind, payload)) = self.frame() else {
                self.read().await?;
                continue;
            };
            self.used = payload.end;
            match kind {
                TEXT => {
                    let text = self.buffer.get(payload).unwrap_or_default();
                    return std::str::from_utf8(text).context("not a text");
                }
                PING => {
                    let payload = self.buffer.get(payload).unwrap_or_default().to_vec();
                    self.write(PONG, &payload).await?;
                }
                CLOSE => {
                    let reason = self.buffer.get(payload).unwrap_or_default();
                    let (code, reason) = reason.split_first_chunk().unwrap_or((&[0, 0], &[]));
                    let reason = String::from_utf8_lossy(reason);
                    bail!("the server closes the socket: {} {reason}", u16::from_be_bytes(*code));
                }
                _ => {}
            }
        }
    }

    /// What the next whole frame is, if it is there: its kind, and where its payload stands.
    fn frame(&self) -> Option<(u8, Range<usize>)> {
        let frame = self.buffer.get(self.used..)?;
        let (kind, length) = (*frame.first()? & 0x0F, *frame.get(1)? & 0x7F);
        let (head, length) = match length {
            126 => (4, usize::from(u16::from_be_bytes(*frame.get(2..)?.first_chunk()?))),
            127 => {
                let length = u64::from_be_bytes(*frame.get(2..)?.first_chunk()?);
                (10, usize::try_from(length).ok()?)
            }
            length => (2, usize::from(length)),
        };
        let begin = self.used + head;
        let payload = begin..begin.checked_add(length)?;
        (payload.end <= self.buffer.len()).then_some((kind, payload))
    }

    async fn read(&mut self) -> Result<()> {
        self.buffer.drain(..self.used);
        self.used = 0;
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server has closed the connection");
        }
        Ok(())
    }

    async fn write(&mut self, kind: u8, payload: &[u8]) -> Result<()> {
        let mut frame = vec![0x80 | kind];
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(length), _) if length < 126 => frame.push(0x80 | length),
            (_, Ok(length)) => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&length.to_be_bytes());
            }
            _ => bail!("too much for a frame"),
        }
        // A mask of zeros: what it hides the payload from is not on this machine.
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(payload);
        Ok(self.stream.write_all(&frame).await?)
    }
}
