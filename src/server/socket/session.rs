//! One socket, from its handshake to its end.

use std::{net::IpAddr, pin::pin, sync::Arc, time::Duration};

use axum::extract::ws::{Message as Frame, Utf8Bytes, WebSocket};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::{
    TOO_MANY_OPEN,
    allowance::Allowance,
    ends::{broken, lost, over, slow},
    operations::{Begin, Operations, Over, Refusal},
    protocol::{self, Close, Message},
};
use crate::{
    Actor, Error,
    accounts::{self, Entry},
    engine::{
        Caller,
        live::{Inbox, Next, outbox},
    },
    graph::RequestErrorCode,
    infra::bus::Passing,
    server::{
        Server, ask,
        graphql::log_answer,
        metrics::LiveConnection,
        places::{Place, Who},
        standing::{Seat, Standing, Watched},
    },
};

/// Results that wait to be sent.
const ROOM: usize = 256;
/// Results that are written before they are sent.
const TOGETHER: usize = 64;

/// A socket that is about to be.
pub(super) struct Session {
    pub(super) server: Arc<Server>,
    /// By what name logs call the handshake.
    pub(super) request: String,
    pub(super) address: IpAddr,
    pub(super) device: String,
    /// The token that came with the handshake.
    pub(super) credential: Option<String>,
    /// The page that opened it.
    pub(super) from: Option<crate::contact::SentFrom>,
    pub(super) place: Place,
    pub(super) _running: TaskTrackerToken,
}

impl Session {
    /// Runs the socket to its end; `speaks` is whether both ends know the protocol.
    pub(super) async fn run(self, socket: WebSocket, speaks: bool) {
        let (outbox, inbox) = outbox(ROOM);
        let now = Instant::now();
        let mut line = Line {
            stopping: self.server.stopping.clone(),
            patience: self.server.patience.write,
            open: LiveConnection::new("websocket"),
            session: self,
            socket,
            seat: None,
            acknowledged: false,
            operations: Operations::new(outbox),
            inbox,
            began: now,
            heard: now,
            allowance: Allowance::new(now),
            received: 0,
        };
        let close = match speaks {
            true => line.talk().await,
            false => {
                let reason = "Subprotocol not acceptable: speak graphql-transport-ws";
                Close::new(Close::SUBPROTOCOL, reason)
            }
        };
        Box::pin(line.hang_up(close)).await;
    }
}

/// A socket that is open.
struct Line {
    session: Session,
    socket: WebSocket,
    open: LiveConnection,
    /// The member who has come in, if one has.
    seat: Option<Seat>,
    acknowledged: bool,
    operations: Operations,
    inbox: Inbox,
    began: Instant,
    /// When anything last came in.
    heard: Instant,
    allowance: Allowance,
    received: u64,
    stopping: tokio_util::sync::CancellationToken,
    patience: Duration,
}

impl Line {
    /// Talks until there is a reason to stop.
    async fn talk(&mut self) -> Close {
        let stopping = self.stopping.clone();
        // Made once: to make them anew for each message would cost as much as the message.
        let mut stopped = pin!(stopping.cancelled());
        let mut standing = pin!(changed(None));
        let mut is_watched = false;
        let mut alarm = pin!(sleep_until(self.began));
        let mut ping = self.began + self.session.server.patience.ping;
        loop {
            let done = tokio::select! {
                () = &mut stopped => Err(Close::new(Close::GONE, "the server stops")),
                (now, seat) = &mut standing => {
                    standing.set(changed(Some(seat)));
                    self.stands(now)
                }
                frame = self.socket.next() => match frame {
                    // Boxed, as what is rare: its room would be kept for every socket.
                    Some(Ok(frame)) => Box::pin(self.hear(frame)).await,
                    Some(Err(error)) => Err(broken(&error)),
                    None => Err(lost()),
                },
                next = self.inbox.next() => self.pass_on(next).await,
                begin = self.operations.next() => Box::pin(self.answer(begin)).await,
                () = &mut alarm => match Box::pin(self.look_at_the_clock(&mut ping)).await {
                    Ok(next) => {
                        alarm.as_mut().reset(next);
                        Ok(())
                    }
                    Err(close) => Err(close),
                },
            };
            if let Err(close) = done {
                return close;
            }
            if !is_watched && let Some(seat) = &self.seat {
                is_watched = true;
                standing.set(changed(Some(seat.watch())));
            }
        }
    }

