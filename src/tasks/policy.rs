//! Who may see and change tasks: it is the board's to say.

use sea_orm::{ColumnTrait as _, Condition};

use crate::{Actor, boards, entity::task::Column};

/// The tasks that `actor` may see: those on boards that they may see.
pub fn visible_to(actor: &Actor) -> Condition {
    if *actor == Actor::Audience {
        return Condition::all();
    }
    Condition::all().add(Column::BoardId.in_subquery(boards::policy::seen_by(actor)))
}
