//! Who may see boards and change what is on them.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, sea_query::SelectStatement,
};
use uuid::Uuid;

use crate::{
    Actor, Error, Result,
    cx::Member,
    entity::{
        board::{self, Column, Visibility},
        board_member::{self, Role},
    },
    error::ErrorCode,
    scope::Scope,
};

/// The boards that `actor` may see: public ones everybody, those for members whoever is signed in, private ones their
/// members alone, not even staff.
pub fn visible_to(actor: &Actor) -> Condition {
    if *actor == Actor::Audience {
        return Condition::all();
    }
    let public = Condition::any().add(Column::Visibility.eq(Visibility::Public));
    let Some(_) = actor.reader() else { return Condition::all().add(public) };
    let seen = public.add(Column::Visibility.eq(Visibility::Members));
    let seen = match read_own(actor) {
        Ok(member) => seen.add(Column::Id.in_subquery(worked_on_by(member.id))),
        Err(_) => seen,
    };
    Condition::all().add(seen)
}

/// The keys of the boards that `actor` may see, for what stands on them.
pub fn seen_by(actor: &Actor) -> SelectStatement {
    board::Entity::find().select_only().column(Column::Id).filter(visible_to(actor)).into_query()
}

/// The keys of the boards that somebody is a member of.
pub fn worked_on_by(member: Uuid) -> SelectStatement {
    board_member::Entity::find()
        .select_only()
        .column(board_member::Column::BoardId)
        .filter(board_member::Column::ProfileId.eq(member))
        .into_query()
}

/// Reading what is one's own: private boards, the tasks that one is to do.
pub fn read_own(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::ReadPrivate)?;
    Ok(member)
}

/// What `actor` may do on a board that they may see: `role` is what they are there, if they are its member. Whoever is
/// signed in may comment on boards for all.
pub fn role(actor: &Actor, board: &board::Model, role: Option<Role>) -> Option<Role> {
    let open = board.visibility != Visibility::Private && actor.member().is_ok();
    role.max(open.then_some(Role::Commenter))
}

/// Changing boards at all.
pub fn write(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WriteTasks)?;
    Ok(member)
}

/// Refuses whoever may not do on a board what `least` may; one that was put away is changed by nobody. `role` is what
/// they are there, if they are its member.
pub fn act(actor: &Actor, board: &board::Model, own: Option<Role>, least: Role) -> Result<Member> {
    let member = keep(actor, board, own, least)?;
    if board.archived_at.is_some() {
        let message = "the board was put away: take it out again first";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["id"], message));
    }
    Ok(member)
}

/// The same, whether or not the board was put away: putting it away and taking it out.
pub fn keep(actor: &Actor, board: &board::Model, own: Option<Role>, least: Role) -> Result<Member> {
    let member = write(actor)?;
    if role(actor, board, own) < Some(least) {
        return Err(Error::not_yours(match least {
            Role::Viewer | Role::Commenter => "only members of the board may do this",
            Role::Editor => "only editors of the board may do this",
            Role::Admin => "only admins of the board may do this",
        }));
    }
    Ok(member)
}

/// Deleting a board: its admins, once it was put away.
pub fn delete(actor: &Actor, board: &board::Model, own: Option<Role>) -> Result<Member> {
    let member = keep(actor, board, own, Role::Admin)?;
    if board.archived_at.is_none() {
        let message = "put the board away first: what is deleted is gone for good";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["id"], message));
    }
    Ok(member)
}

/// Whether `actor` may follow a board, of which `is_member` says whether they are a member: as [`visible_to`].
pub fn hears(actor: &Actor, visibility: Visibility, is_member: bool) -> bool {
    match visibility {
        Visibility::Public => true,
        Visibility::Members if actor.reader().is_some() => true,
        Visibility::Members | Visibility::Private => is_member && read_own(actor).is_ok(),
    }
}
