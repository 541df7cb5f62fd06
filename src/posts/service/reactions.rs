use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
};
use uuid::Uuid;

use super::locked;
use crate::{
    Cx, Error, Result,
    entity::post,
    notice,
    posts::policy,
    reactions::service::{self as reactions, Counts, Kind, Subject},
    streams::{self, Stream},
};

/// Reacts to a post, or (not `add`) takes a reaction back; reacting twice with one emoji is reacting once.
pub async fn react(cx: Cx<'_>, id: Uuid, emoji: &str, add: bool) -> Result<post::Model> {
    let me = policy::write(cx.actor)?.id;
    let emoji = reactions::emoji(emoji)?;
    let tx = cx.begin().await?;
    let post = locked(cx, &tx, Some(id)).await?.ok_or_else(|| Error::not_found("post"))?;
    let on = Subject { kind: Kind::Post, key: id };
    let counts = Counts { reactions: post.reactions.clone(), total: post.reaction_count };
    let Some(counts) = reactions::change(cx, &tx, me, on, emoji, add, counts).await? else {
        tx.rollback().await?;
        return Ok(post);
    };
    let row = post::ActiveModel {
        id: Unchanged(id),
        reactions: Set(counts.reactions),
        reaction_count: Set(counts.total),
        ..Default::default()
    };
    let post = row.update(&tx).await?;
    if add {
        notice::tell(cx, &tx, on.notice(me)).await?;
    }
    streams::tell(cx, tx, Stream::discussion(id), [reactions::changed(on)?]).await?;
    Ok(post)
}
