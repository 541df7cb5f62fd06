use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{
    ConversationMemberConnection, ConversationViewer, Message, MessageConnection,
    conversation_messages::{self as messages, Wanted},
    typing_in,
};
use crate::{
    chat::Loaders,
    clock::made_at,
    entity::{
        conversation::{self, Kind, Visibility},
        conversation_member,
        profile::Face,
    },
    graph::{ContextExt, DateTime, EventCursor, Result, connection, encode},
    members::Profile,
    page::Ask,
    streams::{Cursor, Stream},
};

/// A direct talk of two, a circle of some people, or a channel of the community.
#[derive(Clone, Debug)]
pub struct Conversation(pub Arc<conversation::Model>);

impl From<conversation::Model> for Conversation {
    fn from(row: conversation::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// Names that stand for a title.
const NAMES: usize = 5;

/// A direct talk of two, a circle of some people, or a channel of the community.
#[Object]
impl Conversation {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("conversation", self.0.id)
    }

    /// What it is.
    async fn conversation_kind(&self) -> Kind {
        self.0.kind
    }

    /// Its name in addresses; channels only.
    async fn channel(&self) -> Option<&str> {
        self.0.slug.as_deref()
    }

    /// Its own title, or the names of those who are in it, the same for everybody; `viewer.title` leaves out yours.
    async fn title(&self, ctx: &Context<'_>) -> Result<String> {
        if let Some(title) = &self.0.title {
            return Ok(title.clone());
        }
        let people = ctx.loaders().of::<Loaders>().some_people(self.0.id).await?;
        Ok(names(people.iter(), self.0.member_count))
    }

    /// A line on what it is for; channels only.
    async fn topic(&self) -> Option<&str> {
        self.0.topic.as_deref()
    }

    /// Who may find and read it.
    async fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// When it was put away, if it was: it can be read, not written.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(Into::into)
    }

    /// How many are in it.
    async fn member_count(&self) -> i32 {
        self.0.member_count
    }

    /// Who is in it, in the order in which they came.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ConversationMemberConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<Loaders>().members_of(self.0.id, ask).await?;
        Ok(ConversationMemberConnection(page))
    }

    /// What is said in it outside of its threads, newest last. `first` with `after` and `last` with `before` page
    /// through it, `around` shows what stands around one message; without any of them the page is the one around the
    /// first message that you have not read, or the newest. 50 on a page unless you say otherwise, at most 100.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, or after `after`; 1 to 100.")] first: Option<
            i32,
        >,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "How many up to the end, or to `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "The id of the message in the middle of the page.")] around: Option<ID>,
    ) -> Result<MessageConnection> {
        let wanted = Wanted { first, after, last, before, around };
        Box::pin(messages::messages(ctx, &self.0, wanted)).await
    }

    /// Messages that were answered in a thread, the last answered first.
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<MessageConnection> {
        Box::pin(messages::threads(ctx, &self.0, first, after)).await
    }

    /// What is pinned, the last pinned first; at most 50.
    async fn pinned(&self, ctx: &Context<'_>) -> Result<Vec<Message>> {
        Box::pin(messages::pinned(ctx, &self.0)).await
    }

    /// The last message outside of threads; null while there is none.
    async fn last_message(&self, ctx: &Context<'_>) -> Option<Result<Message>> {
        Box::pin(messages::last_message(ctx, &self.0)).await.transpose()
    }

    /// Messages that hold all words of a text, the last of them as a beginning; newest first.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look for.")] text: String,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<MessageConnection> {
        Box::pin(messages::search(ctx, &self.0, &text, first, after)).await
    }

    /// Who types in it now, without those whom you blocked or who blocked you. You may be among them.
    async fn typing(&self, ctx: &Context<'_>) -> Result<Vec<Profile>> {
        typing_in(ctx, self.0.id).await
    }

    /// Where `conversationEvents` goes on from what this query shows: all of it is read at one moment.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<EventCursor> {
        let seq = ctx.loaders().of::<Loaders>().last_seq(self.0.id).await?;
        Ok(EventCursor(Cursor { seq }.encode(Stream::conversation(self.0.id))))
    }

    /// You and this conversation.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<ConversationViewer>> {
        ctx.cx().actor.id()?;
        let own = ctx.loaders().of::<Loaders>().own(self.0.id).await;
        let viewer = |own| ConversationViewer { conversation: self.0.clone(), own };
        Some(own.map(viewer).map_err(Into::into))
    }
}

/// The first names of `count` people, and how many more there are.
pub(super) fn names<'a>(people: impl Iterator<Item = &'a Arc<Face>>, count: i32) -> String {
    let shown: Vec<&str> = people.take(NAMES).map(|face| face.name.as_str()).collect();
    let more = usize::try_from(count).unwrap_or_default().saturating_sub(shown.len());
    let shown = shown.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// What a member of a conversation is there, with who it is.
pub type Present = (Arc<conversation_member::Model>, Arc<Face>);

connection!(
    /// A page of conversations.
    ConversationConnection,
    /// One of the conversations on a page.
    ConversationEdge of Conversation,
);
