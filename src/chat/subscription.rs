use async_graphql::{Context, ID, Subscription};
use futures_util::Stream as Results;
use uuid::Uuid;

use super::{
    ConversationEvent, ViewerEvent, policy,
    service::{self, hears_conversation, hears_viewer},
};
use crate::{
    Cx, Error,
    graph::{ContextExt, EventCursor, Result, Topic, decode, live},
    streams::Stream,
};

/// Chat's part of the root.
#[derive(Debug, Default)]
pub struct Subscription;

#[Subscription(name = "ChatSubscription")]
impl Subscription {
    /// An open conversation: what is said there, and who comes and goes.
    async fn conversation_events<'c>(
        &self,
        ctx: &Context<'c>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "Tells what happened since; without it, what happens from now on.")] after: Option<
            EventCursor,
        >,
    ) -> Result<impl Results<Item = Result<ConversationEvent>> + use<'c>> {
        let open = conversation(ctx.cx(), decode("conversation", &id));
        live(ctx, after, open, |happening| ConversationEvent::of(ctx, happening)).await
    }

    /// What concerns you, one for each signed-in window: news of your conversations, what is unread, your session.
    async fn viewer_events<'c>(
        &self,
        ctx: &Context<'c>,
        #[graphql(desc = "Tells what happened since; without it, what happens from now on.")] after: Option<
            EventCursor,
        >,
    ) -> Result<impl Results<Item = Result<ViewerEvent>> + use<'c>> {
        live(ctx, after, viewer(ctx.cx()), |happening| ViewerEvent::of(ctx, happening)).await
    }
}

async fn conversation(cx: Cx<'_>, id: Option<Uuid>) -> crate::Result<Topic> {
    policy::read(cx.actor)?;
    let found = service::one(cx, service::Which::Id(id)).await?;
    let found = found.ok_or_else(|| Error::not_found("conversation"))?;
    Ok(Topic::of(Stream::conversation(found.id), hears_conversation))
}

async fn viewer(cx: Cx<'_>) -> crate::Result<Topic> {
    let me = policy::read(cx.actor)?.id;
    let bumps = service::most_recent(cx).await?;
    Ok(Topic { bumps, ..Topic::of(Stream::viewer(me), hears_viewer).for_each() })
}
