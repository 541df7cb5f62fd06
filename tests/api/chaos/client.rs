//! Clients that do not give up: they speak graphql-transport-ws, and come back with their cursor and what was
//! not acknowledged.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::sleep};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};
use uuid::Uuid;

/// How soon a client tries again.
const AGAIN: Duration = Duration::from_millis(20);
/// How long a writer thinks about a line, at most, in milliseconds.
const THINKS: u64 = 60;

const FOLLOW: &str = "subscription($id: ID!, $after: EventCursor) { conversationEvents(id: $id, \
    after: $after) { __typename ... on StreamReady { cursor replayed } ... on StreamReset { reason } \
    ... on MessageAdded { cursor message { body { text } } } } }";

const SEND: &str = "mutation($input: MessageSendInput!) { messageSend(input: $input) { \
    message { id } userErrors { code message path } } }";

/// Somebody at a server.
#[derive(Clone)]
pub struct Client {
    pub address: SocketAddr,
    pub token: String,
    pub room: String,
}

impl Client {
    /// Sends these lines, each until it is acknowledged, by the same key; counts them.
    pub async fn write(self, lines: Vec<String>, acknowledged: Arc<AtomicUsize>) {
        let mut wire = None;
        for body in lines {
            sleep(Duration::from_millis(rand::random_range(0..THINKS))).await;
            let key = Uuid::now_v7().to_string();
            let input = json!({ "conversation": self.room, "body": body, "clientKey": key });
            loop {
                match self.send(&mut wire, &input).await {
                    Ok(answer) => {
                        let id = &answer["data"]["messageSend"]["message"]["id"];
                        assert!(id.is_string(), "a message was refused: {answer}");
                        break;
                    }
                    Err(_) => {
                        wire = None;
                        sleep(AGAIN).await;
                    }
                }
            }
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn send(&self, wire: &mut Option<Wire>, input: &Value) -> Result<Value> {
        let wire = match wire {
            Some(wire) => wire,
            None => wire.insert(Wire::open(self).await?),
        };
        wire.subscribe(SEND, json!({ "input": input })).await?;
        let answer = wire.next().await?.context("no answer")?;
        ensure!(wire.next().await?.is_none(), "two answers");
        Ok(answer)
    }

    /// Reads from a cursor on until it has heard so many lines; answers them in the order in which they came.
    /// Then it looks whether anything is told after them, which is an answer, too.
    pub async fn read(self, cursor: String, count: usize) -> Vec<String> {
        let mut reader = Reader { cursor, heard: Vec::new() };
        while reader.heard.len() < count {
            // The connection is lost: come back.
            let _ = self.follow(&mut reader, count).await;
            sleep(AGAIN).await;
        }
        while self.follow(&mut reader, count).await.is_err() {
            sleep(AGAIN).await;
        }
        reader.heard
    }

    /// Follows the room from the reader's cursor until everything was heard, and the stream stands.
    async fn follow(&self, reader: &mut Reader, count: usize) -> Result<()> {
        let mut wire = Wire::open(self).await?;
        let variables = json!({ "id": self.room, "after": reader.cursor });
        wire.subscribe(FOLLOW, variables).await?;
        let mut ready = false;
        while !ready || reader.heard.len() < count {
            let answer = wire.next().await?.context("the subscription has ended")?;
            let event = &answer["data"]["conversationEvents"];
            match event["__typename"].as_str() {
                Some("MessageAdded") => {
                    let text = event["message"]["body"]["text"].as_str().context("no text")?;
                    reader.heard.push(text.trim().to_owned());
                }
                Some("StreamReady") => ready = true,
                Some("StreamReset") => panic!("the stream was reset: {answer}"),
                Some(_) => continue,
                None => panic!("{answer}"),
            }
            reader.cursor = event["cursor"].as_str().context("no cursor")?.to_owned();
        }
        Ok(())
    }
}

struct Reader {
    cursor: String,
    heard: Vec<String>,
}

/// A WebSocket that carries one operation at a time.
struct Wire {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    operations: usize,
}

impl Wire {
    async fn open(client: &Client) -> Result<Self> {
        let mut request = format!("ws://{}/graphql", client.address).into_client_request()?;
        let protocol = "graphql-transport-ws".parse()?;
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (socket, _) = connect_async(request).await?;
        let mut wire = Self { socket, operations: 0 };
        let payload = json!({ "authorization": format!("Bearer {}", client.token) });
        wire.say(json!({ "type": "connection_init", "payload": payload })).await?;
        let answer = wire.hear().await?;
        ensure!(answer["type"] == "connection_ack", "{answer}");
        Ok(wire)
    }

    async fn subscribe(&mut self, query: &str, variables: Value) -> Result<()> {
        self.operations += 1;
        let payload = json!({ "query": query, "variables": variables });
        let id = self.operations.to_string();
        self.say(json!({ "id": id, "type": "subscribe", "payload": payload })).await
    }

    /// The next result; `None` at the operation's end.
    async fn next(&mut self) -> Result<Option<Value>> {
        let mut message = self.hear().await?;
        match message["type"].as_str() {
            Some("next") => Ok(Some(message["payload"].take())),
            Some("complete") => Ok(None),
            _ => panic!("an operation was refused: {message}"),
        }
    }

    async fn say(&mut self, message: Value) -> Result<()> {
        Ok(self.socket.send(Message::text(message.to_string())).await?)
    }

    async fn hear(&mut self) -> Result<Value> {
        loop {
            let message = self.socket.next().await.context("the socket has ended")??;
            match message {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text)?;
                    if message["type"] != "ping" {
                        return Ok(message);
                    }
                    self.say(json!({ "type": "pong" })).await?;
                }
                Message::Close(reason) => bail!("closed: {reason:?}"),
                _ => {}
            }
        }
    }
}
