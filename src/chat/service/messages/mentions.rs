use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, JoinType},
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    entity::{
        conversation::{self, Visibility},
        conversation_member::{self, Column as Member},
        message_mention::{self, Column as Mention},
        profile,
    },
    members,
};

/// Whom a text names, of those who may read the conversation.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// All of them, as they are kept on the message.
    pub(super) kept: Option<String>,
    /// Those who are in the conversation, but for the author: whom it counts for.
    pub(super) members: Vec<Uuid>,
}

/// Finds whom `handles` name: in a public channel every member that the actor may see, elsewhere those who are
/// in the conversation.
pub(super) async fn named(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    conversation: &conversation::Model,
    author: Uuid,
    handles: &[String],
) -> Result<Named> {
    if handles.is_empty() {
        return Ok(Named::default());
    }
    let id = Expr::col(profile::Column::Id.as_column_ref());
    let here = Condition::all()
        .add(Expr::col(Member::ProfileId.as_column_ref()).eq(id))
        .add(Member::ConversationId.eq(conversation.id));
    let rows = members::service::visible(cx)
        .select_only()
        .column(profile::Column::Handle)
        .column(profile::Column::Id)
        .filter(profile::Column::Handle.is_in(handles.iter().map(String::as_str)));
    let mut rows = rows.into_query();
    rows.expr(Expr::col(Member::Id.as_column_ref()).is_not_null());
    rows.join(JoinType::LeftJoin, conversation_member::Entity, here);
    let rows = tx.query_all(&rows).await?;
    let mut found: Vec<(String, Uuid, bool)> = Vec::with_capacity(rows.len());
    for row in rows {
        found.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?));
    }
    let everybody = conversation.visibility == Visibility::Public;
    found.retain(|(_, _, is_member)| everybody || *is_member);
    let of = |handle: &String| found.iter().find(|(known, ..)| known == handle);
    let in_order: Vec<_> = handles.iter().filter_map(of).collect();
    let keys: Vec<Uuid> = in_order.iter().map(|(_, key, _)| *key).collect();
    let counted = in_order.iter().filter(|(_, key, is_member)| *is_member && *key != author);
    let members = counted.map(|(_, key, _)| *key).collect();
    if keys.is_empty() {
        return Ok(Named::default());
    }
    let kept = serde_json::to_string(&keys).map_err(Error::internal)?;
    Ok(Named { kept: Some(kept), members })
}

/// Notes that the message at `position` names `members`, and counts it for those who have not read so far.
pub(super) async fn add(
    tx: &impl ConnectionTrait,
    (conversation, message, position): (Uuid, Uuid, i32),
    members: &[Uuid],
) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let rows = members.iter().map(|member| message_mention::ActiveModel {
        message_id: Set(message),
        profile_id: Set(*member),
        conversation_id: Set(conversation),
        position: Set(position),
    });
    message_mention::Entity::insert_many(rows).exec_without_returning(tx).await?;
    count(tx, conversation, position, 1, Member::ProfileId.is_in(members.iter().copied())).await
}

/// Takes back that a message names `gone`.
pub(super) async fn remove(
    tx: &impl ConnectionTrait,
    (conversation, message, position): (Uuid, Uuid, i32),
    gone: &[Uuid],
) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    count(tx, conversation, position, -1, Member::ProfileId.is_in(gone.iter().copied())).await?;
    message_mention::Entity::delete_many()
        .filter(Mention::MessageId.eq(message))
        .filter(Mention::ProfileId.is_in(gone.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whom a message counts for.
pub(super) async fn of(tx: &impl ConnectionTrait, message: Uuid) -> Result<Vec<Uuid>> {
    let rows = message_mention::Entity::find().select_only().column(Mention::ProfileId);
    Ok(rows.filter(Mention::MessageId.eq(message)).into_tuple().all(tx).await?)
}

async fn count(
    tx: &impl ConnectionTrait,
    conversation: Uuid,
    position: i32,
    by: i32,
    these: sea_orm::sea_query::SimpleExpr,
) -> Result<()> {
    conversation_member::Entity::update_many()
        .col_expr(Member::MentionCount, Expr::col(Member::MentionCount).add(by))
        .filter(Member::ConversationId.eq(conversation))
        .filter(Member::ReadPosition.lt(position))
        .filter(these)
        .exec(tx)
        .await?;
    Ok(())
}
