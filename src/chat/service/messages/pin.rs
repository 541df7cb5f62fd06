use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{locked_message, tell};
use crate::{
    Cx, Error, Result,
    chat::{
        policy,
        service::{Line, write_line},
    },
    entity::message::{self, Column, Kind},
    error::ErrorCode,
    streams::Events,
};

/// Messages pinned in one conversation.
const MOST: u64 = 50;

/// Pins a message, which the system tells in the conversation, or takes the pin out. Twice is once.
pub async fn pin_message(cx: Cx<'_>, id: Option<Uuid>, pinned: bool) -> Result<message::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let (room, message) = locked_message(cx, &tx, id).await?;
    let me = policy::pin(cx.actor, &room, &message)?.id;
    if pinned == message.pinned_at.is_some() {
        tx.rollback().await?;
        return Ok(message);
    }
    let mut conversation = room.standing.conversation;
    if pinned {
        let there = message::Entity::find()
            .filter(Column::ConversationId.eq(conversation.id))
            .filter(Column::PinnedAt.is_not_null());
        if there.count(&tx).await? >= MOST {
            let message = format!("{MOST} messages are pinned already: take one out first");
            return Err(Error::refused(ErrorCode::QuotaExceeded, ["id"], message));
        }
    }
    let row = message::ActiveModel {
        id: Unchanged(message.id),
        pinned_at: Set(pinned.then(|| cx.now())),
        ..Default::default()
    };
    let message = row.update(&tx).await?;
    let mut events = Events::new();
    if pinned {
        let line = Line {
            id: cx.key(),
            kind: Kind::Pinned,
            author: me,
            root: None,
            reply_to: Some(message.id),
            source: String::new(),
            html: String::new(),
            mentions: None,
            client_key: None,
        };
        write_line(cx, &tx, &mut events, &mut conversation, line).await?;
    }
    tell(cx, &tx, &mut events, "message_changed", &message).await?;
    events.commit(cx, tx).await?;
    Ok(message)
}
