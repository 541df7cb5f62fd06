//! Reads and writes of messages. Every write holds the lock of the conversation's row, so positions, counts and
//! events of one conversation are written one after the other.

mod change;
mod mentions;
mod pin;
mod react;
mod remove;
mod room;
mod send;

use std::sync::Arc;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

pub use change::change_message;
pub use pin::pin_message;
pub use react::react;
pub use remove::delete_message;
pub use room::{Room, rooms};
pub use send::{NewMessage, send_message};

use super::visible;
use crate::{
    Cx, Error, Result,
    entity::{
        conversation,
        message::{self, Column},
        profile::{self, Face},
    },
    sql,
    streams::{Events, NewEvent, Stream},
};

/// A message with who wrote it.
pub type WrittenMessage = (Arc<message::Model>, Arc<Face>);

/// The messages that the actor may read: those of the conversations that they may read.
pub fn visible_messages(cx: Cx<'_>) -> Select<message::Entity> {
    let here = Expr::col(conversation::Column::Id.as_column_ref())
        .equals(Column::ConversationId.as_column_ref());
    let conversation = visible(cx).select_only().column(conversation::Column::Id).filter(here);
    message::Entity::find().filter(Expr::exists(conversation.into_query()))
}

/// The messages of these keys that the actor may read, with who wrote them, in one statement.
pub async fn messages_by_id(cx: Cx<'_>, ids: &[Uuid]) -> Result<Vec<WrittenMessage>> {
    let rows = visible_messages(cx).filter(sql::key_in(cx.backend(), Column::Id, ids));
    let rows = sql::with_one::<message::Model, Face>(rows, Column::AuthorId, profile::Column::Id);
    let rows = sql::pairs::<message::Model, Face>(cx.db, &rows).await?;
    Ok(rows.into_iter().map(|(row, author)| (Arc::new(row), Arc::new(author))).collect())
}

fn no_message() -> Error {
    Error::not_found("message")
}

/// A message as it is now, the row of its conversation locked for a change, if the actor may read it.
async fn locked_message(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    id: Option<Uuid>,
) -> Result<(Room, message::Model)> {
    let id = id.ok_or_else(no_message)?;
    let found = visible_messages(cx).filter(Column::Id.eq(id)).one(tx).await?;
    let found = found.ok_or_else(no_message)?;
    let room = locked_room(cx, tx, found.conversation_id).await?.ok_or_else(no_message)?;
    // Only now: who wrote while we waited for the lock may have changed it.
    let message = message::Entity::find_by_id(id).one(tx).await?.ok_or_else(no_message)?;
    Ok((room, message))
}

/// A conversation as it is now, its row locked for a change, if the actor may read it.
async fn locked_room(cx: Cx<'_>, tx: &impl ConnectionTrait, id: Uuid) -> Result<Option<Room>> {
    use sea_orm::DbBackend;
    // SQLite has one writer, and needs no lock.
    if cx.backend() == DbBackend::Postgres {
        let row = conversation::Entity::find_by_id(id).select_only();
        let row = row.column(conversation::Column::Id).lock_exclusive();
        if row.into_tuple::<Uuid>().one(tx).await?.is_none() {
            return Ok(None);
        }
    }
    // Only now: who was removed while we waited for the lock may read it no more.
    let found = rooms(cx, tx, &[id]).await?;
    Ok(found.into_iter().next())
}

/// Tells that something happened to a message.
async fn tell(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    events: &mut Events,
    kind: &'static str,
    message: &message::Model,
) -> Result<()> {
    let event = NewEvent::new(kind, message.id);
    events.append(cx, tx, Stream::conversation(message.conversation_id), event).await?;
    Ok(())
}
