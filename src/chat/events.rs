//! What subscriptions of chat tell.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Union};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::{
    Conversation, Loaders, Message, MessagesLoaders, TypingChanged, UnreadCounts, Via,
    service::{self, ReadMoved, is_listed},
};
use crate::{
    Error, Result,
    graph::{
        Common, ContextExt, DateTime, EventCursor, Happening, StreamReady, StreamReset, What,
        encode,
    },
    infra::bus::Passing,
    members::{self, Profile},
    notifications::{NotificationAdded, NotificationsRead, service as news},
    reactions::{Reactable, ReactionsChanged},
    streams::Event,
};

/// What happens in a conversation.
#[derive(Union)]
pub enum ConversationEvent {
    /// The stream stands.
    StreamReady(StreamReady),
    /// What was missed cannot be told.
    StreamReset(StreamReset),
    /// A message was sent.
    MessageAdded(MessageAdded),
    /// A message was changed.
    MessageChanged(MessageChanged),
    /// A message was deleted.
    MessageRemoved(MessageRemoved),
    /// Somebody reacted, or took it back.
    ReactionsChanged(ReactionsChanged),
    /// Somebody read on.
    ReadMarkMoved(ReadMarkMoved),
    /// Somebody types, or stopped.
    TypingChanged(TypingChanged),
    /// The conversation was changed.
    ConversationChanged(ConversationChanged),
    /// People came or left.
    MembersChanged(MembersChanged),
}

/// News for you.
#[derive(Union)]
pub enum ViewerEvent {
    /// The stream stands.
    StreamReady(StreamReady),
    /// What was missed cannot be told.
    StreamReset(StreamReset),
    /// A conversation has something new.
    ConversationBumped(ConversationBumped),
    /// You are in a conversation no more.
    ConversationLeft(ConversationLeft),
    /// What you have not read changed.
    UnreadChanged(UnreadChanged),
    /// A notification came, or gathered somebody more.
    NotificationAdded(NotificationAdded),
    /// You read notifications.
    NotificationsRead(NotificationsRead),
    /// Your session is about to end.
    SessionExpiring(SessionExpiring),
}

impl From<Common> for ConversationEvent {
    fn from(common: Common) -> Self {
        match common {
            Common::Ready(ready) => Self::StreamReady(ready),
            Common::Reset(reset) => Self::StreamReset(reset),
        }
    }
}

impl From<Common> for ViewerEvent {
    fn from(common: Common) -> Self {
        match common {
            Common::Ready(ready) => Self::StreamReady(ready),
            Common::Reset(reset) => Self::StreamReset(reset),
        }
    }
}

/// A message was sent.
#[derive(SimpleObject)]
pub struct MessageAdded {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The message as it is now.
    pub message: Message,
}

/// A message was edited, pinned or answered.
#[derive(SimpleObject)]
pub struct MessageChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The message as it is now.
    pub message: Message,
}

/// A message was deleted.
#[derive(SimpleObject)]
pub struct MessageRemoved {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The message's global id.
    pub id: ID,
}

/// Somebody read on; you too, on another device. In channels nobody is told of it.
#[derive(SimpleObject)]
pub struct ReadMarkMoved {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// Who.
    pub profile: Profile,
    /// The global id of the last message that they have read.
    pub up_to: ID,
}

/// The title, the topic or something else of the conversation changed.
#[derive(SimpleObject)]
pub struct ConversationChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The conversation as it is now.
    pub conversation: Conversation,
}

/// People came or left; when neither list names anybody, somebody's role changed.
#[derive(SimpleObject)]
pub struct MembersChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// Who came in.
    pub joined: Vec<Profile>,
    /// Who left, or was removed.
    pub left: Vec<Profile>,
    /// How many are in it now.
    pub member_count: i32,
}

/// A conversation has something new, or is new to you: move it to the top of the list.
#[derive(SimpleObject)]
pub struct ConversationBumped {
    /// The place behind it, for `after`; null for what is not told again.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The conversation as it is now.
    pub conversation: Conversation,
    /// What you have not read.
    pub unread: UnreadCounts,
}

/// You left a conversation, or were removed: take it off the list.
#[derive(SimpleObject)]
pub struct ConversationLeft {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The conversation's global id.
    pub id: ID,
}

/// You read on, on this device or another.
#[derive(SimpleObject)]
pub struct UnreadChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// What you have not read.
    pub unread: UnreadCounts,
}

/// Your session is about to end: renew it, and this stream goes on.
#[derive(SimpleObject)]
pub struct SessionExpiring {
    /// Always null: it is not told again.
    pub cursor: Option<EventCursor>,
    /// When it was noticed.
    pub at: DateTime,
    /// When the session ends.
    pub expires_at: DateTime,
}

