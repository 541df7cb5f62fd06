//! What the stream of a member tells of their notifications.

use async_graphql::{Context, ID, SimpleObject};

use super::{Loaders, Notification, policy, service::Read};
use crate::{
    Error, Result,
    chat::UnreadCounts,
    graph::{ContextExt, DateTime, EventCursor, encode},
    streams::Event,
};

/// A new notification, or an old one that gathered another actor.
#[derive(SimpleObject)]
pub struct NotificationAdded {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The notification as it is now.
    pub notification: Notification,
    /// What you have not read.
    pub unread: UnreadCounts,
}

/// You read notifications, on this device or another: those in `ids`, or all up to `before`.
#[derive(SimpleObject)]
pub struct NotificationsRead {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The global ids of those that were named; empty when `before` says which.
    pub ids: Vec<ID>,
    /// All that had no news after this moment; null when `ids` says which.
    pub before: Option<DateTime>,
    /// What you have not read.
    pub unread: UnreadCounts,
}

impl NotificationAdded {
    /// What to tell of an event; `None` of what is gone, or not for whoever hears it.
    pub(crate) async fn of(
        ctx: &Context<'_>,
        event: &Event,
        (cursor, at): (Option<EventCursor>, DateTime),
    ) -> Result<Option<Self>> {
        let Ok(me) = policy::read(ctx.cx().actor) else { return Ok(None) };
        let id = event.subject.ok_or_else(|| Error::bug("an event is about nothing"))?;
        let row = ctx.loaders().of::<Loaders>().by_id(id).await?;
        let told = |row| Self { cursor, at, notification: Notification(row), unread: me.into() };
        Ok(row.map(told))
    }
}

impl NotificationsRead {
    /// What to tell of an event; `None` if it is not for whoever hears it.
    pub(crate) fn of(
        ctx: &Context<'_>,
        event: &Event,
        (cursor, at): (Option<EventCursor>, DateTime),
    ) -> Result<Option<Self>> {
        let Ok(me) = policy::read(ctx.cx().actor) else { return Ok(None) };
        let Read { ids, before } = event.payload()?;
        let ids = ids.into_iter().map(|id| encode("notification", id)).collect();
        Ok(Some(Self { cursor, at, ids, before: before.map(Into::into), unread: me.into() }))
    }
}
