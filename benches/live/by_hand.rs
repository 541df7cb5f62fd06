//! The limit: a server that knows nothing. Each text that comes in at one door goes out, as it is, to
//! every socket at the other: a frame that is made once, a channel, a task for each socket.

use anyhow::Result;
use axum::{
    Router,
    extract::{
        State,
        ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    response::Response,
    routing::get,
    serve::ListenerExt as _,
};
use tokio::{net::TcpListener, sync::broadcast};

/// The first argument of the process that serves.
pub(crate) const COMMAND: &str = "serve-by-hand";
/// Frames that wait for a slow socket before it is given up.
const WAITING: usize = 1_024;
/// What is read at once from a socket; the library's 128 KB would be most of what a socket costs.
const READ_BUFFER: usize = 4_096;

type Room = broadcast::Sender<Utf8Bytes>;

/// The process that serves, until it is ended.
pub(crate) fn process(address: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let room = Room::new(WAITING);
        let router = Router::new()
            .route("/room", get(follow))
            .route("/send", get(send))
            .route("/readyz", get(async || "ready"))
            .with_state(room);
        let listener = TcpListener::bind(address).await?.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    })
}

async fn follow(State(room): State<Room>, upgrade: WebSocketUpgrade) -> Response {
    // Before the answer, so that who has it misses nothing.
    let mut frames = room.subscribe();
    upgrade.read_buffer_size(READ_BUFFER).on_upgrade(async move |mut socket: WebSocket| {
        loop {
            tokio::select! {
                frame = frames.recv() => {
                    let Ok(frame) = frame else { return };
                    if socket.send(Message::Text(frame)).await.is_err() {
                        return;
                    }
                }
                received = socket.recv() => {
                    let Some(Ok(_)) = received else { return };
                }
            }
        }
    })
}

async fn send(State(room): State<Room>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.read_buffer_size(READ_BUFFER).on_upgrade(async move |mut socket: WebSocket| {
        while let Some(Ok(message)) = socket.recv().await {
            if let Message::Text(frame) = message {
                // Nobody may follow.
                let _ = room.send(frame);
            }
        }
    })
}
