use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use uuid::Uuid;

use crate::{
    chat::{
        Conversation,
        service::{self, Changes, NewChannel},
    },
    entity::{
        conversation::{self, Visibility},
        conversation_member::Role,
    },
    graph::{ContextExt, Result, UserError, decode, maybe, settle},
};

/// A new channel.
#[derive(Debug, InputObject)]
pub struct ChannelCreateInput {
    /// Its name in addresses: 2 to 50 of `a` to `z`, `0` to `9` and `-`. Unique.
    slug: String,
    /// What it is called; 1 to 80 characters.
    title: String,
    /// A line on what it is for; at most 500 characters.
    topic: Option<String>,
    /// Who may find and read it.
    #[graphql(default_with = "Visibility::Public")]
    visibility: Visibility,
    /// Your name for this call: the same one within 24 hours answers the first channel again.
    client_key: Option<String>,
}

/// Changes to a conversation: what is left out stays, null clears. Circles have a title alone.
#[derive(Debug, InputObject)]
pub struct ConversationUpdateInput {
    /// At most 80 characters; a channel always has one, a circle without one goes by the names of its people.
    title: MaybeUndefined<String>,
    /// A line on what it is for; at most 500 characters.
    topic: MaybeUndefined<String>,
    /// Its name in addresses: 2 to 50 of `a` to `z`, `0` to `9` and `-`. Unique.
    slug: Option<String>,
    /// Who may find and read it from now on, what was said before too.
    visibility: Option<Visibility>,
    /// Whether it is put away: it can be read, not written.
    archived: Option<bool>,
}

/// Answer about a conversation.
#[derive(SimpleObject)]
pub struct ConversationPayload {
    /// The conversation as it is now; null when nothing was done, and once you left what only its people may read.
    pub conversation: Option<Conversation>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    pub user_errors: Vec<UserError>,
}

impl ConversationPayload {
    /// The payload of what a service answered.
    async fn settle(ctx: &Context<'_>, result: crate::Result<conversation::Model>) -> Result<Self> {
        Self::settle_left(ctx, result.map(Some)).await
    }

    /// The same where one may not read the conversation any more.
    async fn settle_left(
        ctx: &Context<'_>,
        result: crate::Result<Option<conversation::Model>>,
    ) -> Result<Self> {
        let (row, user_errors) = settle(ctx, result).await?;
        Ok(Self { conversation: row.flatten().map(Conversation::from), user_errors })
    }
}

/// The conversations' part of the root.
#[derive(Debug, Default)]
pub struct ConversationMutation;

#[Object]
impl ConversationMutation {
    /// Find the direct talk (one id) or the circle of exactly these people and you (several), or make it.
    async fn conversation_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Profiles to talk with, yours not needed; a circle has at most 50 people."
        )]
        with: Vec<ID>,
        #[graphql(
            desc = "The title of a circle that is made, at most 80 characters; one that is found keeps its own."
        )]
        title: Option<String>,
    ) -> Result<ConversationPayload> {
        let found = service::open(ctx.cx(), &profiles(&with), title.as_deref()).await;
        ConversationPayload::settle(ctx, found).await
    }

    /// Open a channel, which you own.
    async fn channel_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The channel.")] input: ChannelCreateInput,
    ) -> Result<ConversationPayload> {
        let ChannelCreateInput { slug, title, topic, visibility, client_key } = input;
        let new = NewChannel { slug, title, topic, visibility, client_key };
        ConversationPayload::settle(ctx, service::create_channel(ctx.cx(), new).await).await
    }

    /// Change a channel that you own, or the title of a circle that you are in.
    async fn conversation_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "What to change.")] input: ConversationUpdateInput,
    ) -> Result<ConversationPayload> {
        let changes = Changes {
            title: maybe(input.title),
            topic: maybe(input.topic),
            slug: input.slug,
            visibility: input.visibility,
            archived: input.archived,
        };
        let changed = service::update(ctx.cx(), conversation(&id), changes).await;
        ConversationPayload::settle(ctx, changed).await
    }

    /// Enter a public channel.
    async fn conversation_join(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<ConversationPayload> {
        let joined = service::join(ctx.cx(), conversation(&id)).await;
        ConversationPayload::settle(ctx, joined).await
    }

    /// Leave a channel or circle. The last owner of a channel stays while others are there.
    async fn conversation_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<ConversationPayload> {
        let left = service::leave(ctx.cx(), conversation(&id)).await;
        ConversationPayload::settle_left(ctx, left).await
    }

    /// Add people, give them another role, or remove them: all of them, or none. To a circle everybody in it adds
    /// people, and nobody removes any; in a channel its moderators add and remove members, and its owners everybody.
    async fn conversation_member_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "1 to 50 profiles.")] profiles: Vec<ID>,
        #[graphql(desc = "What they are from now on; null removes them.")] role: Option<Role>,
    ) -> Result<ConversationPayload> {
        let people = self::profiles(&profiles);
        let set = service::set_members(ctx.cx(), conversation(&id), &people, role).await;
        ConversationPayload::settle(ctx, set).await
    }

    /// Everything up to and including this message is read. A mark that is further on stays there.
    async fn conversation_mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "The last message read.")] up_to: ID,
    ) -> Result<ConversationPayload> {
        let read = service::mark_read(ctx.cx(), conversation(&id), message(&up_to)).await;
        ConversationPayload::settle(ctx, read).await
    }

    /// Everything from this message on is unread again.
    async fn conversation_mark_unread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "The first message to read again.")] from: ID,
    ) -> Result<ConversationPayload> {
        let unread = service::mark_unread(ctx.cx(), conversation(&id), message(&from)).await;
        ConversationPayload::settle(ctx, unread).await
    }
}

fn conversation(id: &str) -> Option<Uuid> {
    decode("conversation", id)
}

fn message(id: &str) -> Option<Uuid> {
    decode("message", id)
}

fn profiles(ids: &[ID]) -> Vec<Option<Uuid>> {
    ids.iter().map(|id| decode("profile", id)).collect()
}
