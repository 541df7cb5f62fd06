use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{Message, MessageConnection, conversation_messages};
use crate::{
    entity::conversation,
    graph::{ContextExt, Result, encode},
};

/// A direct talk, a circle of people, or a channel of the community.
#[derive(Clone, Debug)]
pub struct Conversation(pub Arc<conversation::Model>);

/// A direct talk, a circle of people, or a channel of the community.
#[Object]
impl Conversation {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("conversation", self.0.id)
    }

    /// What is said in it outside of threads, newest last. Without arguments: the page around the first message
    /// that you have not read, or the newest; 50 messages.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, or after `after`; 1 to 100.")] first: Option<
            i32,
        >,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "How many up to the end, or to `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
        #[graphql(
            desc = "The message in the middle of the page; `first` or `last` says how many."
        )]
        around: Option<ID>,
    ) -> Result<MessageConnection> {
        let page =
            conversation_messages::messages(ctx, &self.0, first, after, last, before, around);
        Box::pin(page).await
    }

    /// What has answers in a thread, the last answered first.
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<MessageConnection> {
        Box::pin(conversation_messages::threads(ctx, &self.0, first, after)).await
    }

    /// What is pinned, the last pinned first; at most 50.
    async fn pinned(&self, ctx: &Context<'_>) -> Result<Vec<Message>> {
        Box::pin(conversation_messages::pinned(ctx, &self.0)).await
    }

    /// The last message outside of threads.
    async fn last_message(&self, ctx: &Context<'_>) -> Option<Result<Message>> {
        Box::pin(conversation_messages::last_message(ctx, &self.0)).await.transpose()
    }

    /// Messages that hold all these words, newest first; the last word may go on.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words; at most 200 characters, of which 10 words count.")] text: String,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<MessageConnection> {
        Box::pin(conversation_messages::search(ctx, &self.0, &text, first, after)).await
    }

    /// You and this conversation; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<ConversationViewer> {
        ctx.cx().actor.id().map(|_| ConversationViewer(self.0.clone()))
    }
}

/// You and a conversation.
#[derive(Debug)]
pub struct ConversationViewer(Arc<conversation::Model>);

/// You and a conversation.
#[Object]
impl ConversationViewer {
    /// The last message that you have read, outside of threads.
    async fn last_read_message(&self, ctx: &Context<'_>) -> Option<Result<Message>> {
        Box::pin(conversation_messages::last_read_message(ctx, &self.0)).await.transpose()
    }

    /// The first message that you have not read, outside of threads.
    async fn first_unread_message(&self, ctx: &Context<'_>) -> Option<Result<Message>> {
        Box::pin(conversation_messages::first_unread_message(ctx, &self.0)).await.transpose()
    }
}
