//! Who may do what with mail.

use sea_orm::{Condition, prelude::*};

use crate::{
    Actor, Error, Result,
    cx::Means,
    entity::{account::Role, email::State, suppression},
    error::ErrorCode,
    scope::Scope,
};

/// May see what was sent to whom, and which addresses get no mail: admins; a token needs ADMIN.
pub fn read_outbox(actor: &Actor) -> Result<()> {
    actor.allows(Scope::Admin)?;
    admin(actor)
}

/// What of the outbox, and of the addresses that get no mail, `actor` may see: all of it, or nothing.
pub fn outbox_visible_to(actor: &Actor) -> Condition {
    match read_outbox(actor) {
        Ok(()) => Condition::all(),
        Err(_) => Condition::any().add(Expr::value(false)),
    }
}

/// May set what mails say and what they are about: admins, in a session of their own.
pub fn manage_words(actor: &Actor) -> Result<()> {
    if matches!(actor.member()?.means, Means::Token(_)) {
        return Err(Error::Forbidden("an API token can't do this: use a session of its owner"));
    }
    admin(actor)
}

/// May stop mails, and have them tried again: admins; a token needs SEND_EMAIL.
pub fn send(actor: &Actor) -> Result<()> {
    actor.member()?;
    actor.allows(Scope::SendEmail)?;
    admin(actor)
}

/// May close addresses and open them again: admins; a token needs ADMIN.
pub fn close_addresses(actor: &Actor) -> Result<()> {
    actor.member()?;
    read_outbox(actor)
}

/// Whether a mail can still be stopped.
pub fn is_stoppable(state: State) -> bool {
    matches!(state, State::Scheduled | State::Queued | State::Deferred)
}

/// Whether a mail can be tried again before its time, or though it was given up.
pub fn is_worth_a_try(state: State) -> bool {
    matches!(state, State::Failed | State::Deferred)
}

/// May open this address again. Who asked for no mail gets none, whatever staff want.
pub fn lift(row: &suppression::Model) -> Result<()> {
    if row.reason != suppression::Reason::UnsubscribedAll {
        return Ok(());
    }
    let message = "whoever reads this address asked for no mail: only they take that back";
    Err(Error::refused(ErrorCode::StateNotAllowed, ["id"], message))
}

fn admin(actor: &Actor) -> Result<()> {
    actor.member()?;
    if actor.is_at_least(Role::Admin) {
        Ok(())
    } else {
        Err(Error::Forbidden("this is for the admins of the community"))
    }
}
