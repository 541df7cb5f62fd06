//! What all events of subscriptions have, whatever slice tells them.

use async_graphql::Interface;

use crate::{
    graph::{DateTime, EventCursor, StreamReady, StreamReset},
    posts::{
        CommentAdded, CommentChanged, CommentRemoved, FeedGrew, ReactionsChanged, SubjectChanged,
    },
    presence::PresenceChanged,
};

/// What every event of a subscription has.
#[derive(Interface)]
#[graphql(
    field(
        name = "cursor",
        ty = "&Option<EventCursor>",
        desc = "The place behind it, for `after`; null for what is not told again."
    ),
    field(name = "at", ty = "&DateTime", desc = "When.")
)]
pub enum StreamEvent {
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
    /// A post came into the feed.
    FeedGrew(FeedGrew),
    /// Somebody came online, or left.
    PresenceChanged(PresenceChanged),
}
