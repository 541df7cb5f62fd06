use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, FromQueryResult as _, QueryFilter as _,
    QueryTrait as _,
    sea_query::{Alias, Expr, ExprTrait as _, JoinType, Query, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    Cx, Result,
    chat::service::{Standing, visible},
    entity::{
        block,
        conversation::{self, Kind},
        conversation_member,
    },
    sql,
};

/// A conversation that the actor may read, what they are in it, and whether they may be heard there.
#[derive(Clone, Debug)]
pub struct Room {
    /// The conversation, and the actor in it.
    pub standing: Standing,
}

/// The rooms of these keys that the actor may read, in one statement.
pub async fn rooms(cx: Cx<'_>, db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Room>> {
    use conversation_member::Column::{ConversationId, ProfileId};
    // Of those who are nobody, nothing is found.
    let me = cx.actor.id().unwrap_or_default();
    let id = Expr::col(conversation::Column::Id.as_column_ref());
    let mine = Condition::all()
        .add(Expr::col(ConversationId.as_column_ref()).eq(id))
        .add(ProfileId.eq(me));
    let rows = visible(cx).filter(sql::key_in(cx.backend(), conversation::Column::Id, ids));
    let mut rows = rows.select_also(conversation_member::Entity).into_query();
    rows.join(JoinType::LeftJoin, conversation_member::Entity, mine);
    rows.expr_as(blocked(me), "is_blocked");
    let rows = Box::pin(db.query_all(&rows)).await?;
    let read = |row: &sea_orm::QueryResult| {
        let conversation = conversation::Model::from_query_result(row, "A_")?;
        let member = conversation_member::Model::from_query_result_optional(row, "B_")?;
        let is_blocked = row.try_get("", "is_blocked")?;
        Ok(Room { standing: Standing { conversation, member, is_blocked } })
    };
    rows.iter().map(read).collect()
}

/// Whether the conversation is a direct talk of `me` with somebody whom they blocked, or who blocked them.
fn blocked(me: Uuid) -> SimpleExpr {
    let other = Alias::new("other");
    let (who, conversation) = (
        Expr::col((other.clone(), conversation_member::Column::ProfileId)),
        Expr::col((other.clone(), conversation_member::Column::ConversationId)),
    );
    let (blocker, blocked) = (
        Expr::col(block::Column::BlockerId.as_column_ref()),
        Expr::col(block::Column::BlockedId.as_column_ref()),
    );
    let either = Condition::any()
        .add(Condition::all().add(blocker.clone().eq(me)).add(blocked.clone().eq(who.clone())))
        .add(Condition::all().add(blocker.eq(who)).add(blocked.eq(me)));
    let mut blocks = Query::select();
    blocks
        .expr(Expr::value(1))
        .from_as(conversation_member::Entity, other)
        .join(JoinType::InnerJoin, block::Entity, either)
        .and_where(conversation.eq(Expr::col(conversation::Column::Id.as_column_ref())));
    conversation::Column::Kind.eq(Kind::Direct).and(Expr::exists(blocks))
}
