use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ConnectionTrait, EntityTrait as _,
};
use uuid::Uuid;

use super::{locked_message, mentions, send, tell};
use crate::{
    Cx, Error, Result,
    chat::policy,
    check::Check,
    entity::{file_use::Place, message, revision},
    files::service::{self as files, On},
    index,
    notice::{self, Notice},
    streams::Events,
};

/// Changes the text of a message; what it was is kept. The same text again changes nothing. With `attachments` these
/// files hang on it from now on, in place of those that did.
pub async fn change_message(
    cx: Cx<'_>,
    id: Option<Uuid>,
    text: &str,
    attachments: Option<Vec<Option<Uuid>>>,
) -> Result<message::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let (room, message) = locked_message(cx, &tx, id).await?;
    let me = policy::edit(cx.actor, &room, &message)?.id;
    let mut check = Check::new();
    let on = On::Message(message.id);
    let has_files = match &attachments {
        Some(files) => !files.is_empty(),
        None => text.trim().is_empty() && files::any_on(&tx, on, Place::Attachment).await?,
    };
    let (source, rendered) = send::text(&mut check, text, has_files);
    check.done().map_err(Error::outside_input)?;
    if source == message.body_source && attachments.is_none() {
        tx.rollback().await?;
        return Ok(message);
    }
    if let Some(files) = &attachments {
        files::rehang(cx, &tx, on, Place::Attachment, files, &["attachments"]).await?;
    }
    keep(cx, &tx, &message, me).await?;
    let conversation = &room.standing.conversation;
    let named = mentions::named(cx, &tx, conversation, message.author_id, &rendered.mentions);
    let named = named.await?;
    let before = mentions::of(&tx, message.id).await?;
    let without = |these: &[Uuid], others: &[Uuid]| -> Vec<Uuid> {
        these.iter().copied().filter(|key| !others.contains(key)).collect()
    };
    let place = (message.conversation_id, message.id, message.position);
    mentions::remove(&tx, place, &without(&before, &named.members)).await?;
    mentions::add(&tx, place, &without(&named.members, &before)).await?;
    let row = message::ActiveModel {
        id: Unchanged(message.id),
        body_source: Set(source),
        body_html: Set(rendered.html),
        mentions: Set(named.kept.clone()),
        version: Set(message.version + 1),
        edited_at: Set(Some(cx.now())),
        ..Default::default()
    };
    let named = notice::newly_named(message.mentions.as_deref(), named.kept.as_deref());
    let message = row.update(&tx).await?;
    index::put_message(&tx, &message).await?;
    if !named.is_empty() {
        notice::tell(cx, &tx, Notice::MessageNames(message.id, named)).await?;
    }
    let mut events = Events::new();
    tell(cx, &tx, &mut events, "message_changed", &message).await?;
    events.commit(cx, tx).await?;
    Ok(message)
}

/// Keeps the wording that is about to be replaced.
async fn keep(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    message: &message::Model,
    editor: Uuid,
) -> Result<()> {
    let row = revision::ActiveModel {
        id: Set(cx.key()),
        post_id: Set(None),
        message_id: Set(Some(message.id)),
        editor_id: Set(editor),
        version: Set(message.version),
        title: Set(None),
        body_source: Set(message.body_source.clone()),
        body_html: Set(message.body_html.clone()),
        mentions: Set(message.mentions.clone()),
    };
    revision::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
