use async_graphql::{Context, Object, SimpleObject};

use super::{
    Conversation, ConversationConnection, ConversationFilter, Loaders,
    service::{self, Filter, Unread},
};
use crate::{
    Actor, Cx, Error,
    cx::Member,
    graph::{ContextExt, EventCursor, Result},
    page::Ask,
    streams::{self, Cursor, Stream},
};

/// Chat's part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct ChatViewer(pub Member);

/// What you have not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SimpleObject)]
pub struct UnreadCounts {
    /// Conversations with messages that you have not read.
    conversations: i32,
    /// Messages that name you, of those.
    mentions: i32,
}

impl UnreadCounts {
    /// What the actor has not read.
    pub(crate) async fn of(cx: Cx<'_>) -> crate::Result<Self> {
        let Unread { conversations, mentions } = service::unread(cx).await?;
        let number = |count: i64| i32::try_from(count).map_err(Error::internal);
        Ok(Self { conversations: number(conversations)?, mentions: number(mentions)? })
    }
}

#[Object]
impl ChatViewer {
    /// The conversations that you are in, newest activity first. A direct talk that somebody opened with you comes
    /// with its first message.
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to list.")] filter: Option<ConversationFilter>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ConversationConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let kinds = filter.kinds.unwrap_or_default();
        let filter = Filter { kinds, unread_only: filter.unread_only };
        let actor = Actor::Member(self.0);
        let page = service::mine(Cx { actor: &actor, ..ctx.cx() }, filter, &ask).await?;
        // Whoever signs in by this very operation began it as a guest, and so did its loaders.
        if ctx.cx().actor.is(self.0.id) {
            let own: Vec<_> = page.items.iter().map(|(_, (own, _))| own.clone()).collect();
            ctx.loaders().of::<Loaders>().know_own(own);
        }
        Ok(ConversationConnection(page.map(|(_, row)| Conversation::from(row))))
    }

    /// What you have not read.
    async fn unread(&self, ctx: &Context<'_>) -> Result<UnreadCounts> {
        let actor = Actor::Member(self.0);
        Ok(UnreadCounts::of(Cx { actor: &actor, ..ctx.cx() }).await?)
    }

    /// Where `viewerEvents` goes on from what this query shows: all of it is read at one moment.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<EventCursor> {
        let seq = streams::last_seq(ctx.cx().db, self.0.id).await?;
        Ok(EventCursor(Cursor { seq }.encode(Stream::viewer(self.0.id))))
    }
}
