//! The doors: HTTP in front of the engine. Knows axum and hyper; nothing else does.

mod accept;
mod account;
mod address;
mod ask;
mod authentication;
mod connection;
mod events;
mod files;
mod graphql;
mod headers;
mod health;
mod mail;
pub mod metrics;
mod multipart;
mod places;
mod playground;
mod problem;
mod routes;
mod socket;
mod standing;
mod tus;
mod wire;

use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{
        HeaderValue, Request, Response, StatusCode,
        header::{CONNECTION, ORIGIN},
    },
};
use futures_util::FutureExt as _;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use self::{
    headers::Origins, metrics::Metrics, places::Places, problem::Problem, standing::Standings,
};
use crate::{contact, engine::Engine};

/// How often what piled up is tidied away.
const TIDY: Duration = Duration::from_secs(10);
/// Forms with files that are read and worked on at a time: each takes up to 80 MB of the disk.
const FORMS: usize = 64;
/// Of them, those of one member.
const FORMS_OF_MEMBER: usize = 8;
/// Beside them, those of everybody who has not signed in.
const FORMS_OF_GUESTS: usize = 16;
/// Of those, of one address.
const FORMS_OF_ADDRESS: usize = 2;

/// How long, and how many, before a connection is ended.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request, and between two requests over HTTP/1.
    pub head: Duration,
    /// For the body of a request; for each piece of an upload's.
    pub body: Duration,
    /// For the bytes of an upload to become a file, before its sender is told that all came.
    pub file: Duration,
    /// For a connection on which nothing is asked, whatever the protocol.
    pub idle: Duration,
    /// For running requests once the server was told to stop.
    pub stop: Duration,
    /// Connections at a time; more wait to be accepted.
    pub connections: usize,
    /// For the first message of a WebSocket.
    pub init: Duration,
    /// Between two pings over a WebSocket.
    pub ping: Duration,
    /// Between two signs of life in an event stream.
    pub sign: Duration,
    /// For a WebSocket on which nothing comes in, not even the answers to our pings.
    pub silence: Duration,
    /// For what is sent over a connection that stays open to be taken.
    pub write: Duration,
    /// For the end of a WebSocket to be said and answered.
    pub farewell: Duration,
    /// Between two looks at whose time is over.
    pub look: Duration,
    /// Between two looks at everybody whose connection stays open, whatever was heard.
    pub look_at_all: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            file: Duration::from_secs(60),
            idle: Duration::from_secs(75),
            stop: Duration::from_secs(10),
            connections: 10_000,
            init: Duration::from_secs(10),
            ping: Duration::from_secs(20),
            sign: Duration::from_secs(12),
            silence: Duration::from_secs(60),
            write: Duration::from_secs(10),
            farewell: Duration::from_secs(1),
            look: Duration::from_millis(500),
            look_at_all: Duration::from_secs(30),
        }
    }
}

/// Serves HTTP on `listener` until `stop` is ready; then takes no new connections and lets running
/// requests end, for ten seconds at most.
pub async fn serve(
    engine: Arc<Engine>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    serve_with(engine, listener, stop, Patience::default()).await
}

/// [`serve`] with other patience.
pub async fn serve_with(
    engine: Arc<Engine>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
    patience: Patience,
) -> anyhow::Result<()> {
    let listening = engine.app.bus.listen();
    let server = Arc::new(Server::new(engine, patience)?);
    let tidy = async {
        loop {
            tokio::time::sleep(TIDY).await;
            server.metrics.upkeep();
            server.engine.budget.tidy();
        }
    };
    tokio::select! {
        () = connection::accept(&server, &listener, stop) => {}
        () = tidy => {}
        () = server.standings.listen(&server.engine.app, listening) => {}
        () = server.standings.watch(&server.engine.app, &patience) => {}
    }
    let tasks = &server.engine.app.tasks;
    tasks.close();
    tasks.wait().await;
    Ok(())
}

