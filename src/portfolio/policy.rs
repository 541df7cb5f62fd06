use std::collections::HashSet;

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, sea_query::SelectStatement,
};
use uuid::Uuid;

use crate::{
    Actor, Error, Result,
    cx::Member,
    entity::{
        account::Role,
        collaborator,
        portfolio_item::{self, Column},
        post::Visibility,
    },
    error::ErrorCode,
    members, posts,
    scope::Scope,
};

/// The portfolio items that `actor` may see: published ones as posts; drafts, by their owner and by those who were
/// asked to be credited and did not refuse. Every read of items starts from this.
pub fn visible_to(actor: &Actor) -> Condition {
    if *actor == Actor::Audience {
        return Condition::all();
    }
    let published = Column::Publication.is_not_null();
    let Some(member) = actor.reader() else {
        return Condition::all().add(published).add(Column::Visibility.eq(Visibility::Public));
    };
    let theirs = Condition::any()
        .add(Column::OwnerId.eq(member.id))
        .add(Column::Id.in_subquery(credited(member.id)));
    if member.role >= Role::Moderator {
        return theirs.add(published);
    }
    let followed = members::service::followed_by(member.id);
    let open = Condition::any()
        .add(Column::Visibility.is_in([Visibility::Public, Visibility::Members]))
        .add(Column::OwnerId.in_subquery(followed));
    Condition::all()
        .add(theirs.add(Condition::all().add(published).add(open)))
        .add(members::policy::not_blocked(actor, Column::OwnerId))
}

/// The published ones of them: those that take comments and reactions.
pub fn published_to(actor: &Actor) -> Condition {
    Condition::all().add(visible_to(actor)).add(Column::Publication.is_not_null())
}

/// Commenting on, and reacting to, an item that `actor` may see: whoever may write, once it is published.
pub fn join(actor: &Actor, item: &portfolio_item::Model) -> Result<Member> {
    let member = posts::policy::write(actor)?;
    match item.publication {
        Some(_) => Ok(member),
        None => Err(draft(["id"])),
    }
}

/// A draft takes neither comments nor reactions; `path` is the argument that named it.
pub fn draft(path: impl IntoIterator<Item = &'static str>) -> Error {
    let message = "a draft takes no comments and no reactions: publish it first";
    Error::refused(ErrorCode::StateNotAllowed, path, message)
}

/// Items on which somebody is credited, or was asked to be.
fn credited(member: Uuid) -> SelectStatement {
    collaborator::Entity::find()
        .select_only()
        .column(collaborator::Column::PortfolioItemId)
        .filter(collaborator::Column::ProfileId.eq(member))
        .filter(collaborator::Column::State.ne(collaborator::State::Refused))
        .into_query()
}

/// What decides who sees an item, where it was loaded for several actors at once.
#[derive(Clone, Debug)]
pub struct Readers {
    /// Whose it is.
    pub owner: Uuid,
    /// Whom it is for once it is published.
    pub visibility: Visibility,
    /// Whether it is.
    pub published: bool,
    /// Those who blocked the owner, or whom the owner blocked.
    pub apart: HashSet<Uuid>,
    /// Those who follow the owner; needed only of a published item for followers.
    pub followers: HashSet<Uuid>,
    /// Those who were asked to be credited and did not refuse; needed only of drafts and items for followers.
    pub credited: HashSet<Uuid>,
}

/// Whether `actor` may see an item: the rule of [`visible_to`], for an item at hand.
pub fn reads(actor: &Actor, item: &Readers) -> bool {
    if *actor == Actor::Audience {
        return true;
    }
    let Some(member) = actor.reader() else {
        return item.published && item.visibility == Visibility::Public;
    };
    let theirs = member.id == item.owner || item.credited.contains(&member.id);
    if member.role >= Role::Moderator {
        return theirs || item.published;
    }
    let open = item.visibility != Visibility::Followers || item.followers.contains(&member.id);
    (theirs || (item.published && open)) && !item.apart.contains(&member.id)
}

/// Making and changing portfolio items: one's own.
pub fn write(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WritePortfolio)?;
    Ok(member)
}

/// Changing an item: its owner.
pub fn edit(actor: &Actor, item: &portfolio_item::Model) -> Result<()> {
    let member = write(actor)?;
    if member.id == item.owner_id {
        Ok(())
    } else {
        Err(Error::not_yours("only its owner may change a portfolio item"))
    }
}

/// Deleting an item: its owner, and moderators.
pub fn delete(actor: &Actor, item: &portfolio_item::Model) -> Result<()> {
    let member = actor.member()?;
    if member.id == item.owner_id {
        return actor.allows(Scope::WritePortfolio);
    }
    if member.role < Role::Moderator {
        let message = "only its owner and moderators may delete a portfolio item";
        return Err(Error::not_yours(message));
    }
    actor.allows(Scope::Moderate)
}

/// Reading what is one's own: drafts, and where one was asked to be credited.
pub fn read_own(actor: &Actor) -> Result<Member> {
    actor.allows(Scope::ReadPrivate)?;
    actor.member()
}
