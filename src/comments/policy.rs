use sea_orm::Condition;

use crate::{
    Actor, Error, Result,
    cx::Member,
    entity::comment::{self, Column},
    members, posts,
};

/// The comments that `actor` may read under what they may see.
pub fn visible_to(actor: &Actor) -> Condition {
    members::policy::not_blocked(actor, Column::AuthorId)
}

/// Writing comments at all.
pub fn write(actor: &Actor) -> Result<Member> {
    posts::policy::write(actor)
}

/// Changing a comment: its author, while it stands.
pub fn edit(actor: &Actor, comment: &comment::Model) -> Result<()> {
    let member = write(actor)?;
    stands(comment)?;
    if member.id == comment.author_id {
        Ok(())
    } else {
        Err(Error::not_yours("only its author may change a comment"))
    }
}

/// Deleting a comment: its author, and moderators, while it stands.
pub fn delete(actor: &Actor, comment: &comment::Model) -> Result<()> {
    let message = "only its author and moderators may delete a comment";
    posts::policy::delete_written_by(actor, comment.author_id, message)?;
    stands(comment)
}

/// Answering and reacting to a comment: whoever may write, while it stands.
pub fn join(actor: &Actor, comment: &comment::Model) -> Result<()> {
    write(actor)?;
    stands(comment)
}

fn stands(comment: &comment::Model) -> Result<()> {
    if comment.deleted_at.is_none() { Ok(()) } else { Err(Error::not_found("comment")) }
}
