//! Who may do what with mail.

use crate::{Actor, Error, Result, cx::Means, entity::account::Role, scope::Scope};

/// May see what was sent to whom, and which addresses get no mail: admins; a token needs ADMIN.
pub fn read_outbox(actor: &Actor) -> Result<()> {
    actor.allows(Scope::Admin)?;
    admin(actor)
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

fn admin(actor: &Actor) -> Result<()> {
    actor.member()?;
    if actor.is_at_least(Role::Admin) {
        Ok(())
    } else {
        Err(Error::Forbidden("this is for the admins of the community"))
    }
}
