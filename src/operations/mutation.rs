use async_graphql::{Context, ID, Object};

use super::service;
use crate::graph::{ContextExt, DonePayload, Result, keys};

/// The machine's part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "OperationsMutation")]
impl Mutation {
    /// Try again now what failed, was given up, or waits for another try. What had failed gets all its tries again.
    /// For admins; all of it is done, or nothing.
    async fn work_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which works, 1 to 100.")] ids: Vec<ID>,
    ) -> Result<DonePayload> {
        let done = service::retry(ctx.cx(), &keys("work", ids)).await;
        DonePayload::settle(ctx, done).await
    }

    /// Give up what waits or failed; it can be tried again. What runs can't be stopped. For admins; all of it is done,
    /// or nothing.
    async fn work_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which works, 1 to 100.")] ids: Vec<ID>,
    ) -> Result<DonePayload> {
        let done = service::cancel(ctx.cx(), &keys("work", ids)).await;
        DonePayload::settle(ctx, done).await
    }
}
