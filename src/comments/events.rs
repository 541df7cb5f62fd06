//! What happens in a discussion, as those who follow it are told.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Union};
use uuid::Uuid;

use super::{
    Comment, Loaders, Via,
    service::{On, told},
    types::Commentable,
};
use crate::{
    graph::{
        Common, ContextExt, DateTime, EventCursor, Happening, StreamReady, StreamReset, encode,
    },
    portfolio, posts,
    reactions::{Reactable, ReactionsChanged, service as reacted},
};

/// A comment was written.
#[derive(SimpleObject)]
pub struct CommentAdded {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The comment as it is now.
    pub comment: Comment,
    /// What its author's program called the call that wrote it.
    pub client_key: Option<String>,
}

/// The text of a comment changed.
#[derive(SimpleObject)]
pub struct CommentChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The comment as it is now.
    pub comment: Comment,
}

/// A comment was deleted. Where it was answered its place stays, without text and author; that is told again
/// when its last answer, and so the place, goes.
#[derive(SimpleObject)]
pub struct CommentRemoved {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The id of the comment, which may be one that you were never shown.
    pub id: ID,
}

/// What is discussed changed: its text, its tags, or who may read it. That a task changed, its board tells.
#[derive(SimpleObject)]
pub struct SubjectChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// What is discussed, as it is now.
    pub subject: Commentable,
}

/// What happens to a post or a portfolio item, and under these and tasks. Comments of those whom you blocked, or who blocked you, are not told.
#[derive(Union)]
pub enum DiscussionEvent {
    /// The stream stands.
    StreamReady(StreamReady),
    /// What was missed cannot be told.
    StreamReset(StreamReset),
    /// A comment was written.
    CommentAdded(CommentAdded),
    /// The text of a comment changed.
    CommentChanged(CommentChanged),
    /// A comment was deleted.
    CommentRemoved(CommentRemoved),
    /// Somebody reacted, or took it back.
    ReactionsChanged(ReactionsChanged),
    /// What is discussed changed.
    SubjectChanged(SubjectChanged),
}

impl From<Common> for DiscussionEvent {
    fn from(common: Common) -> Self {
        match common {
            Common::Ready(ready) => Self::StreamReady(ready),
            Common::Reset(reset) => Self::StreamReset(reset),
        }
    }
}

impl DiscussionEvent {
    /// What a happening in the discussion of `on` is to the one who asks; `None` is nothing. What was deleted or hidden meanwhile is told
    /// by an event of its own.
    pub(super) async fn of(
        ctx: &Context<'_>,
        on: On,
        happening: Arc<Happening>,
    ) -> crate::Result<Option<Self>> {
        if let Some(common) = happening.common() {
            return Ok(Some(common.into()));
        }
        let Some((event, key)) = happening.event() else { return Ok(None) };
        let (cursor, at) = happening.moment();
        Ok(match event.kind.as_str() {
            told::ADDED => comment(ctx, key).await?.map(|comment| {
                // An event without what it should hold is told without it.
                let client_key = event.payload().map_or(None, |told: told::Added| told.client_key);
                Self::CommentAdded(CommentAdded { cursor, at, comment, client_key })
            }),
            told::CHANGED => comment(ctx, key)
                .await?
                .map(|comment| Self::CommentChanged(CommentChanged { cursor, at, comment })),
            told::REMOVED => {
                let id = encode("comment", key);
                Some(Self::CommentRemoved(CommentRemoved { cursor, at, id }))
            }
            reacted::CHANGED => {
                let subject = match event.payload::<reacted::Changed>()?.comment {
                    Some(key) => comment(ctx, key).await?.map(Reactable::Comment),
                    None => Commentable::find(ctx, on).await?.map(Reactable::from),
                };
                subject
                    .map(|subject| Self::ReactionsChanged(ReactionsChanged { cursor, at, subject }))
            }
            posts::service::told::CHANGED | portfolio::service::told::ITEM_CHANGED => {
                Commentable::find(ctx, on)
                    .await?
                    .map(|subject| Self::SubjectChanged(SubjectChanged { cursor, at, subject }))
            }
            // What was discussed is gone: the subscription ends with ACCESS_CHANGED.
            _ => None,
        })
    }
}

async fn comment(ctx: &Context<'_>, key: Uuid) -> crate::Result<Option<Comment>> {
    let found = ctx.loaders().of::<Loaders>().by_id(key).await?;
    Ok(found.map(|found| Comment::loaded(&found, Via::ITSELF)))
}