/// What the doors share.
struct Server {
    engine: Arc<Engine>,
    patience: Patience,
    metrics: Metrics,
    origins: Origins,
    places: Arc<Places>,
    /// Places for forms with files.
    senders: Arc<Places>,
    /// The same for those who have not signed in.
    guests: Arc<Places>,
    standings: Arc<Standings>,
    /// Connections that stay open, each with a task of its own.
    live: TaskTracker,
    /// The server is to end.
    stopping: CancellationToken,
    /// Everything but `/graphql`.
    routes: Router,
}

/// Where a request came in.
#[derive(Clone, Debug)]
struct Call {
    /// The other end of the connection.
    peer: SocketAddr,
    /// By what name logs and errors call the request.
    id: String,
    /// Cuts the connection off.
    cut: CancellationToken,
}

impl Server {
    fn new(engine: Arc<Engine>, patience: Patience) -> anyhow::Result<Self> {
        let metrics = Metrics::new()?;
        let routes = routes::routes(routes::Shared {
            engine: engine.clone(),
            metrics: metrics.clone(),
            is_migrated: Arc::default(),
            patience,
            thumbnails: Arc::default(),
            uploads: tus::places(),
            store: Arc::default(),
        });
        let origins = Origins::new(&engine.app.config);
        Ok(Self {
            places: Places::new(&engine.app.config),
            senders: Places::for_members(FORMS, FORMS_OF_MEMBER),
            guests: Places::for_guests(FORMS_OF_GUESTS, FORMS_OF_ADDRESS),
            standings: Arc::default(),
            live: TaskTracker::new(),
            stopping: CancellationToken::new(),
            engine,
            patience,
            metrics,
            origins,
            routes,
        })
    }

    /// Answers a request, whatever happens; `ambiguous` is one that could be read in two ways.
    async fn answer(
        self: &Arc<Self>,
        peer: SocketAddr,
        cut: &CancellationToken,
        request: Request<Incoming>,
        ambiguous: bool,
    ) -> Response<Body> {
        let id = headers::request_id(request.headers(), &self.engine.app.clock);
        let origin = request.headers().get(ORIGIN).cloned();
        let call = Call { peer, id, cut: cut.clone() };
        let sends_forms = AssertUnwindSafe(self.sends_forms(&request)).catch_unwind().await;
        let sends_forms = sends_forms.unwrap_or(false);
        let mut response = if ambiguous {
            let close = HeaderValue::from_static("close");
            Problem::new(StatusCode::BAD_REQUEST, "the length of the body is given twice")
                .header(CONNECTION, close)
                .respond(&call.id)
        } else {
            self.guarded(&call, request).await
        };
        let headers = response.headers_mut();
        headers::finish(headers, &call.id, origin.as_ref(), &self.origins, sends_forms);
        response
    }

    /// Whether the page that calls is of a site that some open form allows, and of none that may do more.
    async fn sends_forms(&self, request: &Request<Incoming>) -> bool {
        let Some(origin) = request.headers().get(ORIGIN) else { return false };
        if request.uri().path() != "/graphql" || self.origins.allow(origin) {
            return false;
        }
        let Ok(text) = origin.to_str() else { return false };
        contact::may_send_from(&self.engine.app, text).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "whose pages may send forms can't be looked up");
            false
        })
    }

    async fn guarded(self: &Arc<Self>, call: &Call, request: Request<Incoming>) -> Response<Body> {
        let answer = AssertUnwindSafe(self.route(call, request)).catch_unwind().await;
        answer.unwrap_or_else(|_| {
            tracing::error!(request = %call.id, "a request panicked");
            Problem::internal().respond(&call.id)
        })
    }

    async fn route(self: &Arc<Self>, call: &Call, request: Request<Incoming>) -> Response<Body> {
        // By far the most requests: they go around the router.
        if request.uri().path() == "/graphql" {
            return graphql::answer(self, call, request).await;
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(call.clone());
        match self.routes.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}
