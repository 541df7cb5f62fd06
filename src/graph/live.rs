//! Subscriptions. An operation of a subscription runs once to be opened, which answers what to follow, and
//! once for each thing that happens there. Nothing of it lives in between, so every event has fresh loaders,
//! and one run can serve everybody who asked alike.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{
    Context, Enum, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};
use futures_util::{
    future::BoxFuture,
    stream::{self, BoxStream, StreamExt as _},
};
use uuid::Uuid;

use super::{DateTime, Result};
use crate::{
    Actor, Error,
    app::App,
    infra::bus::Passing,
    streams::{Cursor, Event, Stream},
};

/// What a subscription follows.
#[derive(Clone)]
pub struct Topic {
    /// The stream: its events, and what is passed on it.
    pub stream: Stream,
    /// Which of these may hear the stream of this key now. Asked again when something happened that may have
    /// changed it; a subscription that differs for each who asks is then opened anew, too.
    pub hears: Hears,
    /// Streams of whose events only the fact is told here, as [`Passing::Bumped`], several at a time as one.
    pub bumps: Vec<Uuid>,
    /// Streams of which only what is passed is told here.
    pub passing: Vec<Uuid>,
    /// What is told first, once the stream stands.
    pub first: Vec<Passing>,
    /// Whether what is told hangs on who hears it, whatever they ask for and even where nobody is blocked: each is
    /// then told by a run of their own, never by one of the audience's.
    pub each: bool,
    /// What is to be held for as long as it is followed.
    pub held: Option<Held>,
}

/// Something that ends when it is dropped.
pub type Held = Arc<dyn std::any::Any + Send + Sync>;

impl Topic {
    /// One stream alone.
    pub fn of(stream: Stream, hears: Hears) -> Self {
        Self {
            stream,
            hears,
            bumps: Vec::new(),
            passing: Vec::new(),
            first: Vec::new(),
            each: false,
            held: None,
        }
    }

    /// The same, told to each by a run of their own.
    #[must_use]
    pub fn for_each(self) -> Self {
        Self { each: true, ..self }
    }
}

/// Which of these actors may hear the stream of this key, in their order.
pub type Hears = for<'a> fn(&'a App, Uuid, &'a [Actor]) -> BoxFuture<'a, crate::Result<Vec<bool>>>;

impl std::fmt::Debug for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Topic").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// Why an operation of a subscription runs.
#[derive(Clone, Debug)]
pub enum Live {
    /// To learn what it follows, and whether it may.
    Opening(Arc<Opening>),
    /// To tell what happened.
    Telling(Arc<Happening>),
}

/// What opening a subscription found.
#[derive(Debug, Default)]
pub struct Opening(Mutex<Option<Opened>>);

/// What a subscription wants to hear.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it follows.
    pub topic: Topic,
    /// The cursor after which it wants to hear everything; `None` is from now on.
    pub after: Option<String>,
}

impl Opening {
    /// Notes what is followed.
    fn set(&self, opened: Opened) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened);
    }

    /// What is followed, once the operation has run.
    pub fn take(&self) -> Option<Opened> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Something to tell those who follow a stream.
#[derive(Clone, Debug)]
pub struct Happening {
    /// The stream.
    pub stream: Stream,
    /// The place behind it; `None` for what is not told again.
    pub cursor: Option<Cursor>,
    /// When.
    pub at: chrono::DateTime<chrono::Utc>,
    /// What.
    pub what: What,
}

/// What there is to tell.
#[derive(Clone, Debug)]
pub enum What {
    /// The stream stands.
    Ready {
        /// How many events were told ahead of this.
        replayed: i32,
    },
    /// What was missed can't be told.
    Reset(StreamResetReason),
    /// An event.
    Event(Arc<Event>),
    /// Something that is not kept.
    Passing(Passing),
}

impl Happening {
    /// The event that is to be told, with what it is about.
    pub fn event(&self) -> Option<(&Event, Uuid)> {
        match &self.what {
            What::Event(event) => Some((event, event.subject?)),
            _ => None,
        }
    }

    /// The cursor behind it and when it was, as every event shows them.
    pub fn moment(&self) -> (Option<EventCursor>, DateTime) {
        let cursor = self.cursor.map(|cursor| EventCursor(cursor.encode(self.stream)));
        (cursor, self.at.into())
    }
}

/// The stream of a subscription: `open` is run when it is opened, `tell` for each thing that happens; `None`
/// is not for the one who asks.
pub async fn live<'c, T, Tell>(
    ctx: &Context<'c>,
    after: Option<EventCursor>,
    open: impl Future<Output = crate::Result<Topic>>,
    tell: impl FnOnce(Arc<Happening>) -> Tell,
) -> Result<BoxStream<'c, Result<T>>>
where
    T: Send + 'c,
    Tell: Future<Output = crate::Result<Option<T>>>,
{
    let told = match ctx.data_opt::<Live>() {
        Some(Live::Opening(opening)) => {
            let (topic, after) = (open.await?, after.map(|after| after.0));
            opening.set(Opened { topic, after });
            None
        }
        Some(Live::Telling(happening)) => {
            tell(happening.clone()).await.map_err(Into::into).transpose()
        }
        None => return Err(Error::bug("a subscription runs as no subscription").into()),
    };
    Ok(stream::iter(told).boxed())
}

/// A place in an event stream. Opaque; good for the server's replay window (7 days by default).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventCursor(pub String);

/// A place in an event stream. Opaque; good for the server's replay window (7 days by default).
#[Scalar]
impl ScalarType for EventCursor {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// The stream stands; what was missed has been told.
#[derive(Clone, Debug, SimpleObject)]
pub struct StreamReady {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// How many missed events were told ahead of this.
    pub replayed: i32,
}

/// What was missed cannot be told: load the screen's query again. Unless the reason is `ACCESS_CHANGED`, which
/// ends the subscription, the stream goes on with what happens from now on.
#[derive(Clone, Debug, SimpleObject)]
pub struct StreamReset {
    /// The place from which the stream goes on; null when it ends.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// Why.
    pub reason: StreamResetReason,
}

/// Why what was missed cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum StreamResetReason {
    /// The cursor is older than the server's replay window, or more than 10,000 events behind.
    CursorTooOld,
    /// The cursor is not one of this stream.
    CursorUnknown,
    /// You may not hear this any more; the subscription ends.
    AccessChanged,
    /// The server was restored to a moment before the cursor.
    ServerRestored,
}

impl Happening {
    /// What every stream tells alike: that it stands, or was reset.
    pub fn common(&self) -> Option<Common> {
        let (cursor, at) = self.moment();
        match &self.what {
            What::Ready { replayed } => {
                Some(Common::Ready(StreamReady { cursor, at, replayed: *replayed }))
            }
            What::Reset(reason) => Some(Common::Reset(StreamReset { cursor, at, reason: *reason })),
            What::Event(_) | What::Passing(_) => None,
        }
    }
}

/// What every stream tells alike.
#[derive(Clone, Debug)]
pub enum Common {
    /// It stands.
    Ready(StreamReady),
    /// It was reset.
    Reset(StreamReset),
}