    /// Does what is due, and answers when to look again.
    async fn look_at_the_clock(&mut self, ping: &mut Instant) -> Result<Instant, Close> {
        let (now, patience) = (Instant::now(), self.session.server.patience);
        let init = self.began + patience.init;
        if !self.acknowledged && init <= now {
            return Err(Close::new(Close::INIT_TIMEOUT, "Connection initialisation timeout"));
        }
        if self.heard + patience.silence <= now {
            return Err(Close::new(Close::LATER, "nothing was heard for too long"));
        }
        if *ping <= now {
            *ping = now + patience.ping;
            self.send([Frame::Ping(Bytes::new())]).await?;
        }
        let next = Ord::min(*ping, self.heard + patience.silence);
        Ok(if self.acknowledged { next } else { next.min(init) })
    }

    /// Takes in how the member stands now.
    fn stands(&mut self, standing: Standing) -> Result<(), Close> {
        if standing.has_ended {
            return Err(over());
        }
        if let Some(expiring) = expiring(standing) {
            self.operations.pass(&expiring);
        }
        Ok(())
    }

    async fn hear(&mut self, frame: Frame) -> Result<(), Close> {
        self.heard = Instant::now();
        if let Frame::Close(frame) = frame {
            let close = frame.map(|frame| Close::new(frame.code, frame.reason.as_str().to_owned()));
            return Err(close.unwrap_or_else(|| Close::new(1005, "closed by the client")));
        }
        self.received += 1;
        if !self.allowance.take(self.heard) {
            // Not the client's mistake for good, so it may come back: after a while, as this code asks.
            return Err(Close::new(Close::LATER, "too many messages: send at most 100 a second"));
        }
        match frame {
            Frame::Text(text) => self.obey(protocol::read(&text)?).await,
            Frame::Binary(_) => Err(Close::malformed("send text, no binary messages")),
            // The library answers pings by itself.
            Frame::Ping(_) | Frame::Pong(_) | Frame::Close(_) => Ok(()),
        }
    }

    async fn obey(&mut self, message: Message<'_>) -> Result<(), Close> {
        match message {
            Message::Init(_) if self.acknowledged => {
                Err(Close::new(Close::TOO_MANY_INITS, "Too many initialisation requests"))
            }
            Message::Init(payload) => {
                self.seat = self.come_in(payload).await?;
                self.acknowledged = true;
                self.send([Frame::Text(protocol::ACK)]).await
            }
            Message::Ping(payload) => self.send([Frame::Text(protocol::pong(payload))]).await,
            Message::Pong => Ok(()),
            Message::Complete { id } => {
                self.operations.end(&id);
                Ok(())
            }
            Message::Subscribe { .. } if !self.acknowledged => {
                Err(Close::new(Close::UNAUTHORIZED, "Unauthorized: send connection_init first"))
            }
            Message::Subscribe { id, payload } => self.subscribe(&id, payload).await,
        }
    }

    /// Lets in whoever the first message, else the handshake, names.
    async fn come_in(&mut self, payload: Option<&RawValue>) -> Result<Option<Seat>, Close> {
        let sent = payload.map(protocol::credential).transpose()?.flatten();
        let Some(credential) = sent.or_else(|| self.session.credential.take()) else {
            return Ok(None);
        };
        let server = &self.session.server;
        let app = &server.engine.app;
        let mark = server.standings.mark();
        let entry = accounts::enter(app, &credential).await.map_err(|error| match error {
            Error::Unavailable => {
                Close::new(Close::LATER, "a service behind this one is not available")
            }
            Error::Internal(error) => {
                tracing::error!(%error, request = %self.session.request, "authentication failed");
                Close::new(Close::INTERNAL, "Internal server error")
            }
            _ => Close::new(Close::FORBIDDEN, "Forbidden: the token sent is not valid"),
        })?;
        let Entry { member, .. } = entry;
        let seat = server.standings.seat(app, entry, mark);
        if seat.now().has_ended {
            return Err(over());
        }
        let who = Who::of(Some(member.id), self.session.address);
        self.session.place.hand_to(who).map_err(|_| Close::new(Close::LATER, TOO_MANY_OPEN))?;
        Ok(Some(seat))
    }

