//! What happens above the feed, as those who follow it are told.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject, Union};

use super::{
    Post,
    service::{self, told},
};
use crate::graph::{
    Common, ContextExt, DateTime, EventCursor, Happening, StreamReady, StreamReset,
};

/// A post came into the feed: show that one more waits, and load it when the reader asks.
#[derive(SimpleObject)]
pub struct FeedGrew {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The post as it is now.
    pub post: Post,
}

/// What happens above the community's feed.
#[derive(Union)]
pub enum FeedEvent {
    /// The stream stands.
    StreamReady(StreamReady),
    /// What was missed cannot be told.
    StreamReset(StreamReset),
    /// A post came into the feed.
    FeedGrew(FeedGrew),
}

impl From<Common> for FeedEvent {
    fn from(common: Common) -> Self {
        match common {
            Common::Ready(ready) => Self::StreamReady(ready),
            Common::Reset(reset) => Self::StreamReset(reset),
        }
    }
}

impl FeedEvent {
    /// What a happening is to the one who asks; `None` is nothing.
    pub(super) async fn of(
        ctx: &Context<'_>,
        happening: Arc<Happening>,
    ) -> crate::Result<Option<Self>> {
        if let Some(common) = happening.common() {
            return Ok(Some(common.into()));
        }
        let Some((event, key)) = happening.event() else { return Ok(None) };
        if event.kind != told::PUBLISHED {
            return Ok(None);
        }
        let (cursor, at) = happening.moment();
        let post = service::in_feed(ctx.cx(), key).await?.map(Post::written);
        Ok(post.map(|post| Self::FeedGrew(FeedGrew { cursor, at, post })))
    }
}
