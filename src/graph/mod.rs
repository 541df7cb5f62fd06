//! The kit that every slice builds its part of the graph with. Knows no slice.

mod batch;
mod connection;
mod context;
pub mod documents;
mod facet;
mod fault;
mod gather;
mod ids;
mod lane;
mod live;
mod loaders;
mod payload;
mod range;
mod scalars;
mod uploads;

pub use crate::typeid::{decode, decode_any};
pub use batch::{Batch, Batched, alike, answer, fail, many, one};
pub(crate) use connection::connection;
pub use connection::{OrderDirection, PageInfo};
pub use context::{ContextExt, Execution};
pub use facet::Facet;
pub use fault::{Fault, RequestErrorCode, Result};
pub use gather::{Loader, ask, loader};
pub use ids::{encode, keys};
pub use lane::{lane, lane_above};
pub use live::{
    Common, EventCursor, Happening, Hears, Held, Live, Opened, Opening, StreamReady, StreamReset,
    StreamResetReason, Topic, What, live,
};
pub use loaders::{Lanes, LoaderSet, Loaders};
pub(crate) use payload::payload;
pub use payload::{
    DeletePayload, DonePayload, GenericError, LimitError, RateLimitError, StaleVersionError,
    UserError, maybe, settle,
};
pub use range::DateTimeRange;
pub use scalars::{
    ByteSize, CountryCode, CurrencyCode, Date, DateTime, Decimal, Duration, EmailAddress, Emoji,
    Html, Json, Locale, Markdown, PartialDate, Url,
};
pub use uploads::{Sent, SentFiles, Upload};
