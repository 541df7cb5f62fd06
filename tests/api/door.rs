//! A server of a test's own, on a free port of this machine.

use std::{net::SocketAddr, sync::Arc};

use guildhall::{
    app::App,
    config::Config,
    engine::Engine,
    server::{self, Patience},
};
use reqwest::{Client, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use crate::kit::{SECRET, TestApp};

/// A running server and a client for it.
pub struct Door {
    pub address: SocketAddr,
    pub client: Client,
    pub app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<anyhow::Result<()>>>,
    pub test: TestApp,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Door {
    pub async fn open() -> Self {
        Self::with(|_| ()).await
    }

    /// A server with something set otherwise.
    pub async fn with(set: impl FnOnce(&mut Config)) -> Self {
        Self::patient(set, Patience::default()).await
    }

    /// A server that waits no longer than `patience`.
    pub async fn patient(set: impl FnOnce(&mut Config), patience: Patience) -> Self {
        let test = TestApp::with(set).await;
        Self::to(test.app.clone(), test, patience).await
    }

    /// A server of whose statements each one panics.
    pub async fn haunted() -> Self {
        let test = TestApp::new().await;
        let mut db = test.app.db.clone();
        for connection in [&mut db.read, &mut db.write] {
            connection.set_metric_callback(|_| panic!("a ghost"));
        }
        let (config, clock) = (test.app.config.clone(), test.app.clock.clone());
        let app = Arc::new(App::new(config, db, clock, SECRET).unwrap());
        Self::to(app, test, Patience::default()).await
    }

    /// Another server of the same community.
    pub async fn beside(&self, patience: Patience) -> Self {
        let twin = self.test.twin().await;
        Self::to(twin.app.clone(), twin, patience).await
    }

    async fn to(app: Arc<App>, test: TestApp, patience: Patience) -> Self {
        let engine = Arc::new(Engine::new(app.clone()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async { stopped.await.unwrap_or_default() };
        let served = tokio::spawn(server::serve_with(engine, listener, stopped, patience));
        let (stop, served) = (Some(stop), Some(served));
        Self { address, client: Client::new(), app, stop, served, test }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn post(&self) -> RequestBuilder {
        self.client.post(self.url("/graphql"))
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    /// Sends a document as most clients do.
    pub async fn ask(&self, query: &str) -> Reply {
        self.ask_with(json!({ "query": query })).await
    }

    pub async fn ask_with(&self, body: Value) -> Reply {
        Reply::of(self.post().json(&body)).await
    }

    /// Sends bytes as they are, and reads what comes back until the server closes the connection.
    pub async fn raw(&self, bytes: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        until_closed(&mut stream).await
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Tells the server to stop.
    pub fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until the server has stopped.
    pub async fn stopped(&mut self) {
        self.served.take().unwrap().await.unwrap().unwrap();
    }
}

/// What comes until the other end closes the connection.
pub async fn until_closed(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is cut off has answered, too.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

impl Reply {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Status, code and message of an answer with exactly one error and no data.
    #[track_caller]
    pub fn error(&self) -> (u16, &str, &str) {
        assert!(self.body.get("data").is_none(), "no data: {self:#?}");
        let errors = self.body["errors"].as_array().unwrap_or_else(|| panic!("{self:#?}"));
        assert_eq!(errors.len(), 1, "exactly one error: {self:#?}");
        assert_eq!(errors[0]["extensions"]["requestId"], self.header("x-request-id"));
        assert!(self.header("content-type").contains("json; charset=utf-8"), "{self:#?}");
        let text = |pointer| self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        (self.status.as_u16(), text("/errors/0/extensions/code"), text("/errors/0/message"))
    }
}
