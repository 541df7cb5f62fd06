use sea_orm::{
    EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, IntoColumnRef, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    Actor, Error, Result,
    cx::Member,
    entity::{profile, resume_entry},
    members,
    scope::Scope,
};

/// What `actor` may see of resumes: a resume is seen by whoever sees the profile. `owner` is the column of its key.
pub fn visible_to(actor: &Actor, owner: impl IntoColumnRef) -> SimpleExpr {
    let seen = profile::Entity::find()
        .select_only()
        .column(profile::Column::Id)
        .filter(Expr::col((profile::Entity, profile::Column::Id)).equals(owner))
        .filter(members::policy::visible_to(actor));
    Expr::exists(seen.into_query())
}

/// Making and changing a resume: one's own.
pub fn write(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WritePortfolio)?;
    Ok(member)
}

/// Changing an entry: its owner.
pub fn edit(actor: &Actor, entry: &resume_entry::Model) -> Result<()> {
    let member = write(actor)?;
    if member.id == entry.profile_id {
        Ok(())
    } else {
        Err(Error::not_yours("only its owner may change an entry of a resume"))
    }
}

/// Reading a resume with what is for its owner alone: addresses and numbers to reach them by.
pub fn read_whole(actor: &Actor, owner: Uuid) -> Result<()> {
    let member = members::policy::read_own(actor)?;
    if member.id == owner { Ok(()) } else { Err(Error::Forbidden("this is not your resume")) }
}