impl ConversationEvent {
    /// What to tell of a happening; `None` of what can't be shown any more.
    pub(super) async fn of(ctx: &Context<'_>, happening: Arc<Happening>) -> Result<Option<Self>> {
        if let Some(common) = happening.common() {
            return Ok(Some(common.into()));
        }
        let What::Event(event) = &happening.what else {
            return Ok(TypingChanged::of(ctx, &happening).await?.map(Self::TypingChanged));
        };
        let (cursor, at) = happening.moment();
        let subject = event.subject.ok_or_else(|| Error::bug("an event is about nothing"))?;
        Ok(match event.kind.as_str() {
            "message_added" => message(ctx, subject)
                .await?
                .map(|message| Self::MessageAdded(MessageAdded { cursor, at, message })),
            "message_changed" => message(ctx, subject)
                .await?
                .map(|message| Self::MessageChanged(MessageChanged { cursor, at, message })),
            "reactions_changed" => message(ctx, subject).await?.map(|message| {
                let subject = Reactable::Message(message);
                Self::ReactionsChanged(ReactionsChanged { cursor, at, subject })
            }),
            "message_removed" => {
                let id = encode("message", subject);
                Some(Self::MessageRemoved(MessageRemoved { cursor, at, id }))
            }
            "read_moved" => {
                let ReadMoved { profile, .. } = event.payload()?;
                let up_to = encode("message", subject);
                person(ctx, profile).await?.map(|profile| {
                    Self::ReadMarkMoved(ReadMarkMoved { cursor, at, profile, up_to })
                })
            }
            "conversation_changed" => {
                let row = ctx.loaders().of::<Loaders>().by_id(subject).await?;
                let told =
                    |row| ConversationChanged { cursor, at, conversation: Conversation(row) };
                row.map(|row| Self::ConversationChanged(told(row)))
            }
            "members_changed" => members_changed(ctx, event, subject)
                .await?
                .map(|told| Self::MembersChanged(MembersChanged { cursor, at, ..told })),
            _ => None,
        })
    }
}

async fn message(ctx: &Context<'_>, id: Uuid) -> Result<Option<Message>> {
    let row = ctx.loaders().of::<MessagesLoaders>().by_id(id).await?;
    Ok(row.map(|row| Message::loaded(&row, Via::ITSELF)))
}

async fn person(ctx: &Context<'_>, id: Uuid) -> Result<Option<Profile>> {
    Ok(ctx.loaders().of::<members::Loaders>().by_id(id).await?.map(Profile::whole))
}

async fn people(ctx: &Context<'_>, ids: Vec<Uuid>) -> Result<Vec<Profile>> {
    let found = try_join_all(ids.into_iter().map(|id| person(ctx, id))).await?;
    Ok(found.into_iter().flatten().collect())
}

async fn members_changed(
    ctx: &Context<'_>,
    event: &Event,
    conversation: Uuid,
) -> Result<Option<MembersChanged>> {
    let Some(row) = ctx.loaders().of::<Loaders>().by_id(conversation).await? else {
        return Ok(None);
    };
    let service::MembersChanged { joined, left } = event.payload()?;
    let (joined, left) = futures_util::try_join!(people(ctx, joined), people(ctx, left))?;
    let (cursor, at, member_count) = (None, event.at.into(), row.member_count);
    Ok(Some(MembersChanged { cursor, at, joined, left, member_count }))
}

impl ViewerEvent {
    /// What to tell of a happening; `None` of what the viewer does not see.
    pub(super) async fn of(ctx: &Context<'_>, happening: Arc<Happening>) -> Result<Option<Self>> {
        if let Some(common) = happening.common() {
            return Ok(Some(common.into()));
        }
        let (cursor, at) = happening.moment();
        match &happening.what {
            What::Passing(Passing::Bumped { conversation }) => {
                bumped(ctx, *conversation, cursor, at).await
            }
            What::Passing(Passing::Expiring { at: end }) => {
                let expires_at = (*end).into();
                Ok(Some(Self::SessionExpiring(SessionExpiring { cursor, at, expires_at })))
            }
            What::Event(event) => {
                let subject =
                    event.subject.ok_or_else(|| Error::bug("an event is about nothing"))?;
                match event.kind.as_str() {
                    "conversation_joined" => bumped(ctx, subject, cursor, at).await,
                    "conversation_left" => {
                        let id = encode("conversation", subject);
                        Ok(Some(Self::ConversationLeft(ConversationLeft { cursor, at, id })))
                    }
                    "read_moved" => {
                        let unread = ctx.cx().actor.member()?.into();
                        Ok(Some(Self::UnreadChanged(UnreadChanged { cursor, at, unread })))
                    }
                    news::ADDED => {
                        let told = NotificationAdded::of(ctx, event, (cursor, at)).await?;
                        Ok(told.map(Self::NotificationAdded))
                    }
                    news::READ => {
                        let told = NotificationsRead::of(ctx, event, (cursor, at))?;
                        Ok(told.map(Self::NotificationsRead))
                    }
                    _ => Ok(None),
                }
            }
            What::Passing(_) | What::Ready { .. } | What::Reset(_) => Ok(None),
        }
    }
}

/// News of a conversation that stands in the viewer's list.
async fn bumped(
    ctx: &Context<'_>,
    id: Uuid,
    cursor: Option<EventCursor>,
    at: DateTime,
) -> Result<Option<ViewerEvent>> {
    let loaders = ctx.loaders().of::<Loaders>();
    let (row, own) = futures_util::try_join!(loaders.by_id(id), loaders.own(id))?;
    let (Some(row), Some(own)) = (row, own) else { return Ok(None) };
    if !is_listed(&row, &own) {
        return Ok(None);
    }
    let unread = ctx.cx().actor.member()?.into();
    let conversation = Conversation(row);
    Ok(Some(ViewerEvent::ConversationBumped(ConversationBumped {
        cursor,
        at,
        conversation,
        unread,
    })))
}
