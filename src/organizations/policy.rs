//! Who may see and change organizations, and act for them.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, sea_query::SelectStatement,
};
use uuid::Uuid;

use crate::{
    Actor, Error, Result,
    cx::Member,
    entity::{
        account,
        organization_member::{self, Column, Role},
    },
    scope::Scope,
};

/// The organizations that `actor` may see: all of them.
pub fn visible_to(_actor: &Actor) -> Condition {
    Condition::all()
}

/// The keys of the organizations for which `member` may do what `role` may.
pub fn acted_for_by(member: Uuid, role: Role) -> SelectStatement {
    let roles = [Role::Member, Role::Moderator, Role::Owner].into_iter().filter(|one| *one >= role);
    organization_member::Entity::find()
        .select_only()
        .column(Column::OrganizationId)
        .filter(Column::ProfileId.eq(member))
        .filter(Column::Role.is_in(roles))
        .into_query()
}

/// Writing about jobs and organizations at all.
pub fn write(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WriteJobs)?;
    Ok(member)
}

/// Reading what is of an organization's team alone: drafts, applications.
pub fn read(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::ReadPrivate)?;
    Ok(member)
}

/// Whether the community's staff asks, by means that may read what is the teams' alone.
pub fn is_staff(actor: &Actor) -> bool {
    actor.is_at_least(account::Role::Moderator) && actor.allows(Scope::ReadPrivate).is_ok()
}

/// Changing an organization and who belongs to it: its owners, and admins of the community. `role` is what the actor
/// is there.
pub fn edit(actor: &Actor, role: Option<Role>) -> Result<Member> {
    acts(actor, role, Role::Owner, "only its owners may change an organization")
}

/// Posting jobs in its name, and seeing to applications: its moderators and owners, and admins of the community.
pub fn hire(actor: &Actor, role: Option<Role>) -> Result<Member> {
    acts(actor, role, Role::Moderator, "only those who hire for the organization may do this")
}

/// Finding that an organization is who it says, or not any more: the community's moderators.
pub fn verify(actor: &Actor) -> Result<()> {
    let member = actor.member()?;
    if member.role < account::Role::Moderator {
        return Err(Error::Forbidden("organizations are verified by the staff of the community"));
    }
    actor.allows(Scope::Moderate)
}

/// Whether `actor` may see what is the hiring team's alone; `role` is what they are there.
pub fn sees_hiring(actor: &Actor, role: Option<Role>) -> bool {
    role >= Some(Role::Moderator) && read(actor).is_ok()
}

fn acts(actor: &Actor, role: Option<Role>, least: Role, message: &'static str) -> Result<Member> {
    let member = write(actor)?;
    if role >= Some(least) || member.role >= account::Role::Admin {
        Ok(member)
    } else {
        Err(Error::not_yours(message))
    }
}
