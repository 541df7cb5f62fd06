//! Coming and going, as those who watch are told.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject, Union};

use super::{Loaders, Presence};
use crate::{
    graph::{Common, ContextExt, DateTime, EventCursor, Happening, StreamReady, StreamReset, What},
    infra::bus::Passing,
    members::{self, Profile},
};

/// Somebody came online, or left; or it is how they were found when the stream began. Not told again.
#[derive(SimpleObject)]
pub struct PresenceChanged {
    /// Null: this is not told again.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// Who.
    pub profile: Profile,
    /// How it is now.
    pub presence: Presence,
}

/// What happens to those whom one watches.
#[derive(Union)]
pub enum PresenceEvent {
    /// The stream stands.
    StreamReady(StreamReady),
    /// What was missed cannot be told.
    StreamReset(StreamReset),
    /// Somebody came online, or left.
    PresenceChanged(PresenceChanged),
}

impl From<Common> for PresenceEvent {
    fn from(common: Common) -> Self {
        match common {
            Common::Ready(ready) => Self::StreamReady(ready),
            Common::Reset(reset) => Self::StreamReset(reset),
        }
    }
}

impl PresenceEvent {
    /// What a happening is to the one who asks; `None` is nothing: of who is blocked either way nothing is told.
    pub(super) async fn of(
        ctx: &Context<'_>,
        happening: Arc<Happening>,
    ) -> crate::Result<Option<Self>> {
        if let Some(common) = happening.common() {
            return Ok(Some(common.into()));
        }
        let What::Passing(Passing::Presence { profile: key }) = happening.what else {
            return Ok(None);
        };
        let Some(seen) = ctx.loaders().of::<Loaders>().seen(key).await? else { return Ok(None) };
        if seen.is_hidden {
            return Ok(None);
        }
        let Some(row) = ctx.loaders().of::<members::Loaders>().by_id(key).await? else {
            return Ok(None);
        };
        let ((cursor, at), profile, presence) =
            (happening.moment(), Profile::whole(row), seen.into());
        Ok(Some(Self::PresenceChanged(PresenceChanged { cursor, at, profile, presence })))
    }
}
