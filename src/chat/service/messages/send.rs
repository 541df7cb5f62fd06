use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{WrittenMessage, locked_room, mentions, messages_by_id, tell};
use crate::{
    Cx, Error, Result,
    chat::{
        policy,
        service::{Line, Room, write_line},
    },
    check::Check,
    client_key,
    entity::{
        conversation_member::{self, Column as Member},
        file_use::Place,
        message::{self, Column, Kind},
    },
    error::ErrorCode,
    files::service::{self as files, On},
    index,
    markdown::{self, Rendered},
    members,
    notice::{self, Notice},
    streams::Events,
};

/// Characters of a message.
const LONGEST: usize = 4_000;
/// The argument that names files.
const ATTACHMENTS: &[&str] = &["input", "attachments"];

/// A message to send.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Where.
    pub conversation: Option<Uuid>,
    /// Markdown; at most 4,000 characters, and not blank unless files hang on it.
    pub body: String,
    /// Files of the sender's to hang on it, in order; `None` is an id that names no file.
    pub attachments: Vec<Option<Uuid>>,
    /// The message that it answers; `Some(None)` is an id that names no message.
    pub reply_to: Option<Option<Uuid>>,
    /// The message in whose thread it stands; `Some(None)` is an id that names no message.
    pub root: Option<Option<Uuid>>,
    /// What the sender's program calls it.
    pub client_key: String,
}

/// What a message hangs on.
struct Context {
    reply_to: Option<Uuid>,
    root: Option<message::Model>,
}

/// Sends a message, and answers it with who wrote it; the same `client_key` answers the first one again.
///
/// On PostgreSQL this is ten statements: the client's key, the conversation's lock, the conversation with what
/// the sender is in it, the sender's face, the conversation's counters, the message, its words, the sender's read mark,
/// the notice, the event; one more looks that the notice of an earlier message goes on waiting. A reply takes one more to
/// find what it answers, one in a thread two more to count on its root and tell so instead of the read mark and the
/// notice, and mentions four.
pub async fn send_message(cx: Cx<'_>, new: NewMessage) -> Result<WrittenMessage> {
    let author = policy::write(cx.actor)?.id;
    let mut check = Check::new();
    let (source, rendered) = text(&mut check, &new.body, !new.attachments.is_empty());
    check.done()?;

    let tx = cx.begin().await?;
    let id = cx.key();
    if let Some(first) = client_key::claim(cx, &tx, Some(&new.client_key), "message", id).await? {
        tx.rollback().await?;
        let found = messages_by_id(cx, &[first]).await?;
        return found.into_iter().next().ok_or_else(|| client_key::gone("message"));
    }
    let missing = || refused(ErrorCode::NotFound, "conversation", "there is no such conversation");
    let room = locked_room(cx, &tx, new.conversation.ok_or_else(missing)?).await?;
    let room = room.ok_or_else(missing)?;
    policy::speak(cx.actor, &room).map_err(at_conversation)?;
    let context = context(&tx, &room, &new).await?;
    let mut conversation = room.standing.conversation;
    let named = mentions::named(cx, &tx, &conversation, author, &rendered.mentions).await?;
    let face = members::service::face(&tx, author).await?;

    let mut events = Events::new();
    let line = Line {
        id,
        kind: Kind::Text,
        author,
        root: context.root.as_ref().map(|root| root.id),
        reply_to: context.reply_to,
        source,
        html: rendered.html,
        mentions: named.kept,
        client_key: Some(new.client_key),
    };
    let message = write_line(cx, &tx, &mut events, &mut conversation, line).await?;
    if let Some(written) = index::of_message(&message) {
        index::put(&tx, &written.document()).await?;
    }
    let on = On::Message(message.id);
    files::hang(cx, &tx, on, Place::Attachment, &new.attachments, ATTACHMENTS).await?;
    mentions::add(&tx, (conversation.id, message.id, message.position), &named.members).await?;
    let all = notice::newly_named(None, message.mentions.as_deref());
    if !all.is_empty() {
        notice::tell(cx, &tx, Notice::MessageNames(message.id, all)).await?;
    }
    match context.root {
        None => {
            have_read(cx, &tx, author, &message).await?;
            notice::tell_of_talk(cx, &tx, conversation.id, message.id).await?;
        }
        Some(root) => count_on_root(cx, &tx, &mut events, root).await?,
    }
    events.commit(cx, tx).await?;
    Ok((message.into(), face.into()))
}

