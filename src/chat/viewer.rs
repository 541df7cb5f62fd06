use std::sync::Arc;

use async_graphql::{Context, Object};
use tokio::sync::OnceCell;

use super::{
    Conversation, ConversationConnection, ConversationFilter, Loaders,
    service::{self, Filter, Unread},
};
use crate::{
    Actor, Cx, Error,
    cx::Member,
    graph::{ContextExt, EventCursor, Result},
    notifications,
    page::Ask,
    streams::{self, Cursor, Stream},
};

/// Chat's part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct ChatViewer(pub Member);

/// What you have not read.
#[derive(Clone, Debug)]
pub struct UnreadCounts {
    me: Member,
    /// Read once for both fields.
    talks: Arc<OnceCell<Unread>>,
}

impl From<Member> for UnreadCounts {
    /// What a member who asks has not read.
    fn from(me: Member) -> Self {
        Self { me, talks: Arc::default() }
    }
}

impl UnreadCounts {
    async fn talks(&self, ctx: &Context<'_>) -> crate::Result<&Unread> {
        let actor = Actor::Member(self.me);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        self.talks.get_or_try_init(|| service::unread(cx)).await
    }
}

/// What you have not read.
#[Object]
impl UnreadCounts {
    /// Conversations with messages that you have not read.
    async fn conversations(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(i32::try_from(self.talks(ctx).await?.conversations).map_err(Error::internal)?)
    }

    /// Messages that name you, of those.
    async fn mentions(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(i32::try_from(self.talks(ctx).await?.mentions).map_err(Error::internal)?)
    }

    /// News for you; 1000 is as many or more.
    async fn notifications(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(notifications::unread(ctx, self.me).await?)
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
    async fn unread(&self) -> UnreadCounts {
        self.0.into()
    }

    /// Where `viewerEvents` goes on from what this query shows: all of it is read at one moment.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<EventCursor> {
        let seq = streams::last_seq(ctx.cx().db, self.0.id).await?;
        Ok(EventCursor(Cursor { seq }.encode(Stream::viewer(self.0.id))))
    }
}
