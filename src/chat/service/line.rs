use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ActiveValue::Unchanged, DatabaseTransaction,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Cx, Result,
    entity::{
        conversation,
        message::{self, Kind},
    },
    streams::{Events, NewEvent, Stream},
};

/// A message to write at the end of a conversation.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its key.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Whose it is.
    pub author: Uuid,
    /// The message that its thread hangs on.
    pub root: Option<Uuid>,
    /// The message that it answers.
    pub reply_to: Option<Uuid>,
    /// Markdown, or what a system message tells.
    pub source: String,
    /// The same, sanitized.
    pub html: String,
    /// The profiles named in it, as they are kept.
    pub mentions: Option<String>,
    /// What the sender's program calls it.
    pub client_key: Option<String>,
}

/// What the event `message_added` holds beside the message's key.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Added {
    /// The message's position.
    pub position: i32,
}

/// Writes a message at the end of a conversation whose row is locked, counts it, and tells it. `conversation` is
/// the row as it is now, and becomes the row as it is then.
pub async fn write_line(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    events: &mut Events,
    conversation: &mut conversation::Model,
    line: Line,
) -> Result<message::Model> {
    let is_news = line.kind == Kind::Text && line.root.is_none();
    let position = conversation.last_position + 1;
    let number = conversation.last_number + i32::from(is_news);
    let change = conversation::ActiveModel {
        id: Unchanged(conversation.id),
        last_position: Set(position),
        last_number: Set(number),
        latest: Set(if is_news { line.id } else { conversation.latest }),
        ..Default::default()
    };
    *conversation = change.update(tx).await?;
    let message = message::ActiveModel {
        id: Set(line.id),
        conversation_id: Set(conversation.id),
        position: Set(position),
        number: Set(number),
        kind: Set(line.kind),
        author_id: Set(line.author),
        root_id: Set(line.root),
        reply_to_id: Set(line.reply_to),
        body_source: Set(line.source),
        body_html: Set(line.html),
        mentions: Set(line.mentions),
        client_key: Set(line.client_key),
        reply_count: Set(0),
        last_reply_at: Set(None),
        reaction_count: Set(0),
        reactions: Set("[]".to_owned()),
        version: Set(1),
        edited_at: Set(None),
        deleted_at: Set(None),
        pinned_at: Set(None),
    };
    let message = message.insert(tx).await?;
    let event = NewEvent::new("message_added", message.id).with(&Added { position })?.is_news();
    events.append(cx, tx, Stream::conversation(conversation.id), event).await?;
    Ok(message)
}
