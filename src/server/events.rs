//! Subscriptions as server-sent events: the distinct connections mode of graphql-sse
//! (<https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>).

use std::{convert::Infallible, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{
        HeaderName, HeaderValue, Response, Version,
        header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE},
        request::Parts,
    },
};
use bytes::Bytes;
use futures_util::stream;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Call, Server,
    metrics::{LiveConnection, LiveOperation},
    places::{self, Place},
    problem::Problem,
    socket,
    standing::Seat,
};
use crate::{
    accounts::Entry,
    engine::{
        Answer, Ask, Caller,
        live::{self, Inbox, Next, Sent, Subscription, outbox},
    },
    graph::RequestErrorCode,
    infra::bus::Passing,
};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Results that wait to be sent.
const ROOM: usize = 256;
/// Results that are sent together.
const TOGETHER: usize = 64;
/// Pieces of the answer that wait for the connection.
const PIECES: usize = 4;

/// Marks an answer that comes for as long as something happens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Streaming;

/// Who asks.
pub(super) struct Who {
    /// What they came in by; `None` is a guest.
    pub(super) entry: Option<Entry>,
    /// [`super::standing::Standings::mark`] from before that was looked at.
    pub(super) mark: u64,
}

/// What came of beginning an operation.
pub(super) enum Begun {
    /// This is all.
    Answer(Answer),
    /// The answer goes on.
    Stream(Response<Body>),
}

/// Begins an operation whose answer may be a stream.
pub(super) async fn begin(
    server: &Arc<Server>,
    call: &Call,
    who: Who,
    caller: Caller,
    ask: Ask,
    head: &Parts,
) -> Result<Begun, Problem> {
    let (outbox, inbox) = outbox(ROOM);
    let after = head.headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
    let after = after.filter(|id| !id.is_empty()).map(str::to_owned);
    let address = caller.address;
    let subscription = match server.engine.begin(caller, ask, after, &outbox, 1).await {
        live::Begun::Answer(answer) => return Ok(Begun::Answer(answer)),
        live::Begun::Subscription(subscription) => subscription,
    };
    let (pieces, body) = mpsc::channel(PIECES);
    let stream = Stream {
        place: place(server, &who, address)?,
        seat: seat(server, who),
        server: server.clone(),
        request: call.id.clone(),
        // Other requests on the same connection may be read all right.
        cut: (head.version < Version::HTTP_2).then(|| call.cut.clone()),
        subscription,
        inbox,
        pieces,
        open: LiveConnection::new("events"),
        _operation: LiveOperation::new("events"),
    };
    server.live.spawn(async move {
        // Where results go stays open for as long as the stream.
        let _outbox = outbox;
        stream.run().await;
    });
    let body = stream::unfold(body, async |mut body: mpsc::Receiver<Bytes>| {
        let piece = body.recv().await?;
        Some((Ok::<_, Infallible>(piece), body))
    });
    let mut response = Response::new(Body::from_stream(body));
    response.extensions_mut().insert(Streaming);
    as_events(&mut response);
    Ok(Begun::Stream(response))
}

fn place(server: &Server, who: &Who, address: IpAddr) -> Result<Place, Problem> {
    let member = who.entry.map(|entry| entry.member.id);
    server.places.take(places::Who::of(member, address)).map_err(socket::full)
}

fn seat(server: &Server, who: Who) -> Option<Seat> {
    who.entry.map(|entry| server.standings.seat(&server.engine.app, entry, who.mark))
}

/// The one answer of a query or mutation, told as events.
pub(super) fn whole(mut response: Response<Body>, answer: &Answer) -> Response<Body> {
    let text = [next(None, &answer.json()), COMPLETE.to_vec()].concat();
    *response.body_mut() = Body::from(text);
    response.headers_mut().remove(CONTENT_ENCODING);
    as_events(&mut response);
    response
}

fn as_events(response: &mut Response<Body>) {
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("text/event-stream; charset=utf-8");
    headers.insert(CONTENT_TYPE, media);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx holds answers back until they are whole, otherwise.
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
}

const COMPLETE: &[u8] = b"event: complete\ndata: \n\n";

/// A result; the JSON holds no line breaks.
fn next(cursor: Option<&str>, payload: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(payload.len() + cursor.map_or(0, str::len) + 32);
    text.extend_from_slice(b"event: next\n");
    if let Some(cursor) = cursor {
        for part in ["id: ", cursor, "\n"] {
            text.extend_from_slice(part.as_bytes());
        }
    }
    text.extend_from_slice(b"data: ");
    text.extend_from_slice(payload);
    text.extend_from_slice(b"\n\n");
    text
}

