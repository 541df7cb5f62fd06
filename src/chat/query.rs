use async_graphql::{Context, ID, InputObject, Object, OneofObject};

use super::{
    Conversation, ConversationConnection,
    service::{self, Which},
};
use crate::{
    entity::conversation::Kind,
    graph::{ContextExt, Result, decode},
    page::Ask,
};

/// How to name one conversation.
#[derive(Debug, OneofObject)]
pub enum ConversationBy {
    /// By its global id.
    Id(ID),
    /// By a channel's name, with or without `#`, in any case.
    Channel(String),
    /// The direct talk with this profile; it is not made by asking.
    With(ID),
}

/// Narrows your conversations; all conditions hold, a list means any of.
#[derive(Debug, Default, InputObject)]
pub struct ConversationFilter {
    /// Of these kinds.
    pub(super) kinds: Option<Vec<Kind>>,
    /// With something unread.
    #[graphql(default = false)]
    pub(super) unread_only: bool,
}

/// Chat's part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "ChatQuery")]
impl Query {
    /// One conversation; null if there is none that you may read.
    async fn conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: ConversationBy,
    ) -> Option<Result<Conversation>> {
        let which = match by {
            ConversationBy::Id(id) => Which::Id(decode("conversation", &id)),
            ConversationBy::Channel(slug) => Which::Channel(slug),
            ConversationBy::With(id) => Which::With(decode("profile", &id)),
        };
        let found = service::one(ctx.cx(), which).await;
        found.map(|row| row.map(Conversation::from)).map_err(Into::into).transpose()
    }

    /// The channels that you may read and that are not archived, newest activity first.
    async fn channels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name or the title has this in it.")] text: Option<String>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ConversationConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = service::channels(ctx.cx(), text.as_deref(), &ask).await?;
        Ok(ConversationConnection(page.map(Conversation::from)))
    }
}