/// Checks and renders a text, which may be blank where files hang on the message.
pub(super) fn text(check: &mut Check, body: &str, has_files: bool) -> (String, Rendered) {
    if has_files && body.trim().is_empty() {
        return (String::new(), markdown::render(""));
    }
    check.markdown(&["body"], body, LONGEST)
}

fn refused(code: ErrorCode, path: &'static str, message: &'static str) -> Error {
    Error::refused(code, ["input", path], message)
}

/// The same refusal, where the conversation is an input.
fn at_conversation(error: Error) -> Error {
    let Error::Refused(mut problems) = error else { return error };
    for problem in &mut problems {
        problem.path = vec!["input".into(), "conversation".into()];
    }
    Error::Refused(problems)
}

/// Finds what the message answers, and the root of its thread, in one statement.
async fn context(tx: &impl ConnectionTrait, room: &Room, new: &NewMessage) -> Result<Context> {
    let wanted = [new.reply_to, new.root].into_iter().flatten().flatten();
    let wanted: Vec<Uuid> = wanted.collect();
    let found = match wanted.is_empty() {
        true => Vec::new(),
        false => {
            let here = Column::ConversationId.eq(room.standing.conversation.id);
            let rows = message::Entity::find().filter(Column::Id.is_in(wanted)).filter(here);
            rows.filter(Column::DeletedAt.is_null()).all(tx).await?
        }
    };
    let find = |id: Option<Uuid>, path| {
        let found = found.iter().find(|row| Some(row.id) == id).cloned();
        let missing = "there is no such message in this conversation";
        found.ok_or_else(|| refused(ErrorCode::NotFound, path, missing))
    };
    let reply_to = match new.reply_to {
        None => None,
        Some(id) => Some(find(id, "replyTo")?),
    };
    let root = match new.root {
        None => None,
        Some(id) => Some(find(id, "threadRoot")?),
    };
    let invalid = |path, message| Err(refused(ErrorCode::Invalid, path, message));
    let by_system =
        |row: &Option<message::Model>| row.as_ref().is_some_and(|r| r.kind != Kind::Text);
    if by_system(&reply_to) {
        return invalid("replyTo", "the system wrote this message");
    }
    if by_system(&root) {
        return invalid("threadRoot", "the system wrote this message");
    }
    if root.as_ref().is_some_and(|root| root.root_id.is_some()) {
        return invalid("threadRoot", "this message stands in a thread itself: name its root");
    }
    Ok(Context { reply_to: reply_to.map(|row| row.id), root })
}

/// Who writes has read everything above.
async fn have_read(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    author: Uuid,
    message: &message::Model,
) -> Result<()> {
    conversation_member::Entity::update_many()
        .col_expr(Member::ReadPosition, Expr::value(message.position))
        .col_expr(Member::ReadNumber, Expr::value(message.number))
        .col_expr(Member::MentionCount, Expr::value(0))
        .col_expr(Member::ReadAt, Expr::value(cx.now()))
        .filter(Member::ConversationId.eq(message.conversation_id))
        .filter(Member::ProfileId.eq(author))
        .exec(tx)
        .await?;
    Ok(())
}

/// Counts an answer in a thread on its root, and tells it.
async fn count_on_root(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    events: &mut Events,
    root: message::Model,
) -> Result<()> {
    let change = message::ActiveModel {
        id: Unchanged(root.id),
        reply_count: Set(root.reply_count + 1),
        last_reply_at: Set(Some(cx.now())),
        ..Default::default()
    };
    let root = change.update(tx).await?;
    tell(cx, tx, events, "message_changed", &root).await
}
