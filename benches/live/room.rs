//! How a load goes in and out of a room, on either side.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::socket::Socket;

/// What stands before a message's number, which has eight digits.
const MARK: &str = "bench-";
const DIGITS: usize = 8;
/// Sockets of who writes: the server takes 100 messages a second over one.
pub(crate) const WRITERS: usize = 8;

const FOLLOW: &str = "subscription Room($id: ID!) { conversationEvents(id: $id) { __typename \
    ... on MessageAdded { cursor at message { id createdAt body { html } \
    author { id handle name } } } ... on StreamReady { cursor } ... on StreamReset { reason } } }";

const SEND: &str = "mutation Send($input: MessageSendInput!) { messageSend(input: $input) { \
    message { id } userErrors { code message path } } }";

/// A room that can be followed and written to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Room {
    /// A conversation.
    Guildhall {
        /// Its id.
        id: String,
        /// Access tokens of those who follow it, in turn; the first one's member writes, too.
        tokens: Vec<String>,
    },
    /// The channel of the server written by hand.
    Hand {
        /// What it sends, but for the number.
        frame: String,
    },
}

impl Room {
    /// Follows the room: whatever is sent from now on comes over the socket.
    pub(crate) async fn follow(&self, address: SocketAddr, place: usize) -> Result<Socket> {
        let Self::Guildhall { id, tokens } = self else {
            return Socket::open(address, "/room").await;
        };
        let token = tokens.get(place % tokens.len().max(1)).context("nobody to follow")?;
        let mut socket = sign_in(address, token).await?;
        let payload = json!({ "query": FOLLOW, "variables": { "id": id } });
        let message = json!({ "id": "1", "type": "subscribe", "payload": payload });
        socket.send(&message.to_string()).await?;
        let answer = socket.next().await?;
        if !answer.contains(r#""__typename":"StreamReady""#) {
            bail!("the room can't be followed: {answer}");
        }
        Ok(socket)
    }

    /// Somebody to write.
    pub(crate) async fn writer(&self, address: SocketAddr) -> Result<Writer> {
        let mut sockets = Vec::new();
        match self {
            Self::Guildhall { tokens, .. } => {
                for token in tokens.iter().cycle().take(WRITERS) {
                    sockets.push(sign_in(address, token).await?);
                }
            }
            Self::Hand { .. } => sockets.push(Socket::open(address, "/send").await?),
        }
        Ok(Writer { room: self.clone(), sockets, sent: 0, acknowledged: 0 })
    }
}

async fn sign_in(address: SocketAddr, token: &str) -> Result<Socket> {
    let mut socket = Socket::open(address, "/graphql").await?;
    let payload = json!({ "authorization": format!("Bearer {token}") });
    let init = json!({ "type": "connection_init", "payload": payload });
    socket.send(&init.to_string()).await?;
    let answer = socket.next().await?;
    if !answer.contains(r#""connection_ack""#) {
        bail!("the socket is not let in: {answer}");
    }
    Ok(socket)
}

/// Who writes.
#[derive(Debug)]
pub(crate) struct Writer {
    room: Room,
    /// Written over in turn.
    sockets: Vec<Socket>,
    sent: usize,
    acknowledged: usize,
}

impl Writer {
    /// Sends the message of this number.
    pub(crate) async fn send(&mut self, number: u32) -> Result<()> {
        let number_text = format!("{MARK}{number:08}");
        let text = match &self.room {
            Room::Hand { frame } => numbered(frame, &number_text),
            Room::Guildhall { id, .. } => {
                let body =
                    format!("{number_text}: who comes to the *fair* on Sunday? I bring a loom.");
                let key = format!("{}-{number}", uuid::Uuid::now_v7());
                let input = json!({ "conversation": id, "body": body, "clientKey": key });
                let payload = json!({ "query": SEND, "variables": { "input": input } });
                let id = number.to_string();
                json!({ "id": id, "type": "subscribe", "payload": payload }).to_string()
            }
        };
        let place = self.sent % self.sockets.len().max(1);
        self.sent += 1;
        self.sockets.get_mut(place).context("no socket")?.send(&text).await
    }

    /// Whether a message is not acknowledged.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.room, Room::Guildhall { .. }) && self.acknowledged < self.sent
    }

    /// Waits until one more message is acknowledged; for ever, where none is to be. Cancel safe.
    pub(crate) async fn acknowledged(&mut self) -> Result<()> {
        if !self.waits() {
            return std::future::pending().await;
        }
        let place = self.acknowledged % self.sockets.len().max(1);
        let socket = self.sockets.get_mut(place).context("no socket")?;
        loop {
            let answer: Value = serde_json::from_str(socket.next().await?)?;
            match answer.get("type").and_then(Value::as_str) {
                Some("ping") => socket.send(r#"{"type":"pong"}"#).await?,
                Some("complete") => {
                    self.acknowledged += 1;
                    return Ok(());
                }
                Some("next") if answer.pointer(SENT).is_some_and(Value::is_string) => {}
                _ => bail!("a message was not sent: {answer}"),
            }
        }
    }
}

const SENT: &str = "/payload/data/messageSend/message/id";

/// The number of the message that a frame tells of, if it does.
pub(crate) fn number(frame: &str) -> Option<u32> {
    let (_, rest) = frame.split_once(MARK)?;
    rest.get(..DIGITS)?.parse().ok()
}

/// A frame with another number.
fn numbered(frame: &str, number: &str) -> String {
    let mut parts = frame.split(MARK);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(number);
        text.push_str(part.get(DIGITS..).unwrap_or_default());
    }
    text
}

/// What Guildhall would send, for when it is not there to be asked.
pub(crate) const SAMPLE: &str = r#"{"id":"1","type":"next","payload":{"data":{"conversationEvents":{"__typename":"MessageAdded","cursor":"q83vEgAAAAAAAAAB","at":"2026-05-04T09:30:00.000Z","message":{"id":"message_01jtd3xg7kfy3rvw9b2m4n6p8q","createdAt":"2026-05-04T09:30:00.000Z","body":{"html":"<p>bench-00000000: who comes to the <em>fair</em> on Sunday? I bring a loom.</p>\n"},"author":{"id":"profile_01jtd3xg7kfy3rvw9b2m4n6p8r","handle":"ada","name":"Ada Okafor"}}}}}}"#;
