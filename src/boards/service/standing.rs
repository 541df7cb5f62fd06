use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::visible;
use crate::{
    Actor, Cx, Error, Result,
    boards::policy,
    cx::Member,
    entity::{
        board::{self, Visibility},
        board_member::{self, Role},
    },
};

/// A board as it is now, and what the actor is there.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The board.
    pub board: board::Model,
    /// What the actor is there, if they are its member.
    pub role: Option<Role>,
}

impl Standing {
    /// Refuses the actor unless they may do what `least` may.
    pub fn act(&self, actor: &Actor, least: Role) -> Result<Member> {
        policy::act(actor, &self.board, self.role, least)
    }
}

/// What the actor is on a board, if they are its member.
pub async fn own_role(
    db: &impl ConnectionTrait,
    actor: &Actor,
    board: Uuid,
) -> Result<Option<Role>> {
    let Some(me) = actor.id() else { return Ok(None) };
    let row = board_member::Entity::find()
        .select_only()
        .column(board_member::Column::Role)
        .filter(board_member::Column::BoardId.eq(board))
        .filter(board_member::Column::ProfileId.eq(me));
    Ok(row.into_tuple().one(db).await?)
}

/// The board of this key and what the actor is there, if they may see it.
pub async fn standing(cx: Cx<'_>, db: &impl ConnectionTrait, id: Option<Uuid>) -> Result<Standing> {
    found(cx, db, id, false).await
}

/// The same, with the row locked for a change. Whoever changes a board or what stands on it locks it first, so that
/// changes of one board follow one another.
pub async fn locked(cx: Cx<'_>, tx: &impl ConnectionTrait, id: Option<Uuid>) -> Result<Standing> {
    found(cx, tx, id, true).await
}

async fn found(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    id: Option<Uuid>,
    locks: bool,
) -> Result<Standing> {
    let missing = || Error::not_found("board");
    let rows = visible(cx).filter(board::Column::Id.eq(id.ok_or_else(missing)?));
    let rows = if locks { rows.lock_exclusive() } else { rows };
    let board = rows.one(db).await?.ok_or_else(missing)?;
    let role = own_role(db, cx.actor, board.id).await?;
    // Who was removed while we waited for the lock does not see it any more.
    if locks && board.visibility == Visibility::Private && role.is_none() {
        return Err(missing());
    }
    Ok(Standing { board, role })
}
