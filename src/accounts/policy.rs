//! Who may do what with accounts, sessions, tokens, invitations and roles.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{Condition, prelude::*};

use crate::{
    Actor, Error, Result,
    config::Registration,
    cx::{Means, Member},
    entity::{
        account::{self, Role},
        invitation, session,
    },
    error::ErrorCode,
    scope::Scope,
};

/// How long a password counts as just proved.
const PROVED: TimeDelta = TimeDelta::minutes(10);

/// A member in their own session. An API token can't change how its owner signs in.
#[derive(Clone, Copy, Debug)]
pub struct InSession {
    /// The member.
    pub member: Member,
    /// The key of the session.
    pub id: Uuid,
    /// When the password was last proved in it.
    pub proved_at: DateTime<Utc>,
}

/// The member who asks, if they came in by a session.
pub fn in_session(actor: &Actor) -> Result<InSession> {
    let member = actor.member()?;
    match member.means {
        Means::Session { id, proved_at } => Ok(InSession { member, id, proved_at }),
        Means::Token(_) => {
            Err(Error::Forbidden("an API token can't do this: use a session of its owner"))
        }
    }
}

/// The same, if the password was proved within ten minutes.
pub fn recently_proved(actor: &Actor, now: DateTime<Utc>) -> Result<InSession> {
    let own = in_session(actor)?;
    if now - own.proved_at <= PROVED {
        return Ok(own);
    }
    let message = "sign in again with your password, then repeat this";
    Err(Error::refused(ErrorCode::RecentSignInRequired, [""; 0], message))
}

/// The accounts that `actor` may see: one's own; all for an admin.
pub fn accounts_visible_to(actor: &Actor) -> Condition {
    match actor.id() {
        Some(_) if actor.is_at_least(Role::Admin) && actor.allows(Scope::Admin).is_ok() => {
            Condition::all()
        }
        Some(id) if actor.allows(Scope::ReadPrivate).is_ok() => {
            Condition::all().add(account::Column::Id.eq(id))
        }
        _ => Condition::any().add(Expr::value(false)),
    }
}

/// Whether there is a staff desk for `actor`; a token needs its scope.
pub fn has_desk(actor: &Actor) -> Result<bool> {
    if !actor.is_at_least(Role::Moderator) {
        return Ok(false);
    }
    actor.allows(Scope::Admin).map(|()| true)
}

/// May see every account.
pub fn list_members(actor: &Actor) -> Result<()> {
    actor.allows(Scope::Admin)?;
    admin(actor).map(|_| ())
}

/// May set the roles of others, and end their sessions.
pub fn manage_members(actor: &Actor) -> Result<InSession> {
    let own = in_session(actor)?;
    admin(actor)?;
    Ok(own)
}

/// May end this session: one's own; any for an admin.
pub fn end_session(actor: &Actor, session: &session::Model) -> bool {
    actor.is(session.account_id) || actor.is_at_least(Role::Admin)
}

/// May invite people who become `role`.
pub fn invite(actor: &Actor, mode: Registration, role: Role) -> Result<Member> {
    let member = in_session(actor)?.member;
    if role > invites_as(member.role) {
        let message = "only an admin may invite people to this role";
        return Err(Error::refused(ErrorCode::Forbidden, ["input", "role"], message));
    }
    if mode == Registration::Closed && !actor.is_at_least(Role::Moderator) {
        let message = "while nobody can join, only staff may invite";
        return Err(Error::refused(ErrorCode::Forbidden, [""; 0], message));
    }
    Ok(member)
}

/// The most that those may become whom somebody with this role invites.
pub fn invites_as(role: Role) -> Role {
    if role == Role::Admin { Role::Admin } else { Role::Member }
}

/// May see whom an invitation is for, and take it back: its maker and staff.
pub fn keep_invitation(actor: &Actor, invitation: &invitation::Model) -> bool {
    actor.is(invitation.inviter_id)
        || actor.is_at_least(Role::Moderator) && actor.allows(Scope::Admin).is_ok()
}

/// May see the link of an invitation, and so use it up: who keeps it and might have made it.
pub fn see_link(actor: &Actor, invitation: &invitation::Model) -> bool {
    let could = actor.member().is_ok_and(|member| invitation.role <= invites_as(member.role));
    keep_invitation(actor, invitation) && could
}

fn admin(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    if actor.is_at_least(Role::Admin) {
        Ok(member)
    } else {
        Err(Error::Forbidden("this is for the admins of the community"))
    }
}
