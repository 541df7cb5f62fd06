//! Who may see and change postings.

use sea_orm::{ColumnTrait as _, Condition, sea_query::SimpleExpr};
use uuid::Uuid;

use crate::{
    Actor,
    entity::{
        job::{Column, State},
        organization_member::Role,
    },
    organizations,
};

/// The postings that `actor` may see: everybody those that are or were open; drafts, those who hire for the
/// organization, and the community's staff.
pub fn visible_to(actor: &Actor) -> Condition {
    if *actor == Actor::Audience || organizations::policy::is_staff(actor) {
        return Condition::all();
    }
    let seen = Condition::any().add(Column::State.ne(State::Draft));
    match organizations::policy::read(actor) {
        Ok(member) => Condition::all().add(seen.add(hired_for_by(member.id))),
        Err(_) => Condition::all().add(seen),
    }
}

/// The postings in these states that `actor` may see.
pub fn visible_in(actor: &Actor, states: &[State]) -> Condition {
    // Said twice that there are no drafts, PostgreSQL would expect that next to nothing is left.
    let seen = match states.contains(&State::Draft) {
        true => visible_to(actor),
        false => Condition::all(),
    };
    seen.add(Column::State.is_in(states.iter().copied()))
}

/// The postings that `member` may change.
pub fn hired_for_by(member: Uuid) -> SimpleExpr {
    let theirs = organizations::policy::acted_for_by(member, Role::Moderator);
    Column::OrganizationId.in_subquery(theirs)
}

/// Whether those who hire may bring a posting from one state to another. Only time makes it expire.
pub fn leads(from: State, to: State) -> bool {
    use State::{Closed, Draft, Expired, Filled, Open, Paused};
    matches!(
        (from, to),
        (Draft | Paused | Closed | Filled | Expired, Open)
            | (Open, Paused)
            | (Open | Paused, Closed | Filled)
    )
}