/// What goes on at the server's end of an answer.
struct Stream {
    server: Arc<Server>,
    request: String,
    seat: Option<Seat>,
    subscription: Subscription,
    inbox: Inbox,
    pieces: mpsc::Sender<Bytes>,
    cut: Option<CancellationToken>,
    open: LiveConnection,
    place: Place,
    _operation: LiveOperation,
}

/// Why a stream has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It came to its end, and has said so.
    Complete,
    /// The client went away.
    Gone,
    /// The client does not read.
    Slow,
    /// The member may not stay.
    Over,
    /// The server stops.
    Stopping,
}

impl End {
    /// The code that a WebSocket would be closed with, for the counters.
    fn code(self) -> u16 {
        match self {
            Self::Complete => 1000,
            Self::Gone => 1006,
            Self::Slow => 1013,
            Self::Over => 4403,
            Self::Stopping => 1001,
        }
    }
}

impl Stream {
    async fn run(mut self) {
        let began = Instant::now();
        let end = self.tell().await;
        match end {
            // Before the answer ends, so that it does not look like one that came to its own end.
            End::Over => {
                let message = "the session or token has ended: sign in again";
                let code = RequestErrorCode::Unauthenticated.name();
                let error =
                    serde_json::json!({ "message": message, "extensions": { "code": code } });
                let payload = serde_json::json!({ "errors": [error] }).to_string();
                // There is no room where nothing is read; then the connection is cut.
                if self.pieces.try_send(next(None, payload.as_bytes()).into()).is_err() {
                    self.cut();
                }
            }
            End::Slow => self.cut(),
            End::Complete | End::Gone | End::Stopping => {}
        }
        self.open.closed(end.code());
        tracing::info!(
            target: "guildhall::socket",
            request = %self.request,
            code = end.code(),
            seconds = began.elapsed().as_secs(),
            sent = self.open.sent,
            member = self.seat.as_ref().map(|seat| tracing::field::display(seat.now().member.id)),
            "an event stream ended"
        );
        drop(self.place);
    }

    fn cut(&self) {
        if let Some(cut) = &self.cut {
            cut.cancel();
        }
    }

    async fn tell(&mut self) -> End {
        let mut signs = interval(self.server.patience.sign);
        signs.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stopping = self.server.stopping.clone();
        let mut watched = self.seat.as_ref().map(Seat::watch);
        if let Some(seat) = &self.seat {
            let standing = seat.now();
            if standing.has_ended {
                return End::Over;
            }
            if let Some(at) = standing.until.filter(|_| standing.is_expiring) {
                self.subscription.pass(Passing::Expiring { at });
            }
        }
        loop {
            let (piece, is_last) = tokio::select! {
                () = stopping.cancelled() => return End::Stopping,
                () = self.pieces.closed() => return End::Gone,
                standing = async {
                    match &mut watched {
                        Some(seat) => seat.changed().await,
                        None => std::future::pending().await,
                    }
                } => {
                    if standing.has_ended {
                        return End::Over;
                    }
                    if let Some(at) = standing.until.filter(|_| standing.is_expiring) {
                        self.subscription.pass(Passing::Expiring { at });
                    }
                    continue;
                }
                next = self.inbox.next() => match next {
                    Next::Send(sent) => self.gather(sent),
                    Next::Slow => return End::Slow,
                },
                _ = signs.tick() => (b":\n\n".to_vec(), false),
            };
            if let Some(end) = self.send(piece.into()).await {
                return end;
            }
            if is_last {
                return End::Complete;
            }
        }
    }

    /// What is there to be sent, and whether it is the last.
    fn gather(&mut self, first: Sent) -> (Vec<u8>, bool) {
        let (mut text, mut count, mut waiting) = (Vec::new(), 0, Some(first));
        while let Some(sent) = waiting {
            let Sent::Next { told, .. } = sent else {
                text.extend_from_slice(COMPLETE);
                return (text, true);
            };
            text.extend(next(told.cursor.as_deref(), &told.payload));
            self.open.count();
            count += 1;
            waiting = if count < TOGETHER { self.inbox.try_next() } else { None };
        }
        (text, false)
    }

    async fn send(&self, piece: Bytes) -> Option<End> {
        let write: Duration = self.server.patience.write;
        let over = async {
            match &self.seat {
                Some(seat) => seat.ended().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => Some(End::Over),
            () = self.server.stopping.cancelled() => Some(End::Stopping),
            sent = timeout(write, self.pieces.send(piece)) => match sent {
                Ok(Ok(())) => None,
                Ok(Err(_)) => Some(End::Gone),
                Err(_) => Some(End::Slow),
            },
        }
    }
}
