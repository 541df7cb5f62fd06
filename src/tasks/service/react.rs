use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
};
use uuid::Uuid;

use super::locked;
use crate::{
    Cx, Result,
    entity::task,
    notice, posts,
    reactions::service::{self as reactions, Counts, Kind, Subject},
    streams::{self, Stream},
    tasks::policy,
};

/// Reacts to a task, or (not `add`) takes a reaction back; reacting twice with one emoji is reacting once. Its version
/// stays: nothing that it says has changed.
pub async fn react(cx: Cx<'_>, id: Uuid, emoji: &str, add: bool) -> Result<task::Model> {
    posts::policy::write(cx.actor)?;
    let emoji = reactions::emoji(emoji)?;
    let tx = cx.begin().await?;
    let (task, standing) = locked(cx, &tx, Some(id)).await?;
    let me = policy::join(cx.actor, &standing.board, standing.role)?.id;
    let on = Subject { kind: Kind::Task, key: id };
    let counts = Counts { reactions: task.reactions.clone(), total: task.reaction_count };
    let Some(counts) = reactions::change(cx, &tx, me, on, emoji, add, counts).await? else {
        tx.rollback().await?;
        return Ok(task);
    };
    let row = task::ActiveModel {
        id: Unchanged(id),
        reactions: Set(counts.reactions),
        reaction_count: Set(counts.total),
        ..Default::default()
    };
    let task = row.update(&tx).await?;
    if add {
        notice::tell(cx, &tx, on.notice(me)).await?;
    }
    // Its board says who may see it, and does not tell those who follow its discussion.
    let event = reactions::changed(on)?.changes_access();
    streams::tell(cx, tx, Stream::discussion(id), [event]).await?;
    Ok(task)
}
