use crate::{Actor, Result, accounts, entity::account::Role};

/// Seeing background work: admins; a token needs ADMIN.
pub fn see(actor: &Actor) -> Result<()> {
    accounts::policy::list_members(actor)
}

/// Trying background work again, or giving it up: who may see it.
pub fn steer(actor: &Actor) -> Result<()> {
    see(actor)
}

/// Whether background work exists for `actor` when it is asked for by its id; a token needs its scope.
pub fn knows_of(actor: &Actor) -> Result<bool> {
    if !actor.is_at_least(Role::Admin) {
        return Ok(false);
    }
    see(actor).map(|()| true)
}
