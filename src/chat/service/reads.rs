use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Standing, Which, one, standing};
use crate::{
    Cx, Error, Result,
    chat::policy,
    entity::{
        conversation::{self, Kind},
        conversation_member::{self, Column},
        message, message_mention,
    },
    error::ErrorCode,
    sql,
    streams::{Events, NewEvent, Stream},
};

/// What the event `read_moved` of a conversation holds beside the key of the message.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadMoved {
    /// Who read on.
    pub profile: Uuid,
    /// The message's position.
    pub position: i32,
}

/// Notes that the actor has read up to this message, and with it all before; a mark never moves back. In a
/// direct talk and a circle the others are told; in a channel nobody but the actor's own devices, or every
/// reader of a large one would be told of to all.
pub async fn mark_read(
    cx: Cx<'_>,
    id: Option<Uuid>,
    up_to: Option<Uuid>,
) -> Result<conversation::Model> {
    let (conversation, message) = place(cx, id, up_to, "upTo").await?;
    let tx = cx.begin().await?;
    let is_told = conversation.kind != Kind::Channel;
    if is_told {
        // Who sends holds this, then the stream, then the rows of those who are named; without it we would hold
        // our own row and wait for the stream.
        sql::lock::<conversation::Entity>(&tx, conversation::Column::Id, &[conversation.id])
            .await?;
    }
    let own = own(cx, &tx, conversation.id).await?;
    if own.read_position >= message.position {
        return Ok(conversation);
    }
    set(cx, &tx, &own, message.position, message.number).await?;
    let mut events = Events::new();
    if is_told {
        let payload = ReadMoved { profile: own.profile_id, position: message.position };
        let event = NewEvent::new("read_moved", message.id).with(&payload)?;
        events.append(cx, &tx, Stream::conversation(conversation.id), event).await?;
    }
    tell_own(cx, &tx, &mut events, &own).await?;
    events.commit(cx, tx).await?;
    again(cx, conversation.id).await
}

/// Lets everything from this message on count as unread again; what is unread stays so.
pub async fn mark_unread(
    cx: Cx<'_>,
    id: Option<Uuid>,
    from: Option<Uuid>,
) -> Result<conversation::Model> {
    let (conversation, message) = place(cx, id, from, "from").await?;
    let tx = cx.begin().await?;
    let own = own(cx, &tx, conversation.id).await?;
    if own.read_position < message.position {
        return Ok(conversation);
    }
    let is_news = message.kind == message::Kind::Text && message.root_id.is_none();
    let number = message.number - i32::from(is_news);
    set(cx, &tx, &own, message.position - 1, number).await?;
    let mut events = Events::new();
    tell_own(cx, &tx, &mut events, &own).await?;
    events.commit(cx, tx).await?;
    again(cx, conversation.id).await
}

/// The conversation that the actor is in, and the message of it that `path` names.
async fn place(
    cx: Cx<'_>,
    id: Option<Uuid>,
    message: Option<Uuid>,
    path: &'static str,
) -> Result<(conversation::Model, message::Model)> {
    policy::write(cx.actor)?;
    let found = standing(cx, cx.db, id).await?.ok_or_else(no_conversation)?;
    policy::belong(cx.actor, &found)?;
    let Standing { conversation, .. } = found;
    let message = message::Entity::find()
        .filter(message::Column::Id.eq(message.unwrap_or_default()))
        .filter(message::Column::ConversationId.eq(conversation.id))
        .one(cx.db)
        .await?;
    let missing = || Error::refused(ErrorCode::NotFound, [path], "there is no such message here");
    Ok((conversation, message.ok_or_else(missing)?))
}

fn no_conversation() -> Error {
    Error::not_found("conversation")
}

/// The actor's own row, locked: what names them after this sees the mark, what named them before is seen.
async fn own(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    conversation: Uuid,
) -> Result<conversation_member::Model> {
    let me = cx.actor.member()?.id;
    let row = conversation_member::Entity::find()
        .filter(Column::ConversationId.eq(conversation))
        .filter(Column::ProfileId.eq(me))
        .lock_exclusive()
        .one(tx)
        .await?;
    row.ok_or_else(no_conversation)
}

async fn set(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    own: &conversation_member::Model,
    position: i32,
    number: i32,
) -> Result<()> {
    use message_mention::Column::{ConversationId, Position, ProfileId};
    let mentions = message_mention::Entity::find()
        .filter(ProfileId.eq(own.profile_id))
        .filter(ConversationId.eq(own.conversation_id))
        .filter(Position.gt(position))
        .count(tx)
        .await?;
    let row = conversation_member::ActiveModel {
        id: Unchanged(own.id),
        read_position: Set(position),
        read_number: Set(number),
        mention_count: Set(i32::try_from(mentions).map_err(Error::internal)?),
        read_at: Set(Some(cx.now())),
        ..Default::default()
    };
    row.update(tx).await?;
    Ok(())
}

/// Tells the actor's other devices.
async fn tell_own(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    events: &mut Events,
    own: &conversation_member::Model,
) -> Result<()> {
    let event = NewEvent::new("read_moved", own.conversation_id);
    events.append(cx, tx, Stream::viewer(own.profile_id), event).await?;
    Ok(())
}

/// The conversation as it is now: more may have been said than was read of it before.
async fn again(cx: Cx<'_>, id: Uuid) -> Result<conversation::Model> {
    one(cx, Which::Id(Some(id))).await?.ok_or_else(no_conversation)
}
