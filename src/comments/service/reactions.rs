use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
};
use uuid::Uuid;

use super::{On, locked, on::open};
use crate::{
    Cx, Error, Result,
    comments::policy,
    entity::comment,
    notice,
    reactions::service::{self as reactions, Counts, Kind, Subject},
    streams::{self, Stream},
};

/// Reacts to a comment, or (not `add`) takes a reaction back; reacting twice with one emoji is reacting once.
pub async fn react(cx: Cx<'_>, id: Uuid, emoji: &str, add: bool) -> Result<comment::Model> {
    let me = policy::write(cx.actor)?.id;
    let emoji = reactions::emoji(emoji)?;
    let tx = cx.begin().await?;
    let comment = locked(cx, &tx, Some(id)).await?.ok_or_else(|| Error::not_found("comment"))?;
    policy::join(cx.actor, &comment)?;
    open(cx, &tx, On::of(&comment)?, &["id"]).await?;
    let on = Subject { kind: Kind::Comment, key: id };
    let counts = Counts { reactions: comment.reactions.clone(), total: comment.reaction_count };
    let Some(counts) = reactions::change(cx, &tx, me, on, emoji, add, counts).await? else {
        tx.rollback().await?;
        return Ok(comment);
    };
    let row = comment::ActiveModel {
        id: Unchanged(id),
        reactions: Set(counts.reactions),
        reaction_count: Set(counts.total),
        ..Default::default()
    };
    let comment = row.update(&tx).await?;
    if add {
        notice::tell(cx, &tx, on.notice(me)).await?;
    }
    let stands_on = On::of(&comment)?;
    let event = stands_on.event(reactions::changed(on)?);
    streams::tell(cx, tx, Stream::discussion(stands_on.key()), [event]).await?;
    Ok(comment)
}
