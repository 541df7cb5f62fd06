use async_graphql::{Context, ID, Object};

use crate::{
    chat::service,
    graph::{ContextExt, DonePayload, Result, decode},
};

/// Typing's part of the root.
#[derive(Debug, Default)]
pub struct TypingMutation;

/// Typing's part of the root.
#[Object]
impl TypingMutation {
    /// Shows that you type, for 6 seconds: call it again every few seconds while you do. Only those who are in the
    /// conversation can; calls that come more often than once a second change nothing.
    async fn typing_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversation.")] conversation: ID,
        #[graphql(default = true, desc = "Whether you type.")] typing: bool,
    ) -> Result<DonePayload> {
        let key = decode("conversation", &conversation);
        DonePayload::settle(ctx, service::set_typing(ctx.cx(), key, typing).await).await
    }
}
