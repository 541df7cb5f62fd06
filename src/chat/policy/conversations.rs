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
    error::ErrorCode,
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

/// Sending a message: who is in the conversation, while it is open. In a direct talk nobody, while one of the
/// two blocks the other.
pub fn send(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = write(actor)?;
    let Standing { conversation, member: own, is_blocked } = standing;
    if own.is_none() {
        return Err(Error::not_yours("join the channel first"));
    }
    if conversation.archived_at.is_some() {
        return Err(Error::not_yours("the conversation is archived: it can only be read"));
    }
    if conversation.kind == Kind::Direct && *is_blocked {
        let message = "one of you blocked the other";
        return Err(Error::refused(ErrorCode::Blocked, ["id"], message));
    }
    Ok(member)
}

/// Running a channel (inviting, removing people, pinning, deleting what others wrote): its moderators and owners.
pub fn moderate(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = write(actor)?;
    if standing.conversation.kind == Kind::Channel && role(standing) >= Some(Role::Moderator) {
        return Ok(member);
    }
    Err(Error::not_yours("only the channel's moderators and owners may do this"))
}

/// Keeping a message in view: in a channel who runs it, elsewhere whoever may write there.
pub fn keep_in_view(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = send(actor, standing)?;
    match standing.conversation.kind {
        Kind::Channel => moderate(actor, standing),
        Kind::Direct | Kind::Circle => Ok(member),
    }
}

/// Adding people: who runs the channel; everybody in a circle; nobody in a direct talk.
pub fn invite(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = match standing.conversation.kind {
        Kind::Channel => moderate(actor, standing),
        Kind::Circle => belong(actor, standing),
        Kind::Direct => Err(Error::not_yours("a direct talk is between two")),
    }?;
    open(standing)?;
    Ok(member)
}

/// Removing people: who runs the channel. Of a circle everybody stays until they leave.
pub fn remove(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = moderate(actor, standing)?;
    open(standing)?;
    Ok(member)
}

/// Changing the conversation itself: the channel's owners; everybody in a circle; nobody in a direct talk.
pub fn change(actor: &Actor, standing: &Standing) -> Result<Member> {
    match standing.conversation.kind {
        Kind::Channel if role(standing) == Some(Role::Owner) => write(actor),
        Kind::Channel => {
            write(actor)?;
            Err(Error::not_yours("only the channel's owners may change it"))
        }
        Kind::Circle => belong(actor, standing),
        Kind::Direct => Err(Error::not_yours("a direct talk is as it is")),
    }
}

/// Saying who moderates and who owns: the channel's owners.
pub fn name_roles(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = write(actor)?;
    if standing.conversation.kind == Kind::Channel && role(standing) == Some(Role::Owner) {
        return Ok(member);
    }
    Err(Error::not_yours("only the channel's owners may say who moderates and who owns it"))
}

/// Coming in by oneself: into public channels.
pub fn join(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = write(actor)?;
    if standing.conversation.visibility != Visibility::Public {
        return Err(Error::not_yours("ask somebody who is in it to add you"));
    }
    open(standing)?;
    Ok(member)
}

/// Going: out of channels and circles. `other_owner` is whether somebody else owns the channel: its last owner
/// stays while others are there.
pub fn leave(actor: &Actor, standing: &Standing, other_owner: bool) -> Result<Member> {
    let member = belong(actor, standing)?;
    if standing.conversation.kind == Kind::Direct {
        return Err(Error::not_yours("a direct talk can't be left"));
    }
    let others = standing.conversation.member_count > 1;
    if role(standing) == Some(Role::Owner) && others && !other_owner {
        return Err(last_owner(["id"]));
    }
    Ok(member)
}

/// The refusal of what would leave a channel with people and without an owner.
pub fn last_owner<const N: usize>(path: [&'static str; N]) -> Error {
    let message = "nobody else owns the channel: name another owner first";
    Error::refused(ErrorCode::StateNotAllowed, path, message)
}

/// Being in it, for what everybody in it may do.
pub fn belong(actor: &Actor, standing: &Standing) -> Result<Member> {
    let member = write(actor)?;
    if standing.member.is_some() {
        return Ok(member);
    }
    Err(Error::not_yours("join the channel first"))
}

fn role(standing: &Standing) -> Option<Role> {
    standing.member.as_ref().map(|own| own.role)
}

fn open(standing: &Standing) -> Result<()> {
    if standing.conversation.archived_at.is_none() {
        return Ok(());
    }
    let message = "the conversation is archived: it can only be read";
    Err(Error::refused(ErrorCode::StateNotAllowed, ["id"], message))
}
