use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::Conversation;
use crate::{
    Error,
    chat::{
        loaders::{MessagesLoaders, Via},
        policy,
        service::{Room, WrittenMessage},
    },
    clock::made_at,
    entity::{
        file_use::Place,
        message::{self, Kind},
    },
    files::{File, service as files},
    graph::{ContextExt, DateTime, Emoji, Result, connection, encode},
    members::{self, Profile, RichText},
    page::{Ask, Page},
    posts::{Revision, RevisionConnection},
    reactions::{self, On, ReactionGroup, service as reacted},
};

/// A message in a conversation.
#[derive(Clone, Debug)]
pub struct Message {
    row: Arc<message::Model>,
    author: Option<Profile>,
    via: Via,
}

impl From<message::Model> for Message {
    /// A message alone; its author is loaded when asked for.
    fn from(row: message::Model) -> Self {
        Self { row: row.into(), author: None, via: Via::ITSELF }
    }
}

impl Message {
    /// A message that was read with its author, and reached this way.
    pub fn loaded((row, author): &WrittenMessage, via: Via) -> Self {
        Self { row: row.clone(), author: Some(Profile::face(author.clone())), via }
    }

    /// Its reactions.
    pub(crate) fn groups(&self) -> crate::Result<Vec<ReactionGroup>> {
        ReactionGroup::list(reacted(&self.row, self.via), &self.row.reactions)
    }
}

fn reacted(row: &message::Model, via: Via) -> On {
    let subject = reacted::Subject { kind: reacted::Kind::Message, key: row.id };
    On { subject, place: via.number() }
}

/// The conversation of a message that was read, and the caller in it.
async fn room(ctx: &Context<'_>, row: &message::Model, via: Via) -> Result<Arc<Room>> {
    let at = ctx.loaders().of::<MessagesLoaders>().at(via);
    let room = at.room(row.conversation_id).await?;
    Ok(room.ok_or_else(|| Error::bug("a message stands in no visible conversation"))?)
}

/// A message in a conversation.
#[Object]
impl Message {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("message", self.row.id)
    }

    /// Where it stands.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Conversation> {
        let room = Box::pin(room(ctx, &self.row, self.via)).await?;
        Ok(Conversation(room.standing.conversation.clone().into()))
    }

    /// Who wrote it, or did what it tells; null when their account is gone.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        if let Some(author) = &self.author {
            return Some(Ok(author.clone()));
        }
        let author = ctx.loaders().of::<members::Loaders>().by_id(self.row.author_id).await;
        author.map(|author| author.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// What it is.
    async fn message_kind(&self) -> Kind {
        self.row.kind
    }

    /// The text, or what a message of the system tells; null once deleted, and where there is none.
    async fn body(&self) -> Option<RichText> {
        let is_empty = self.row.body_html.is_empty();
        (!is_empty).then(|| RichText::Message(self.row.clone(), self.via))
    }

    /// The files that hang on it, in order; none once deleted.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        File::hung(ctx, files::On::Message(self.row.id), Place::Attachment).await
    }

    /// When it was sent.
    async fn created_at(&self) -> DateTime {
        made_at(self.row.id).into()
    }

    /// When its text was last changed, if it was.
    async fn edited_at(&self) -> Option<DateTime> {
        self.row.edited_at.map(Into::into)
    }

    /// When it was deleted, if it was: only a mark is left of it.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.row.deleted_at.map(Into::into)
    }

    /// When it was pinned, if it is.
    async fn pinned_at(&self) -> Option<DateTime> {
        self.row.pinned_at.map(Into::into)
    }

    /// What the sender's program called it; match it with your optimistic copy.
    async fn client_key(&self) -> Option<&str> {
        self.row.client_key.as_deref()
    }

    /// The message that it answers, or of a message PINNED the one that was pinned.
    async fn reply_to(&self, ctx: &Context<'_>) -> Option<Result<Message>> {
        let at = ctx.loaders().of::<MessagesLoaders>().at(self.via);
        let found = at.reply_to(self.row.reply_to_id?).await;
        let message = |row: Arc<WrittenMessage>| Self::loaded(&row, self.via.reply_to());
        found.map(|row| row.map(message)).map_err(Into::into).transpose()
    }

    /// The message in whose thread it stands; null outside of threads.
    async fn thread_root(&self, ctx: &Context<'_>) -> Option<Result<Message>> {
        let at = ctx.loaders().of::<MessagesLoaders>().at(self.via);
        let found = at.thread_root(self.row.root_id?).await;
        let message = |row: Arc<WrittenMessage>| Self::loaded(&row, self.via.thread_root());
        found.map(|row| row.map(message)).map_err(Into::into).transpose()
    }

    /// How many messages stand in its thread, without those that were deleted.
    async fn reply_count(&self) -> i32 {
        self.row.reply_count
    }

    /// When its thread was last answered in.
    async fn last_reply_at(&self) -> Option<DateTime> {
        self.row.last_reply_at.map(Into::into)
    }

    /// The messages in its thread, oldest first, with the marks of those that were deleted.
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<MessageConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let at = ctx.loaders().of::<MessagesLoaders>().at(self.via);
        let page = at.replies(self.row.id, ask).await?;
        Ok(MessageConnection::of(&page, self.via.replies()))
    }

    /// Reactions by emoji, most used first.
    pub(crate) async fn reactions(&self) -> Result<Vec<ReactionGroup>> {
        Ok(self.groups()?)
    }

    /// How many reacted, counted once for each emoji.
    pub(crate) async fn reaction_count(&self) -> i32 {
        self.row.reaction_count
    }

    /// Its earlier wordings, latest first.
    async fn revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<RevisionConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let at = ctx.loaders().of::<MessagesLoaders>().at(self.via);
        let page = at.revisions(self.row.id, ask).await?;
        Ok(RevisionConnection(Page::clone(&page).map(Revision)))
    }

    /// You and this message; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<MessageViewer> {
        ctx.cx().actor.id().map(|_| MessageViewer { row: self.row.clone(), via: self.via })
    }
}

