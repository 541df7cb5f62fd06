//! Who types: nothing of it is written down.

use uuid::Uuid;

use super::standing;
use crate::{
    Cx, Error, Result,
    chat::policy,
    infra::bus::Passing,
    members,
    streams::{self, Stream},
};

/// Notes that the actor types in a conversation, or types no more, and tells it when that changed or was renewed; what
/// comes more often than once a second is passed over.
pub async fn set_typing(cx: Cx<'_>, conversation: Option<Uuid>, typing: bool) -> Result<()> {
    policy::write(cx.actor)?;
    let standing = standing(cx, cx.db, conversation)
        .await?
        .ok_or_else(|| at_conversation(Error::not_found("conversation")))?;
    let member = policy::send(cx.actor, &standing).map_err(at_conversation)?;
    let id = standing.conversation.id;
    if cx.app.presence.typing(id, member.id, typing).await {
        let passing = Passing::Typing { profile: member.id, typing };
        streams::pass(cx.app, Stream::conversation(id), passing);
    }
    Ok(())
}

/// The same refusal, at the argument that names the conversation.
fn at_conversation(error: Error) -> Error {
    let Error::Refused(mut problems) = error else { return error };
    for problem in &mut problems {
        problem.path = vec!["conversation".into()];
    }
    Error::Refused(problems)
}

/// Who types in each of these conversations, in their order, as the actor may know it: without the actor, and without
/// those who are blocked either way. The audience of a stream is shown everybody. Whether the actor may read the
/// conversations was seen to before.
pub async fn typing_in(cx: Cx<'_>, conversations: &[Uuid]) -> Result<Vec<Vec<Uuid>>> {
    let mut found = cx.app.presence.typing_in(conversations).await;
    let Some(me) = cx.actor.id() else { return Ok(found) };
    let mut all: Vec<Uuid> = found.iter().flatten().copied().collect();
    if all.is_empty() {
        return Ok(found);
    }
    all.sort_unstable();
    all.dedup();
    let apart = members::service::apart_from(cx.db, me, &all).await?;
    for profiles in &mut found {
        profiles.retain(|profile| *profile != me && !apart.contains(profile));
    }
    Ok(found)
}

/// Whether the actor is to be told that this profile types: it is not their own, nor blocked either way.
pub async fn is_told_of_typing(cx: Cx<'_>, profile: Uuid) -> Result<bool> {
    let Some(me) = cx.actor.id() else { return Ok(true) };
    Ok(profile != me
        && !members::service::apart_from(cx.db, me, &[profile]).await?.contains(&profile))
}
