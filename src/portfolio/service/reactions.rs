use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
};
use uuid::Uuid;

use super::locked;
use crate::{
    Cx, Error, Result,
    entity::portfolio_item,
    notice,
    portfolio::policy,
    posts,
    reactions::service::{self as reactions, Counts, Kind, Subject},
    streams::{self, Stream},
};

/// Reacts to a published portfolio item, or (not `add`) takes a reaction back; reacting twice with one emoji is reacting once.
pub async fn react(cx: Cx<'_>, id: Uuid, emoji: &str, add: bool) -> Result<portfolio_item::Model> {
    posts::policy::write(cx.actor)?;
    let emoji = reactions::emoji(emoji)?;
    let tx = cx.begin().await?;
    let missing = || Error::not_found("portfolio item");
    let item = locked(cx, &tx, Some(id)).await?.ok_or_else(missing)?;
    let me = policy::join(cx.actor, &item)?.id;
    let on = Subject { kind: Kind::PortfolioItem, key: id };
    let counts = Counts { reactions: item.reactions.clone(), total: item.reaction_count };
    let Some(counts) = reactions::change(cx, &tx, me, on, emoji, add, counts).await? else {
        tx.rollback().await?;
        return Ok(item);
    };
    let row = portfolio_item::ActiveModel {
        id: Unchanged(id),
        reactions: Set(counts.reactions),
        reaction_count: Set(counts.total),
        ..Default::default()
    };
    let item = row.update(&tx).await?;
    if add {
        notice::tell(cx, &tx, on.notice(me)).await?;
    }
    streams::tell(cx, tx, Stream::discussion(id), [reactions::changed(on)?]).await?;
    Ok(item)
}
