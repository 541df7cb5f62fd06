//! Who may see and change tasks: it is the board's to say.

use sea_orm::{ColumnTrait as _, Condition};

use crate::{
    Actor, Error, Result, boards,
    cx::Member,
    entity::{board, board_member::Role, task::Column},
    error::ErrorCode,
    posts,
};

/// The tasks that `actor` may see: those on boards that they may see.
pub fn visible_to(actor: &Actor) -> Condition {
    if *actor == Actor::Audience {
        return Condition::all();
    }
    Condition::all().add(Column::BoardId.in_subquery(boards::policy::seen_by(actor)))
}

/// Commenting on a task, and reacting to it and to what is said there: whoever may comment on its board, unless that
/// was put away. `own` is what they are there, if they are its member.
pub fn join(actor: &Actor, board: &board::Model, own: Option<Role>) -> Result<Member> {
    let member = posts::policy::write(actor)?;
    if boards::policy::role(actor, board, own) < Some(Role::Commenter) {
        return Err(Error::not_yours("only those who may comment on the board may do this"));
    }
    if board.archived_at.is_some() {
        let message = "the board was put away: it takes no comments and no reactions";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["id"], message));
    }
    Ok(member)
}
