use async_graphql::{Context, ID, InputObject, Object};

use crate::{
    chat::{
        Message,
        loaders::Via,
        service::{self, NewMessage},
    },
    graph::{ContextExt, Markdown, Result, decode, keys, payload},
};

/// A new message.
#[derive(Debug, InputObject)]
pub struct MessageSendInput {
    /// Where to say it.
    conversation: ID,
    /// Markdown; at most 4,000 characters, and not blank unless files hang on it.
    body: Markdown,
    /// Files of yours to hang on it, in order; at most 10.
    attachments: Option<Vec<ID>>,
    /// The message of this conversation that it answers.
    reply_to: Option<ID>,
    /// The message of this conversation in whose thread it stands: one that stands in no thread itself.
    thread_root: Option<ID>,
    /// Your name for this message: the same one within 24 hours answers the first message again.
    client_key: String,
}

payload!(
    /// Answer about a message.
    MessagePayload {
        /// The message as it is now; null when nothing was done.
        message: Message
    }
);

/// The messages' part of the root.
#[derive(Debug, Default)]
pub struct MessagesMutation;

#[Object]
impl MessagesMutation {
    /// Say something in a conversation that you are in. You have then read all that stands above it.
    async fn message_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to say, and where.")] input: MessageSendInput,
    ) -> Result<MessagePayload> {
        let new = NewMessage {
            conversation: decode("conversation", &input.conversation),
            body: input.body.0,
            attachments: keys("file", input.attachments.unwrap_or_default()),
            reply_to: input.reply_to.map(|id| decode("message", &id)),
            root: input.thread_root.map(|id| decode("message", &id)),
            client_key: input.client_key,
        };
        let sent = Box::pin(service::send_message(ctx.cx(), new)).await;
        let sent = sent.map(|written| Message::loaded(&written, Via::ITSELF));
        MessagePayload::settle(ctx, sent).await
    }

    /// Change a message of yours; readers see that it was edited, and how.
    async fn message_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(
            desc = "Markdown; at most 4,000 characters, and not blank unless files hang on it."
        )]
        body: Markdown,
        #[graphql(desc = "All files that hang on it from now on; left out, those that do stay.")]
        attachments: Option<Vec<ID>>,
    ) -> Result<MessagePayload> {
        let id = decode("message", &id);
        let files = attachments.map(|ids| keys("file", ids));
        let changed = Box::pin(service::change_message(ctx.cx(), id, &body.0, files)).await;
        MessagePayload::settle(ctx, changed.map(Message::from)).await
    }

    /// Delete a message of yours; moderators may delete any of their channel. A mark stays in its place, and the
    /// thread below it.
    async fn message_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<MessagePayload> {
        let gone = Box::pin(service::delete_message(ctx.cx(), decode("message", &id))).await;
        MessagePayload::settle(ctx, gone.map(Message::from)).await
    }

    /// Pin a message for all to find, or take the pin out; at most 50 in a conversation.
    async fn message_pin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(default = true, desc = "Whether it is pinned from now on.")] pinned: bool,
    ) -> Result<MessagePayload> {
        let id = decode("message", &id);
        let pinned = Box::pin(service::pin_message(ctx.cx(), id, pinned)).await;
        MessagePayload::settle(ctx, pinned.map(Message::from)).await
    }
}
