use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
};
use uuid::Uuid;

use super::{locked_message, tell};
use crate::{
    Cx, Result,
    chat::policy,
    entity::message,
    notice,
    reactions::service::{self as reactions, Counts, Kind, Subject},
    streams::Events,
};

/// Reacts to a message, or (not `add`) takes a reaction back; reacting twice with one emoji is reacting once.
pub async fn react(cx: Cx<'_>, id: Uuid, emoji: &str, add: bool) -> Result<message::Model> {
    policy::write(cx.actor)?;
    let emoji = reactions::emoji(emoji)?;
    let tx = cx.begin().await?;
    let (room, message) = locked_message(cx, &tx, Some(id)).await?;
    let me = policy::react(cx.actor, &room, &message)?.id;
    let on = Subject { kind: Kind::Message, key: id };
    let counts = Counts { reactions: message.reactions.clone(), total: message.reaction_count };
    let Some(counts) = reactions::change(cx, &tx, me, on, emoji, add, counts).await? else {
        tx.rollback().await?;
        return Ok(message);
    };
    let row = message::ActiveModel {
        id: Unchanged(id),
        reactions: Set(counts.reactions),
        reaction_count: Set(counts.total),
        ..Default::default()
    };
    let message = row.update(&tx).await?;
    if add {
        notice::tell(cx, &tx, on.notice(me)).await?;
    }
    let mut events = Events::new();
    tell(cx, &tx, &mut events, "reactions_changed", &message).await?;
    events.commit(cx, tx).await?;
    Ok(message)
}
