use std::collections::HashSet;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use crate::{
    Cx, Result,
    chat::policy,
    entity::{
        conversation::{self, Kind},
        conversation_member,
    },
    sql,
};

/// A conversation that the actor may read, and what they are in it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The conversation.
    pub conversation: conversation::Model,
    /// The actor in it; `None` for a reader of a public channel.
    pub member: Option<conversation_member::Model>,
    /// Whether it is a direct talk of two of whom one blocks the other.
    pub is_blocked: bool,
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
            let is_direct = conversation.kind == Kind::Direct;
            let is_blocked = is_direct && !blocked_talks(cx, db, &[id]).await?.is_empty();
            Ok(Some(Standing { conversation, member, is_blocked }))
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

/// Of these conversations, those where the actor blocks somebody, or somebody blocks the actor. Ask it of direct
/// talks.
pub async fn blocked_talks(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashSet<Uuid>> {
    let Some(me) = cx.actor.id() else { return Ok(HashSet::new()) };
    let backend = cx.backend();
    let among = sql::among(backend, "m.conversation_id", 2);
    let text = format!(
        "SELECT m.conversation_id FROM conversation_member m WHERE {among} AND m.profile_id <> $1 \
         AND (EXISTS (SELECT 1 FROM block b WHERE b.blocker_id = $1 AND b.blocked_id = m.profile_id) \
         OR EXISTS (SELECT 1 FROM block b WHERE b.blocker_id = m.profile_id AND b.blocked_id = $1))"
    );
    let values = [me.into(), sql::keys(backend, ids)];
    let rows = db.query_all_raw(sql::statement(backend, text, values)).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
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
