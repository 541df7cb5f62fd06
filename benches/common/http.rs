//! As little HTTP/1.1 as it takes to ask over a connection that is kept open.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// The request of an operation.
pub(crate) fn operation(token: Option<&str>, query: &str, variables: &Value) -> String {
    let body = json!({ "query": query, "variables": variables }).to_string();
    request("POST", "/graphql", token, Some(&body))
}

/// A request of any kind.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> String {
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json");
    if let Some(token) = token {
        text.push_str("\r\nauthorization: Bearer ");
        text.push_str(token);
    }
    if let Some(body) = body {
        let length = body.len();
        text.push_str("\r\ncontent-type: application/json\r\ncontent-length: ");
        text.push_str(&format!("{length}\r\n\r\n{body}"));
    } else {
        text.push_str("\r\n\r\n");
    }
    text
}

/// A connection to a server.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 256 * 1024] })
    }

    /// Sends a whole request and answers the body; what is not an answer with data is an error.
    pub(crate) fn ask(&mut self, request: &str) -> Result<&[u8]> {
        self.stream.write_all(request.as_bytes())?;
        let mut filled = 0;
        let mut whole = None;
        while whole.is_none_or(|(_, end)| filled < end) {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            let free = self.buffer.get_mut(filled..).unwrap_or_default();
            match self.stream.read(free)? {
                0 => bail!("the server closed the connection"),
                read => filled += read,
            }
            if whole.is_none() {
                whole = head(self.buffer.get(..filled).unwrap_or_default())?;
            }
        }
        let (begin, end) = whole.unwrap_or_default();
        let body = self.buffer.get(begin..end).unwrap_or_default();
        if !self.buffer.starts_with(b"HTTP/1.1 200") || !body.starts_with(b"{\"data\"") {
            let answer = self.buffer.get(..end.min(2_000)).unwrap_or_default();
            bail!("not an answer:\n{}", String::from_utf8_lossy(answer));
        }
        Ok(body)
    }
}

/// Where the body begins and ends, once the head is there.
fn head(read: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(read.get(..end).unwrap_or_default())?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("the answer has no length")?;
    let begin = end + 4;
    Ok(Some((begin, begin + length.1.trim().parse::<usize>()?)))
}
