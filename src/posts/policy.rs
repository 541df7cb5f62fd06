use std::collections::HashSet;

use sea_orm::{ColumnTrait as _, Condition};
use uuid::Uuid;

use crate::{
    Actor, Error, Result,
    cx::Member,
    entity::{
        account::Role,
        post::{self, Column, Visibility},
    },
    members,
    scope::Scope,
};

/// The posts that `actor` may read. Every read of posts starts from this.
pub fn visible_to(actor: &Actor) -> Condition {
    if *actor == Actor::Audience {
        return Condition::all();
    }
    let public = Column::Visibility.eq(Visibility::Public);
    match actor.reader() {
        None => Condition::all().add(public),
        Some(member) if member.role >= Role::Moderator => Condition::all(),
        Some(member) => {
            let followed = members::service::followed_by(member.id);
            let open = Condition::any()
                .add(Column::Visibility.is_in([Visibility::Public, Visibility::Members]))
                .add(Column::AuthorId.eq(member.id))
                .add(Column::AuthorId.in_subquery(followed));
            Condition::all().add(open).add(members::policy::not_blocked(actor, Column::AuthorId))
        }
    }
}

/// What decides who reads a post, where it was loaded for several actors at once.
#[derive(Clone, Debug)]
pub struct Readers {
    /// Who wrote it.
    pub author: Uuid,
    /// Whom it is for.
    pub visibility: Visibility,
    /// Those who blocked the author, or whom the author blocked.
    pub apart: HashSet<Uuid>,
    /// Those who follow the author; needed only of a post for followers.
    pub followers: HashSet<Uuid>,
}

/// Whether `actor` may read a post: the rule of [`visible_to`], for a post at hand.
pub fn reads(actor: &Actor, post: &Readers) -> bool {
    if *actor == Actor::Audience {
        return true;
    }
    match actor.reader() {
        None => post.visibility == Visibility::Public,
        Some(member) if member.role >= Role::Moderator => true,
        Some(member) => {
            let open = post.visibility != Visibility::Followers
                || member.id == post.author
                || post.followers.contains(&member.id);
            open && !post.apart.contains(&member.id)
        }
    }
}

/// Reading what is one's own: the home feed, bookmarks.
pub fn read_own(actor: &Actor) -> Result<Member> {
    actor.allows(Scope::ReadPrivate)?;
    actor.member()
}

/// Writing at all: posts, comments, reactions, bookmarks.
pub fn write(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WriteSocial)?;
    Ok(member)
}

/// Changing a post: its author.
pub fn edit(actor: &Actor, post: &post::Model) -> Result<()> {
    let member = write(actor)?;
    if member.id == post.author_id {
        Ok(())
    } else {
        Err(Error::not_yours("only its author may change a post"))
    }
}

/// Deleting a post: its author, and moderators.
pub fn delete(actor: &Actor, post: &post::Model) -> Result<()> {
    delete_written_by(actor, post.author_id, "only its author and moderators may delete a post")
}

/// Deleting what somebody wrote: its author, and moderators; `message` tells others that.
pub fn delete_written_by(actor: &Actor, author: Uuid, message: &str) -> Result<()> {
    let member = actor.member()?;
    if member.id == author {
        return actor.allows(Scope::WriteSocial);
    }
    if member.role < Role::Moderator {
        return Err(Error::not_yours(message));
    }
    actor.allows(Scope::Moderate)
}
