use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use crate::{
    Cx, Result,
    chat::policy,
    entity::{conversation, conversation_member},
};

/// A conversation that the actor may read, and what they are in it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The conversation.
    pub conversation: conversation::Model,
    /// The actor in it; `None` for a reader of a public channel.
    pub member: Option<conversation_member::Model>,
}

/// The conversations that the actor may read.
pub fn visible(cx: Cx<'_>) -> Select<conversation::Entity> {
    conversation::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The conversation of this key and what the actor is in it, if they may read it.
pub async fn standing(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<Option<Standing>> {
    let Some(id) = id else { return Ok(None) };
    let found = visible(cx).filter(conversation::Column::Id.eq(id)).one(db).await?;
    match found {
        None => Ok(None),
        Some(conversation) => {
            let member = member(cx, db, id).await?;
            Ok(Some(Standing { conversation, member }))
        }
    }
}

/// The same as it is now, the conversation's row locked for a change. Whatever changes a conversation, who is in
/// it, or what is said there, begins with this; so changes of one conversation queue, and never cross.
pub async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<Option<Standing>> {
    let Some(id) = id else { return Ok(None) };
    let row = conversation::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    if row.is_none() {
        return Ok(None);
    }
    // Only now: who was removed while we waited for the lock may read it no more.
    standing(cx, tx, Some(id)).await
}

async fn member(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    conversation: Uuid,
) -> Result<Option<conversation_member::Model>> {
    let Some(me) = cx.actor.id() else { return Ok(None) };
    let row = conversation_member::Entity::find()
        .filter(conversation_member::Column::ConversationId.eq(conversation))
        .filter(conversation_member::Column::ProfileId.eq(me));
    Ok(row.one(db).await?)
}
