use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ConnectionTrait,
};

use super::{Subject, locked, locked_comment, told};
use crate::{
    Cx, Error, Result,
    entity::{comment, post},
    posts::policy,
    reactions::service::{self as reactions, Counts, Kind},
    streams::NewEvent,
};

/// What was reacted to, as it is now.
#[derive(Clone, Debug)]
pub enum Counted {
    /// A post.
    Post(post::Model),
    /// A comment.
    Comment(comment::Model),
}

impl From<Subject> for reactions::Subject {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Post(key) => Self { kind: Kind::Post, key },
            Subject::Comment(key) => Self { kind: Kind::Comment, key },
        }
    }
}

/// Reacts, or (not `add`) takes a reaction back; reacting twice with one emoji is reacting once.
pub async fn react(cx: Cx<'_>, subject: Subject, emoji: &str, add: bool) -> Result<Counted> {
    let me = policy::write(cx.actor)?.id;
    let missing = || Error::not_found("post or comment");
    let emoji = reactions::emoji(emoji)?;
    let tx = cx.begin().await?;
    let counted = match subject {
        Subject::Post(id) => Counted::Post(locked(cx, &tx, Some(id)).await?.ok_or_else(missing)?),
        Subject::Comment(id) => {
            let comment = locked_comment(cx, &tx, Some(id)).await?.ok_or_else(missing)?;
            policy::join_comment(cx.actor, &comment)?;
            Counted::Comment(comment)
        }
    };
    let (reactions, total) = match &counted {
        Counted::Post(row) => (row.reactions.clone(), row.reaction_count),
        Counted::Comment(row) => (row.reactions.clone(), row.reaction_count),
    };
    let counts = Counts { reactions, total };
    let counts = reactions::change(cx, &tx, me, subject.into(), emoji, add, counts).await?;
    let Some(counts) = counts else {
        tx.rollback().await?;
        return Ok(counted);
    };
    let counted = keep(&tx, counted, counts).await?;
    let (post, comment) = match &counted {
        Counted::Post(row) => (row.id, None),
        Counted::Comment(row) => (row.post_id.unwrap_or_default(), Some(row.id)),
    };
    let event = NewEvent::new(told::REACTIONS_CHANGED, subject.key());
    told::tell(cx, tx, post, [event.with(&told::Reactions { comment })?]).await?;
    Ok(counted)
}

/// Writes the new counts; the row is locked.
async fn keep(tx: &impl ConnectionTrait, counted: Counted, counts: Counts) -> Result<Counted> {
    let (reactions, reaction_count) = (Set(counts.reactions), Set(counts.total));
    Ok(match counted {
        Counted::Post(row) => {
            let id = Unchanged(row.id);
            let row = post::ActiveModel { id, reactions, reaction_count, ..Default::default() };
            Counted::Post(row.update(tx).await?)
        }
        Counted::Comment(row) => {
            let id = Unchanged(row.id);
            let row = comment::ActiveModel { id, reactions, reaction_count, ..Default::default() };
            Counted::Comment(row.update(tx).await?)
        }
    })
}
