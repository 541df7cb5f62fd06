use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::{locked_message, mentions, tell};
use crate::{
    Cx, Result,
    chat::policy,
    clock::made_at,
    entity::{
        message::{self, Column},
        revision,
    },
    files::service::{self as files, On},
    index,
    reactions::service::{self as reactions, Counts, Kind, Subject},
    streams::Events,
};

/// Deletes a message: its text with the earlier ones, its files, mentions, reactions and pin go. A mark stays at its
/// place, and it counts on as one that was sent, read or unread.
pub async fn delete_message(cx: Cx<'_>, id: Option<Uuid>) -> Result<message::Model> {
    cx.actor.member()?;
    let tx = cx.begin().await?;
    let (room, message) = locked_message(cx, &tx, id).await?;
    policy::delete(cx.actor, &room, &message)?;
    let named = mentions::of(&tx, message.id).await?;
    let place = (message.conversation_id, message.id, message.position);
    mentions::remove(&tx, place, &named).await?;
    reactions::clear(&tx, Subject { kind: Kind::Message, key: message.id }).await?;
    files::let_go(&tx, On::Message(message.id)).await?;
    let earlier = revision::Column::MessageId.eq(message.id);
    revision::Entity::delete_many().filter(earlier).exec(&tx).await?;
    let none = Counts::none();
    let empty = message::ActiveModel {
        id: Unchanged(message.id),
        body_source: Set(String::new()),
        body_html: Set(String::new()),
        mentions: Set(None),
        reactions: Set(none.reactions),
        reaction_count: Set(none.total),
        deleted_at: Set(Some(cx.now())),
        pinned_at: Set(None),
        ..Default::default()
    };
    let message = empty.update(&tx).await?;
    index::remove(&tx, message.id).await?;
    let mut events = Events::new();
    let root = match message.root_id {
        Some(root) => Some(discount(&tx, root).await?),
        None => None,
    };
    tell(cx, &tx, &mut events, "message_removed", &message).await?;
    if let Some(root) = root.flatten() {
        tell(cx, &tx, &mut events, "message_changed", &root).await?;
    }
    events.commit(cx, tx).await?;
    Ok(message)
}

/// Takes an answer that is gone from the counts of its thread's root; a root that was deleted keeps them too.
async fn discount(tx: &DatabaseTransaction, root: Uuid) -> Result<Option<message::Model>> {
    let Some(row) = message::Entity::find_by_id(root).one(tx).await? else { return Ok(None) };
    let last = message::Entity::find()
        .filter(Column::RootId.eq(root))
        .filter(Column::DeletedAt.is_null())
        .order_by_desc(Column::Position)
        .one(tx)
        .await?;
    let change = message::ActiveModel {
        id: Unchanged(root),
        reply_count: Set(row.reply_count - 1),
        last_reply_at: Set(last.map(|last| made_at(last.id))),
        ..Default::default()
    };
    Ok(Some(change.update(tx).await?))
}
