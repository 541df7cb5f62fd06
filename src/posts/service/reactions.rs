use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{Subject, locked, locked_comment, told};
use crate::{
    Cx, Error, Result,
    entity::{comment, post, reaction},
    error::ErrorCode,
    posts::policy,
    sql,
    streams::NewEvent,
};

/// Different emoji on one thing.
const MOST_KINDS: usize = 50;

/// What was reacted to, as it is now.
#[derive(Clone, Debug)]
pub enum Counted {
    /// A post.
    Post(post::Model),
    /// A comment.
    Comment(comment::Model),
}

/// The counted reactions of a row, most used first.
pub fn groups(reactions: &str) -> Result<Vec<(String, i32)>> {
    serde_json::from_str(reactions).map_err(Error::internal)
}

/// Reacts; reacting twice with one emoji is reacting once.
pub async fn react(cx: Cx<'_>, id: Option<Subject>, emoji: &str) -> Result<Counted> {
    change(cx, id, emoji, true).await
}

/// Takes a reaction back.
pub async fn unreact(cx: Cx<'_>, id: Option<Subject>, emoji: &str) -> Result<Counted> {
    change(cx, id, emoji, false).await
}

async fn change(cx: Cx<'_>, id: Option<Subject>, emoji: &str, add: bool) -> Result<Counted> {
    let me = policy::write(cx.actor)?.id;
    let missing = || Error::not_found("post or comment");
    let subject = id.ok_or_else(missing)?;
    let Some(emoji) = emojis::get(emoji.trim()).map(emojis::Emoji::as_str) else {
        let message = "this is not one emoji";
        return Err(Error::refused(ErrorCode::Invalid, ["emoji"], message));
    };
    let tx = cx.begin().await?;
    let counted = match subject {
        Subject::Post(id) => Counted::Post(locked(cx, &tx, Some(id)).await?.ok_or_else(missing)?),
        Subject::Comment(id) => {
            let comment = locked_comment(cx, &tx, Some(id)).await?.ok_or_else(missing)?;
            policy::join_comment(cx.actor, &comment)?;
            Counted::Comment(comment)
        }
    };
    let changed = match add {
        true => insert(cx, &tx, me, subject, emoji).await?,
        false => remove(&tx, me, subject, emoji).await?,
    };
    if !changed {
        tx.rollback().await?;
        return Ok(counted);
    }
    let counted = recount(&tx, counted, emoji, add).await?;
    let (post, comment) = match &counted {
        Counted::Post(row) => (row.id, None),
        Counted::Comment(row) => (row.post_id, Some(row.id)),
    };
    let event = NewEvent::new(told::REACTIONS_CHANGED, subject.key());
    told::tell(cx, tx, post, [event.with(&told::Reactions { comment })?]).await?;
    Ok(counted)
}

async fn insert(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    me: Uuid,
    subject: Subject,
    emoji: &str,
) -> Result<bool> {
    let (post, comment) = match subject {
        Subject::Post(id) => (Some(id), None),
        Subject::Comment(id) => (None, Some(id)),
    };
    let row = reaction::ActiveModel {
        id: Set(cx.key()),
        profile_id: Set(me),
        emoji: Set(emoji.to_owned()),
        post_id: Set(post),
        comment_id: Set(comment),
        message_id: Set(None),
    };
    sql::insert_new(tx, row).await
}

async fn remove(
    tx: &impl ConnectionTrait,
    me: Uuid,
    subject: Subject,
    emoji: &str,
) -> Result<bool> {
    let on = match subject {
        Subject::Post(id) => reaction::Column::PostId.eq(id),
        Subject::Comment(id) => reaction::Column::CommentId.eq(id),
    };
    let gone = reaction::Entity::delete_many()
        .filter(on)
        .filter(reaction::Column::ProfileId.eq(me))
        .filter(reaction::Column::Emoji.eq(emoji))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Writes the new counts; the row is locked.
async fn recount(
    tx: &impl ConnectionTrait,
    counted: Counted,
    emoji: &str,
    add: bool,
) -> Result<Counted> {
    let (reactions, total) = match &counted {
        Counted::Post(row) => (&row.reactions, row.reaction_count),
        Counted::Comment(row) => (&row.reactions, row.reaction_count),
    };
    let by = if add { 1 } else { -1 };
    let mut groups = groups(reactions)?;
    match groups.iter_mut().find(|(found, _)| found == emoji) {
        Some((_, count)) => *count += by,
        None => groups.push((emoji.to_owned(), by)),
    }
    groups.retain(|(_, count)| *count > 0);
    if groups.len() > MOST_KINDS {
        let message =
            format!("there are {MOST_KINDS} different reactions already: use one of them");
        return Err(Error::refused(ErrorCode::QuotaExceeded, ["emoji"], message));
    }
    // Stable: of those used alike, the earliest comes first.
    groups.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let reactions = Set(serde_json::to_string(&groups).map_err(Error::internal)?);
    let reaction_count = Set(total + by);
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
