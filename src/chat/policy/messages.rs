use super::{keep_in_view, moderate, send, write};
use crate::{
    Actor, Error, Result,
    chat::service::Room,
    cx::Member,
    entity::{account, conversation::Visibility, message},
    error::ErrorCode,
    scope::Scope,
};

/// Saying something: who is in the conversation, while it is open; in a direct talk, unless one of the two
/// blocked the other.
pub fn speak(actor: &Actor, room: &Room) -> Result<Member> {
    send(actor, &room.standing)
}

/// Answering a message, or opening a thread under it: what somebody wrote, while it stands.
pub fn reply(actor: &Actor, room: &Room, message: &message::Model) -> Result<Member> {
    stands(message)?;
    is_written(message)?;
    speak(actor, room)
}

/// Changing a message: its author, while it stands and they may speak there.
pub fn edit(actor: &Actor, room: &Room, message: &message::Model) -> Result<Member> {
    let member = write(actor)?;
    stands(message)?;
    if member.id != message.author_id || message.kind != message::Kind::Text {
        return Err(Error::not_yours("only its author may change a message"));
    }
    speak(actor, room)
}

/// Deleting a message that somebody wrote: its author, wherever they may read it; the moderators and owners of
/// its channel; in public channels those of the community too.
pub fn delete(actor: &Actor, room: &Room, message: &message::Model) -> Result<Member> {
    let member = actor.member()?;
    stands(message)?;
    is_written(message)?;
    if member.id == message.author_id || moderate(actor, &room.standing).is_ok() {
        return write(actor);
    }
    let public = room.standing.conversation.visibility == Visibility::Public;
    if public && member.role >= account::Role::Moderator {
        actor.allows(Scope::Moderate)?;
        return Ok(member);
    }
    Err(Error::not_yours("only its author and moderators may delete a message"))
}

/// Pinning what somebody wrote: in a channel its moderators and owners, elsewhere everybody who is in it.
pub fn pin(actor: &Actor, room: &Room, message: &message::Model) -> Result<Member> {
    stands(message)?;
    is_written(message)?;
    keep_in_view(actor, &room.standing)
}

/// Reacting: who may speak there, while the message stands.
pub fn react(actor: &Actor, room: &Room, message: &message::Model) -> Result<Member> {
    stands(message)?;
    speak(actor, room)
}

fn stands(message: &message::Model) -> Result<()> {
    if message.deleted_at.is_none() { Ok(()) } else { Err(Error::not_found("message")) }
}

fn is_written(message: &message::Model) -> Result<()> {
    if message.kind == message::Kind::Text {
        return Ok(());
    }
    Err(Error::refused(ErrorCode::Invalid, ["id"], "the system wrote this message"))
}