    async fn subscribe(&mut self, id: &str, payload: &RawValue) -> Result<(), Close> {
        match self.operations.may_begin(id) {
            Ok(()) => {}
            Err(Refusal::Exists) => {
                let reason = format!("Subscriber for {id} already exists");
                return Err(Close::new(Close::SUBSCRIBER_EXISTS, reason));
            }
            Err(Refusal::TooMany) => {
                let message = "too many operations run on this socket: complete one first";
                let code = RequestErrorCode::RateLimited;
                let error = protocol::error(&protocol::head(id), code, message);
                return self.send([Frame::Text(error)]).await;
            }
        }
        let ask = ask::from_json(payload.get().as_bytes())
            .map_err(|problem| Close::malformed(problem.message()))?;
        let ask = crate::engine::Ask { by_socket: true, from: self.session.from.clone(), ..ask };
        let actor =
            self.seat.as_ref().map_or(Actor::Guest, |seat| Actor::Member(seat.now().member));
        let Session { address, device, server, .. } = &self.session;
        let caller = Caller { actor, address: *address, device: device.clone() };
        self.operations.begin(&server.engine, caller, ask, id);
        Ok(())
    }

    /// Answers an operation that has begun, if that was all of it.
    async fn answer(&mut self, begin: Begin) -> Result<(), Close> {
        let (actor, took) = (begin.actor, begin.took);
        let expiring = self.seat.as_ref().and_then(|seat| expiring(seat.now()));
        let Some(Over { frames, answer }) = self.operations.take(begin, expiring) else {
            return Ok(());
        };
        if let Some(answer) = answer {
            self.session.server.metrics.answered(&answer, took);
            log_answer(&answer, None, actor, took);
        }
        self.send(frames.into_iter().map(Frame::Text)).await
    }

    /// Sends what waits.
    async fn pass_on(&mut self, next: Next) -> Result<(), Close> {
        let Next::Send(first) = next else { return Err(slow()) };
        let mut frames: Vec<Utf8Bytes> = self.operations.write(first).into_iter().collect();
        while frames.len() < TOGETHER
            && let Some(more) = self.inbox.try_next()
        {
            frames.extend(self.operations.write(more));
        }
        self.send(frames.into_iter().map(Frame::Text)).await
    }

    /// Writes frames, then sends them together.
    async fn send(&mut self, frames: impl IntoIterator<Item = Frame>) -> Result<(), Close> {
        let (socket, open) = (&mut self.socket, &mut self.open);
        let write = async {
            for frame in frames {
                let is_message = matches!(frame, Frame::Text(_));
                socket.feed(frame).await?;
                if is_message {
                    open.count();
                }
            }
            socket.flush().await
        };
        tokio::select! {
            // Most often there is room: then nothing else is looked at.
            biased;
            sent = timeout(self.patience, write) => match sent {
                Ok(sent) => sent.map_err(|error| broken(&error)),
                Err(_) => Err(slow()),
            },
            // Whoever does not read can't stay longer by it.
            () = ended(&self.seat) => Err(over()),
            () = self.stopping.cancelled() => Err(Close::new(Close::GONE, "the server stops")),
        }
    }

    /// Ends everything, and says why.
    async fn hang_up(mut self, close: Close) {
        self.operations.end_all();
        let patience = self.session.server.patience.farewell;
        let socket = &mut self.socket;
        let farewell = async {
            // Fails where the other end was first, which is answered by reading on.
            let _ = socket.send(Frame::Close(Some(close.frame()))).await;
            if close.code == Close::TOO_LARGE {
                // What is still on its way can't be read, and a socket that is gone would answer it with a reset,
                // which may overtake our reason.
                return sleep(patience).await;
            }
            while let Some(Ok(_)) = socket.next().await {}
        };
        let _ = timeout(patience, farewell).await;
        self.open.closed(close.code);
        tracing::info!(
            target: "guildhall::socket",
            request = %self.session.request,
            code = close.code,
            reason = %close.reason.escape_debug(),
            seconds = self.began.elapsed().as_secs(),
            operations = self.operations.begun,
            received = self.received,
            sent = self.open.sent,
            member = self.seat.as_ref().map(|seat| tracing::field::display(seat.now().member.id)),
            "closed"
        );
    }
}

/// How the one who came in stands, once it has changed.
async fn changed(seat: Option<Watched>) -> (Standing, Watched) {
    match seat {
        Some(mut seat) => (seat.changed().await, seat),
        None => std::future::pending().await,
    }
}

/// Waits until the one who came in may not stay.
async fn ended(seat: &Option<Seat>) {
    match seat {
        Some(seat) => seat.ended().await,
        None => std::future::pending().await,
    }
}

fn expiring(standing: Standing) -> Option<Passing> {
    let at = standing.until.filter(|_| standing.is_expiring)?;
    Some(Passing::Expiring { at })
}
