use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    SqlErr,
};
use uuid::Uuid;

use super::{
    locked,
    open::{TITLE, TOPIC, slug, taken},
    people::system,
    write_line,
};
use crate::{
    Cx, Error, Result,
    chat::policy,
    check::Check,
    entity::{
        conversation::{self, Kind, Visibility},
        message,
    },
    error::ErrorCode,
    markdown,
    streams::{Events, NewEvent, Stream},
};

/// What to change in a conversation: `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// A new title; a channel always has one.
    pub title: Option<Option<String>>,
    /// What a channel is for.
    pub topic: Option<Option<String>>,
    /// A channel's name in addresses.
    pub slug: Option<String>,
    /// Who may find and read a channel from now on.
    pub visibility: Option<Visibility>,
    /// Whether a channel is put away: it can be read, not written.
    pub archived: Option<bool>,
}

/// Changes a channel, or the title of a circle. What is as it should be writes nothing and tells nobody.
pub async fn update(cx: Cx<'_>, id: Option<Uuid>, changes: Changes) -> Result<conversation::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, id).await?;
    let standing = standing.ok_or_else(|| Error::not_found("conversation"))?;
    let me = policy::change(cx.actor, &standing)?.id;
    let mut conversation = standing.conversation;
    let next = changed(cx, &conversation, &changes)?;
    if next == conversation {
        return Ok(conversation);
    }
    if conversation.archived_at.is_some() && next.archived_at.is_some() {
        let message = "the conversation is archived: take it out first";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["id"], message));
    }
    let is_retitled = next.title != conversation.title;
    let is_shown_to_others = next.visibility != conversation.visibility;
    let row = conversation::ActiveModel {
        id: Unchanged(conversation.id),
        slug: Set(next.slug),
        title: Set(next.title),
        topic: Set(next.topic),
        visibility: Set(next.visibility),
        archived_at: Set(next.archived_at),
        ..Default::default()
    };
    conversation = row.update(&tx).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
        _ => error.into(),
    })?;
    let mut events = Events::new();
    if is_retitled {
        let title = conversation.title.clone().unwrap_or_default();
        let mut line = system(cx, message::Kind::TitleChanged, me);
        line.html = markdown::escape(&title);
        line.source = title;
        write_line(cx, &tx, &mut events, &mut conversation, line).await?;
    }
    let event = NewEvent::new("conversation_changed", conversation.id);
    let event = if is_shown_to_others { event.changes_access() } else { event };
    events.append(cx, &tx, Stream::conversation(conversation.id), event).await?;
    events.commit(cx, tx).await?;
    Ok(conversation)
}

/// The conversation as it should be.
fn changed(
    cx: Cx<'_>,
    row: &conversation::Model,
    changes: &Changes,
) -> Result<conversation::Model> {
    let mut check = Check::new();
    let mut next = row.clone();
    let is_channel = row.kind == Kind::Channel;
    if let Some(title) = &changes.title {
        let text = title.as_deref().unwrap_or_default();
        next.title = if is_channel {
            Some(check.line(&["title"], text, 1..=TITLE))
        } else {
            check.optional_line(&["title"], text, TITLE)
        };
    }
    if let Some(topic) = &changes.topic {
        let text = topic.as_deref().unwrap_or_default();
        next.topic = check.optional_line(&["topic"], text, TOPIC);
    }
    if let Some(text) = &changes.slug {
        next.slug = Some(slug(&mut check, text));
    }
    if let Some(visibility) = changes.visibility {
        next.visibility = visibility;
    }
    if let Some(archived) = changes.archived {
        next.archived_at = archived.then(|| row.archived_at.unwrap_or_else(|| cx.now()));
    }
    let of_channels = [
        ("topic", changes.topic.is_some()),
        ("slug", changes.slug.is_some()),
        ("visibility", changes.visibility.is_some()),
        ("archived", changes.archived.is_some()),
    ];
    for (field, _) in of_channels.iter().filter(|(_, given)| *given && !is_channel) {
        check.problem(ErrorCode::Invalid, &[field], "only channels have this");
    }
    check.done()?;
    Ok(next)
}
