use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    entity::reaction::{self, Column},
    error::ErrorCode,
    notice::Notice,
    sql,
    streams::NewEvent,
};

/// On the stream of a discussion: somebody reacted, or took it back; holds [`Changed`]. About what was reacted to.
pub const CHANGED: &str = "reactions_changed";

/// What [`CHANGED`] holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Changed {
    /// The comment that was reacted to; `None` is what is discussed itself.
    pub comment: Option<Uuid>,
}

/// The event that tells of a reaction on the stream of a discussion.
pub fn changed(on: Subject) -> Result<NewEvent> {
    let comment = (on.kind == Kind::Comment).then_some(on.key);
    NewEvent::new(CHANGED, on.key).with(&Changed { comment })
}

/// Different emoji on one thing.
const MOST_KINDS: usize = 50;

/// What kind of thing people react to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A post.
    Post,
    /// A comment.
    Comment,
    /// A message in a conversation.
    Message,
    /// A portfolio item.
    PortfolioItem,
    /// A task.
    Task,
}

impl Kind {
    /// What it is called in ids.
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Comment => "comment",
            Self::Message => "message",
            Self::PortfolioItem => "portfolio_item",
            Self::Task => "task",
        }
    }

    /// The column that names it.
    pub fn column(self) -> Column {
        match self {
            Self::Post => Column::PostId,
            Self::Comment => Column::CommentId,
            Self::Message => Column::MessageId,
            Self::PortfolioItem => Column::PortfolioItemId,
            Self::Task => Column::TaskId,
        }
    }
}

/// Something that people react to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// What it is.
    pub kind: Kind,
    /// Its key.
    pub key: Uuid,
}

impl Subject {
    /// The notice that `actor` reacted to it.
    pub fn notice(self, actor: Uuid) -> Notice {
        let kind = self.kind.name().to_owned();
        Notice::Reacted { actor, kind, subject: self.key }
    }
}

/// The counts that a row keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// JSON: emoji with how often, most used first.
    pub reactions: String,
    /// All of them.
    pub total: i32,
}

impl Counts {
    /// Of a row without reactions.
    pub fn none() -> Self {
        Self { reactions: "[]".to_owned(), total: 0 }
    }
}

/// The counted reactions of a row, most used first.
pub fn groups(reactions: &str) -> Result<Vec<(String, i32)>> {
    serde_json::from_str(reactions).map_err(Error::internal)
}

/// The emoji that somebody sent, in its one spelling; anything else is refused.
pub fn emoji(text: &str) -> Result<&'static str> {
    let found = emojis::get(text.trim()).map(emojis::Emoji::as_str);
    found.ok_or_else(|| Error::refused(ErrorCode::Invalid, ["emoji"], "this is not one emoji"))
}

/// Writes or takes back a reaction of `me`; answers the new counts for the row, which is locked and had
/// `counts`, or nothing when nothing changed. Reacting twice with one emoji is reacting once.
pub async fn change(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    me: Uuid,
    on: Subject,
    emoji: &str,
    add: bool,
    counts: Counts,
) -> Result<Option<Counts>> {
    let changed = match add {
        true => insert(cx, tx, me, on, emoji).await?,
        false => remove(tx, me, on, emoji).await?,
    };
    if changed { recount(counts, emoji, add).map(Some) } else { Ok(None) }
}

/// Takes all reactions from something; its row keeps [`Counts::none`].
pub async fn clear(tx: &impl ConnectionTrait, on: Subject) -> Result<()> {
    reaction::Entity::delete_many().filter(on.kind.column().eq(on.key)).exec(tx).await?;
    Ok(())
}

async fn insert(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    me: Uuid,
    on: Subject,
    emoji: &str,
) -> Result<bool> {
    let key = |kind: Kind| Set((on.kind == kind).then_some(on.key));
    let row = reaction::ActiveModel {
        id: Set(cx.key()),
        profile_id: Set(me),
        emoji: Set(emoji.to_owned()),
        post_id: key(Kind::Post),
        comment_id: key(Kind::Comment),
        message_id: key(Kind::Message),
        portfolio_item_id: key(Kind::PortfolioItem),
        task_id: key(Kind::Task),
    };
    sql::insert_new(tx, row).await
}

async fn remove(tx: &impl ConnectionTrait, me: Uuid, on: Subject, emoji: &str) -> Result<bool> {
    let gone = reaction::Entity::delete_many()
        .filter(on.kind.column().eq(on.key))
        .filter(Column::ProfileId.eq(me))
        .filter(Column::Emoji.eq(emoji))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected > 0)
}

fn recount(counts: Counts, emoji: &str, add: bool) -> Result<Counts> {
    let by = if add { 1 } else { -1 };
    let mut groups = groups(&counts.reactions)?;
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
    let reactions = serde_json::to_string(&groups).map_err(Error::internal)?;
    Ok(Counts { reactions, total: counts.total + by })
}