/// You and a message: what you did, what you may do.
#[derive(Debug)]
pub struct MessageViewer {
    row: Arc<message::Model>,
    via: Via,
}

type Rule = fn(&crate::Actor, &Room, &message::Model) -> crate::Result<crate::cx::Member>;

impl MessageViewer {
    async fn can(&self, ctx: &Context<'_>, rule: Rule) -> Result<bool> {
        let room = Box::pin(room(ctx, &self.row, self.via)).await?;
        Ok(rule(ctx.cx().actor, &room, &self.row).is_ok())
    }
}

/// You and a message: what you did, what you may do.
#[Object]
impl MessageViewer {
    /// What you reacted with, in the order you did.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<Emoji>> {
        reactions::mine(ctx, reacted(&self.row, self.via)).await
    }

    /// Whether you wrote it.
    async fn is_author(&self, ctx: &Context<'_>) -> bool {
        ctx.cx().actor.is(self.row.author_id)
    }

    /// Whether somebody else named you in it.
    async fn mentions_me(&self, ctx: &Context<'_>) -> Result<bool> {
        let (Some(me), Some(named)) = (ctx.cx().actor.id(), &self.row.mentions) else {
            return Ok(false);
        };
        let named: Vec<uuid::Uuid> = serde_json::from_str(named).map_err(Error::internal)?;
        Ok(me != self.row.author_id && named.contains(&me))
    }

    /// Whether you blocked its author: fold it away.
    async fn is_author_blocked(&self, ctx: &Context<'_>) -> Result<bool> {
        let at = ctx.loaders().of::<MessagesLoaders>().at(self.via);
        Ok(at.blocked(self.row.author_id).await?)
    }

    /// Whether `messageUpdate` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        self.can(ctx, policy::edit).await
    }

    /// Whether `messageDelete` would be allowed.
    async fn can_delete(&self, ctx: &Context<'_>) -> Result<bool> {
        self.can(ctx, policy::delete).await
    }

    /// Whether `messagePin` would be allowed.
    async fn can_pin(&self, ctx: &Context<'_>) -> Result<bool> {
        self.can(ctx, policy::pin).await
    }

    /// Whether `reactionAdd` would be allowed.
    async fn can_react(&self, ctx: &Context<'_>) -> Result<bool> {
        self.can(ctx, policy::react).await
    }

    /// Whether `messageSend` would be allowed to answer it.
    async fn can_reply(&self, ctx: &Context<'_>) -> Result<bool> {
        self.can(ctx, policy::reply).await
    }
}

connection!(
    /// A page of messages.
    MessageConnection,
    /// One of the messages on a page.
    MessageEdge of Message,
);

impl MessageConnection {
    /// A page of messages that were read with their authors, and reached this way.
    pub fn of(page: &Page<WrittenMessage>, via: Via) -> Self {
        Self(page.clone().map(|row| Message::loaded(&row, via)))
    }
}
