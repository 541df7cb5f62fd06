use async_graphql::{Context, ID};

use super::{Message, MessageConnection};
use crate::{
    Error,
    chat::loaders::{MessagesLoaders, Pivot, Via, Window},
    entity::conversation,
    graph::{ContextExt, Result, decode},
    page::{Ask, MAX, Place},
};

/// Messages on a page when nobody says how many.
const PAGE: u16 = 50;

/// Which of a conversation's messages are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// How many from the beginning, or after `after`.
    pub first: Option<i32>,
    /// The cursor after which the page begins.
    pub after: Option<String>,
    /// How many up to the end, or to `before`.
    pub last: Option<i32>,
    /// The cursor before which the page ends.
    pub before: Option<String>,
    /// The message in the middle of the page.
    pub around: Option<ID>,
}

impl Wanted {
    /// The window that is asked for; arguments that say two things at once are refused.
    fn window(&self) -> crate::Result<Window> {
        let forward = self.after.is_some();
        let backward = self.before.is_some();
        let both = self.first.is_some() && self.last.is_some();
        let across = forward && (backward || self.last.is_some())
            || backward && self.first.is_some()
            || self.around.is_some() && (forward || backward);
        if both || across {
            let message = "ask for `first` with `after`, `last` with `before`, or `around`";
            return Err(Error::BadRequest(message.into()));
        }
        let size = size("first", self.first)?.or(size("last", self.last)?).unwrap_or(PAGE);
        let position = |cursor: &str| Place::decode(cursor)?.position();
        if let Some(message) = &self.around {
            let id = decode("message", message).ok_or_else(no_message)?;
            return Ok(Window::around(size, Pivot::Message(id)));
        }
        if let Some(after) = &self.after {
            return Ok(Window::first(size, position(after)?.saturating_add(1)));
        }
        if let Some(before) = &self.before {
            return Ok(Window::last(size, position(before)?));
        }
        Ok(match (self.first, self.last) {
            (Some(_), _) => Window::first(size, i32::MIN),
            (_, Some(_)) => Window::last(size, i32::MAX),
            _ => Window::around(size, Pivot::Unread),
        })
    }
}

fn size(argument: &str, size: Option<i32>) -> crate::Result<Option<u16>> {
    let Some(size) = size else { return Ok(None) };
    let found = u16::try_from(size).ok().filter(|_| (1..=MAX).contains(&size));
    let refused = || Error::BadRequest(format!("`{argument}` must be 1 to {MAX}").into());
    found.ok_or_else(refused).map(Some)
}

fn no_message() -> Error {
    Error::BadRequest("`around` is no message of this conversation".into())
}

/// What is said in a conversation outside of its threads, newest last; without arguments around the first
/// message that the actor has not read, or the newest. Conversations of one list that ask alike are read in one
/// statement.
pub async fn messages(
    ctx: &Context<'_>,
    conversation: &conversation::Model,
    wanted: Wanted,
) -> Result<MessageConnection> {
    let window = wanted.window()?;
    let page = ctx.loaders().of::<MessagesLoaders>().window(conversation.id, window).await?;
    if wanted.around.is_some() && page.items.is_empty() {
        return Err(no_message().into());
    }
    Ok(MessageConnection::of(&page, Via::PAGE))
}

/// What has answers in a thread, the last answered first.
pub async fn threads(
    ctx: &Context<'_>,
    conversation: &conversation::Model,
    first: i32,
    after: Option<String>,
) -> Result<MessageConnection> {
    let ask = Ask::new(first, after.as_deref())?;
    let page = ctx.loaders().of::<MessagesLoaders>().threads(conversation.id, ask).await?;
    Ok(MessageConnection::of(&page, Via::THREADS))
}

/// What is pinned, the last pinned first.
pub async fn pinned(ctx: &Context<'_>, conversation: &conversation::Model) -> Result<Vec<Message>> {
    let rows = ctx.loaders().of::<MessagesLoaders>().pinned(conversation.id).await?;
    Ok(rows.iter().map(|row| Message::loaded(row, Via::PINNED)).collect())
}

/// Messages that hold all words of a text, newest first.
pub async fn search(
    ctx: &Context<'_>,
    conversation: &conversation::Model,
    text: &str,
    first: i32,
    after: Option<String>,
) -> Result<MessageConnection> {
    let ask = Ask::new(first, after.as_deref())?;
    ask.below()?;
    let page = ctx.loaders().of::<MessagesLoaders>().search(conversation.id, text, ask).await?;
    Ok(MessageConnection::of(&page, Via::FOUND))
}

/// The last message outside of threads.
pub async fn last_message(
    ctx: &Context<'_>,
    conversation: &conversation::Model,
) -> Result<Option<Message>> {
    single(ctx, conversation, Window::last(1, i32::MAX), Via::LAST).await
}

/// The first message that the actor has not read, outside of threads.
pub async fn first_unread_message(
    ctx: &Context<'_>,
    conversation: &conversation::Model,
) -> Result<Option<Message>> {
    let window = Window { pivot: Pivot::Unread, before: 0, from: 1, size: 1 };
    single(ctx, conversation, window, Via::UNREAD).await
}

/// The last message that the actor has read, outside of threads.
pub async fn last_read_message(
    ctx: &Context<'_>,
    conversation: &conversation::Model,
) -> Result<Option<Message>> {
    let window = Window { pivot: Pivot::Read, before: 1, from: 0, size: 1 };
    single(ctx, conversation, window, Via::READ).await
}

async fn single(
    ctx: &Context<'_>,
    conversation: &conversation::Model,
    window: Window,
    via: Via,
) -> Result<Option<Message>> {
    let page = ctx.loaders().of::<MessagesLoaders>().window(conversation.id, window).await?;
    Ok(page.items.first().map(|(_, row)| Message::loaded(row, via)))
}
