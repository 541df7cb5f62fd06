//! Connections: taken in, watched while they live, ended in order.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{Request, Response, StatusCode, Version, header::TRANSFER_ENCODING},
};
use futures_util::StreamExt as _;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Server,
    events::Streaming,
    wire::{Heads, Watched},
};

/// Bytes of a request's head.
const HEAD: usize = 128 * 1024;
/// How long to wait after the system has refused a connection, out of descriptors perhaps.
const BREATH: Duration = Duration::from_millis(50);

/// Takes connections in until `stop` is ready, then waits for the running requests.
pub(super) async fn accept(
    server: &Arc<Server>,
    listener: &TcpListener,
    stop: impl Future<Output = ()>,
) {
    let stopping = &server.stopping;
    let builder = Arc::new(builder(server));
    let places = Arc::new(Semaphore::new(server.patience.connections));
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            (accepted, place) = next => match accepted {
                Ok((stream, peer)) => {
                    let connection = Connection::new(server.clone(), peer);
                    let (builder, stopping) = (builder.clone(), stopping.clone());
                    connections.spawn(async move {
                        connection.run(stream, &builder, stopping).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken in");
                    sleep(BREATH).await;
                }
            },
        }
    }
    stopping.cancel();
    server.live.close();
    let all = async {
        while connections.join_next().await.is_some() {}
        server.live.wait().await;
    };
    if timeout(server.patience.stop, all).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests that did not end are cut off");
        connections.shutdown().await;
    }
}

fn builder(server: &Server) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(server.patience.head)
        .max_buf_size(HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

/// One connection: what is going on on it.
struct Connection {
    server: Arc<Server>,
    peer: SocketAddr,
    began: Instant,
    /// Requests being answered.
    running: AtomicUsize,
    /// When the last request came or was answered, in milliseconds since it began; 0 before the
    /// first.
    last: AtomicU64,
    /// Ends it at once.
    cut: CancellationToken,
}

impl Connection {
    fn new(server: Arc<Server>, peer: SocketAddr) -> Arc<Self> {
        let (running, last) = (AtomicUsize::new(0), AtomicU64::new(0));
        let (began, cut) = (Instant::now(), CancellationToken::new());
        Arc::new(Self { server, peer, began, running, last, cut })
    }

    async fn run(
        self: Arc<Self>,
        stream: TcpStream,
        builder: &Builder<TokioExecutor>,
        stopping: CancellationToken,
    ) {
        // Answers are written whole: waiting for more to send only adds delay.
        let _ = stream.set_nodelay(true);
        let heads = Heads::default();
        let io = TokioIo::new(Watched { stream, heads: heads.clone() });
        let service = service_fn(|request: Request<Incoming>| {
            let (connection, heads) = (self.clone(), heads.clone());
            async move { Ok::<_, Infallible>(connection.answer(request, &heads).await) }
        });
        let mut serving = pin!(builder.serve_connection_with_upgrades(io, service));
        let mut stop = pin!(stopping.cancelled());
        let mut wake = pin!(sleep_until(self.due()));
        let mut ending = false;
        loop {
            tokio::select! {
                // What goes wrong on a connection is its other end's doing.
                _ = serving.as_mut() => return,
                () = self.cut.cancelled() => return,
                () = &mut stop, if !ending => {
                    ending = true;
                    serving.as_mut().graceful_shutdown();
                }
                () = &mut wake => {
                    let due = self.due();
                    if due > Instant::now() {
                        wake.as_mut().reset(due);
                    } else if ending {
                        return;
                    } else {
                        ending = true;
                        serving.as_mut().graceful_shutdown();
                        wake.as_mut().reset(Instant::now() + self.server.patience.idle);
                    }
                }
            }
        }
    }

    async fn answer(self: &Arc<Self>, request: Request<Incoming>, heads: &Heads) -> Response<Body> {
        let running = Running::new(self.clone());
        let chunked = request.version() < Version::HTTP_2
            && request.headers().contains_key(TRANSFER_ENCODING);
        let ambiguous = heads.is_ambiguous(chunked);
        let response = self.server.answer(self.peer, &self.cut, request, ambiguous).await;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            // What follows are no heads.
            heads.upgraded();
            return response;
        }
        heads.answered();
        match response.extensions().get::<Streaming>() {
            None => response,
            // The request runs until the last of its answer.
            Some(Streaming) => response.map(|body| {
                Body::from_stream(body.into_data_stream().map(move |data| {
                    let _ = &running;
                    data
                }))
            }),
        }
    }

    /// When the connection is to be ended if nothing happens until then.
    fn due(&self) -> Instant {
        let patience = &self.server.patience;
        if self.running.load(Ordering::Relaxed) > 0 {
            return Instant::now() + patience.idle;
        }
        match self.last.load(Ordering::Relaxed) {
            0 => self.began + patience.head,
            last => self.began + Duration::from_millis(last) + patience.idle,
        }
    }

    fn touch(&self) {
        let since = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(since.max(1), Ordering::Relaxed);
    }
}

/// A request that is being answered.
struct Running(Arc<Connection>);

impl Running {
    fn new(connection: Arc<Connection>) -> Self {
        connection.running.fetch_add(1, Ordering::Relaxed);
        connection.touch();
        Self(connection)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
        self.0.touch();
    }
}
