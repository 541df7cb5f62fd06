//! What all events of subscriptions have, whatever slice tells them.

use async_graphql::Interface;

use crate::{
    boards::{BoardChanged, TaskAdded, TaskChanged, TaskMoved, TaskRemoved},
    chat::{
        ConversationBumped, ConversationChanged, ConversationLeft, MembersChanged, MessageAdded,
        MessageChanged, MessageRemoved, ReadMarkMoved, SessionExpiring, TypingChanged,
        UnreadChanged,
    },
    comments::{CommentAdded, CommentChanged, CommentRemoved, SubjectChanged},
    files::uploads::UploadChanged,
    graph::{DateTime, EventCursor, StreamReady, StreamReset},
    notifications::{NotificationAdded, NotificationsRead},
    posts::FeedGrew,
    presence::PresenceChanged,
    reactions::ReactionsChanged,
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
    /// A task was made.
    TaskAdded(TaskAdded),
    /// A task was changed.
    TaskChanged(TaskChanged),
    /// A task came into another place.
    TaskMoved(TaskMoved),
    /// A task is gone.
    TaskRemoved(TaskRemoved),
    /// A board was changed.
    BoardChanged(BoardChanged),
    /// A message was sent.
    MessageAdded(MessageAdded),
    /// A message was edited, pinned or answered.
    MessageChanged(MessageChanged),
    /// A message was deleted.
    MessageRemoved(MessageRemoved),
    /// Somebody read on.
    ReadMarkMoved(ReadMarkMoved),
    /// A conversation changed.
    ConversationChanged(ConversationChanged),
    /// People came or left.
    MembersChanged(MembersChanged),
    /// Somebody types, or stopped.
    TypingChanged(TypingChanged),
    /// A conversation has something new.
    ConversationBumped(ConversationBumped),
    /// You are in a conversation no more.
    ConversationLeft(ConversationLeft),
    /// What you have not read changed.
    UnreadChanged(UnreadChanged),
    /// A notification came, or gathered somebody more.
    NotificationAdded(NotificationAdded),
    /// Notifications were read.
    NotificationsRead(NotificationsRead),
    /// More of an upload came, or it stands elsewhere now.
    UploadChanged(UploadChanged),
    /// Your session is about to end.
    SessionExpiring(SessionExpiring),
}
