use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    Actor, Error, Result,
    cx::Member,
    entity::{
        account::Role,
        form::{self, Column, State},
        form_member, submission,
    },
    scope::Scope,
};

/// The forms that `actor` may see: those that are or were open, for everybody; all, for staff; drafts and what was put
/// away, for their teams.
pub fn visible_to(actor: &Actor) -> Condition {
    let shown = Condition::any().add(Column::State.is_in([State::Open, State::Closed]));
    if *actor == Actor::Guest { shown } else { shown.add(worked_on_by(actor)) }
}

/// The forms whose submissions `actor` may read: their team's, and all for staff.
pub fn worked_on_by(actor: &Actor) -> Condition {
    let none = Condition::all().add(Expr::val(1).eq(0));
    if is_staff(actor) {
        return Condition::all();
    }
    let Ok(member) = read(actor) else { return none };
    Condition::all().add(
        Column::Id.in_subquery(
            form_member::Entity::find()
                .select_only()
                .column(form_member::Column::FormId)
                .filter(form_member::Column::ProfileId.eq(member.id))
                .into_query(),
        ),
    )
}

/// The submissions that `actor` may see: those of forms that they work on, and their own.
pub fn submissions_visible_to(actor: &Actor) -> Condition {
    if is_staff(actor) {
        return Condition::all();
    }
    let forms = form::Entity::find().select_only().column(Column::Id).filter(worked_on_by(actor));
    let theirs = submission::Column::FormId.in_subquery(forms.into_query());
    let seen = Condition::any().add(theirs);
    match read(actor) {
        Ok(member) => seen.add(submission::Column::SenderId.eq(member.id)),
        Err(_) => seen,
    }
}

/// Whether `actor` reads what comes in through every form.
pub fn is_staff(actor: &Actor) -> bool {
    actor.is_at_least(Role::Moderator) && actor.allows(Scope::ReadContact).is_ok()
}

/// Reading what comes in, for those on a team.
pub fn read(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::ReadContact)?;
    Ok(member)
}

/// Making and changing forms: moderators and admins.
pub fn manage(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    if member.role < Role::Moderator {
        return Err(Error::Forbidden("forms are made by the staff of the community"));
    }
    actor.allows(Scope::WriteContact)?;
    Ok(member)
}

/// Answering what comes in at all; whether it came through a form of theirs, [`worked_on_by`] says.
pub fn answer(actor: &Actor) -> Result<Member> {
    let member = read(actor)?;
    actor.allows(Scope::WriteContact)?;
    Ok(member)
}

/// Whether `actor` is who sent it.
pub fn is_sender(actor: &Actor, sender: Option<Uuid>) -> bool {
    sender.is_some_and(|sender| actor.is(sender))
}
