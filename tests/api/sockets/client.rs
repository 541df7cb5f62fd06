//! A client of graphql-transport-ws that says what it is told to, right or wrong.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message, client::IntoClientRequest as _, http::HeaderName, protocol::CloseFrame,
    },
};

use crate::door::Door;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// One end of a WebSocket.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// A socket that speaks the protocol, with more headers in its handshake.
    pub async fn with(door: &Door, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let url = door.url("/graphql").replace("http", "ws");
        let mut request = url.into_client_request().unwrap();
        let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
        for (name, value) in protocol.iter().chain(headers).filter(|(_, value)| !value.is_empty()) {
            let name = HeaderName::from_static(name);
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        if headers.contains(&("sec-websocket-protocol", "")) {
            request.headers_mut().remove("sec-websocket-protocol");
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn open(door: &Door) -> Self {
        Self::with(door, &[]).await.unwrap()
    }

    /// A guest's socket, after the handshake of the protocol.
    pub async fn guest(door: &Door) -> Self {
        let mut socket = Self::open(door).await;
        socket.init(json!({})).await;
        socket
    }

    /// The socket of whoever a token stands for.
    pub async fn member(door: &Door, token: &str) -> Self {
        let mut socket = Self::open(door).await;
        socket.init(json!({ "authorization": format!("Bearer {token}") })).await;
        socket
    }

    pub async fn init(&mut self, payload: Value) {
        self.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(self.next().await, json!({ "type": "connection_ack" }));
    }

    pub async fn send(&mut self, message: Value) {
        self.frame(Message::text(message.to_string())).await;
    }

    pub async fn frame(&mut self, frame: Message) {
        self.0.send(frame).await.unwrap();
    }

    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    /// What an operation answers that has one answer.
    pub async fn ask(&mut self, id: &str, query: &str) -> Value {
        self.subscribe(id, query).await;
        let mut answer = self.next().await;
        assert_eq!((&answer["id"], &answer["type"]), (&json!(id), &json!("next")), "{answer}");
        assert_eq!(self.next().await, json!({ "id": id, "type": "complete" }));
        answer["payload"].take()
    }

    /// The next message.
    pub async fn next(&mut self) -> Value {
        loop {
            match self.received().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("no message: {other:?}"),
            }
        }
    }

    /// The next frame, whatever it is.
    pub async fn received(&mut self) -> Message {
        // Something comes in time, and the socket is open.
        timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap()
    }

    /// Why the server closes the socket, whatever it says before.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.received().await {
                Message::Close(Some(CloseFrame { code, reason })) => {
                    return (code.into(), reason.as_str().to_owned());
                }
                Message::Close(None) => panic!("closed without a reason"),
                _ => {}
            }
        }
    }
}

/// Asserts with which code a socket is closed.
#[track_caller]
pub fn is_closed((code, reason): (u16, String), expected: u16, words: &str) {
    assert_eq!(code, expected, "{reason}");
    assert!(reason.contains(words), "{reason}");
    assert!(reason.len() <= 123, "{reason}");
}
