use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, IntoSimpleExpr, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
    sea_query::{ExprTrait as _, SelectStatement, UnionType},
};
use uuid::Uuid;

use crate::{
    Actor, Error, Result,
    cx::Member,
    entity::{account::Role, block, profile},
    error::ErrorCode,
    scope::Scope,
};

/// The profiles that `actor` may see: a blocked member does not see who blocked them. Who blocked
/// somebody still sees them, so that they can be found and unblocked; staff see everybody.
pub fn visible_to(actor: &Actor) -> Condition {
    let all = Condition::all();
    match actor {
        Actor::Member(member) if member.role < Role::Moderator => {
            all.add(profile::Column::Id.not_in_subquery(blockers_of(member.id)))
        }
        _ => all,
    }
}

/// Leaves out what is written by those who blocked `actor`, or whom `actor` blocked: `author` is the
/// column of the writer. Staff, and guests, are shown everything.
pub fn not_blocked(actor: &Actor, author: impl IntoSimpleExpr) -> Condition {
    match actor {
        Actor::Member(member) if member.role < Role::Moderator => {
            let mut either = blocked_by(member.id);
            either.union(UnionType::All, blockers_of(member.id));
            Condition::all().add(author.into_simple_expr().not_in_subquery(either))
        }
        _ => Condition::all(),
    }
}

/// The same as [`not_blocked`] for a statement that is written out: ` AND …`, where `me` is the place of
/// the actor's key.
pub fn not_blocked_text(actor: &Actor, author: &str, me: &str) -> String {
    match actor {
        Actor::Member(member) if member.role < Role::Moderator => format!(
            " AND {author} NOT IN (SELECT blocked_id FROM block WHERE blocker_id = {me} \
             UNION ALL SELECT blocker_id FROM block WHERE blocked_id = {me})"
        ),
        _ => String::new(),
    }
}

fn blockers_of(member: Uuid) -> SelectStatement {
    let rows = block::Entity::find().select_only().column(block::Column::BlockerId);
    rows.filter(block::Column::BlockedId.eq(member)).into_query()
}

fn blocked_by(member: Uuid) -> SelectStatement {
    let rows = block::Entity::find().select_only().column(block::Column::BlockedId);
    rows.filter(block::Column::BlockerId.eq(member)).into_query()
}

/// Reading what is one's own: the lists of whom one blocked or muted.
pub fn read_own(actor: &Actor) -> Result<Member> {
    actor.allows(Scope::ReadPrivate)?;
    actor.member()
}

/// Changing a profile: one's own.
pub fn edit(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WriteProfile)?;
    Ok(member)
}

/// Following, muting, blocking, and their undoing: anybody but oneself.
pub fn relate(actor: &Actor, to: Uuid) -> Result<Member> {
    let member = relate_at_all(actor)?;
    if member.id == to {
        return Err(Error::refused(ErrorCode::Invalid, ["id"], "this is yourself"));
    }
    Ok(member)
}

/// Whether the actor may follow, mute and block at all.
pub fn relate_at_all(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WriteSocial)?;
    Ok(member)
}

/// Vouching for a skill: of anybody but oneself.
pub fn endorse(actor: &Actor, of: Uuid) -> Result<Member> {
    let member = relate_at_all(actor)?;
    if member.id == of {
        let message = "nobody vouches for a skill of their own";
        return Err(Error::refused(ErrorCode::Invalid, ["profile"], message));
    }
    Ok(member)
}
