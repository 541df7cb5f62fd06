use crate::{Actor, Result, cx::Member, scope::Scope};

/// Knowing who is around: members, not guests.
pub fn read(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::ReadPublic)?;
    Ok(member)
}
