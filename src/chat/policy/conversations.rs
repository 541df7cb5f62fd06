use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};

use crate::{
    Actor, Error, Result,
    chat::service::Standing,
    cx::Member,
    entity::{
        conversation::{Column, Kind, Visibility},
        conversation_member::{self, Role},
    },
    scope::Scope,
};

/// The conversations that `actor` may read: those they are in, and the public channels. Staff see no private
/// talk. Every read of conversations starts from this.
pub fn visible_to(actor: &Actor) -> Condition {
    if *actor == Actor::Audience {
        return Condition::all();
    }
    let nothing = || Condition::all().add(Column::Id.is_null());
    match actor.member() {
        Ok(member) if actor.allows(Scope::ReadChat).is_ok() => {
            let mine = conversation_member::Entity::find()
                .select_only()
                .column(conversation_member::Column::ConversationId)
                .filter(conversation_member::Column::ProfileId.eq(member.id));
            Condition::any()
                .add(Column::Visibility.eq(Visibility::Public))
                .add(Column::Id.in_subquery(mine.into_query()))
        }
        _ => nothing(),
    }
}

/// Reading chat at all.
pub fn read(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::ReadChat)?;
    Ok(member)
}

/// Writing at all: messages, reactions, coming and going.
pub fn write(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WriteChat)?;
    Ok(member)
}

/// Sending a message: who is in the conversation, while it is open.
pub fn send(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = write(actor)?;
    if standing.member.is_none() {
        return Err(Error::not_yours("join the channel first"));
    }
    if standing.conversation.archived_at.is_some() {
        return Err(Error::not_yours("the conversation is archived: it can only be read"));
    }
    Ok(member)
}

/// Running the conversation (inviting to a channel, removing people, pinning, deleting what others wrote): its
/// moderators and owners; in a circle everybody who is in it but for deleting; in a direct talk nobody.
pub fn moderate(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = write(actor)?;
    let role = standing.member.as_ref().map(|own| own.role);
    if standing.conversation.kind == Kind::Channel && role >= Some(Role::Moderator) {
        return Ok(member);
    }
    Err(Error::not_yours("only the channel's moderators and owners may do this"))
}
