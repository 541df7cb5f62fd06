use crate::{Actor, Result, cx::Member, posts};

/// Keeping something, and letting go of it.
pub fn write(actor: &Actor) -> Result<Member> {
    posts::policy::write(actor)
}

/// Reading what one keeps.
pub fn read_own(actor: &Actor) -> Result<Member> {
    posts::policy::read_own(actor)
}
