use std::sync::Arc;

use async_graphql::{Context, Object};

use super::reacted_to;
use crate::{
    boards::{policy, service::Standing},
    entity::{board_member::Role, task, watch::Level},
    graph::{ContextExt, Emoji, Result, lane, lane_above},
    notifications, reactions,
    tasks::{Standings, may_join},
};

/// You and a task: what you did, what you may do.
#[derive(Debug)]
pub struct TaskViewer(pub(super) Arc<task::Model>);

impl TaskViewer {
    async fn edits(&self, ctx: &Context<'_>) -> crate::Result<bool> {
        let standing = ctx.loaders().of::<Standings>().of(self.0.board_id, lane_above(ctx)).await?;
        let edits =
            |at: &Standing| policy::act(ctx.cx().actor, &at.board, at.role, Role::Editor).is_ok();
        Ok(standing.is_some_and(|at| edits(&at)))
    }
}

/// You and a task: what you did, what you may do.
#[Object]
impl TaskViewer {
    /// What you reacted with, in the order you did.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<Emoji>> {
        reactions::mine(ctx, reacted_to(&self.0, lane_above(ctx))).await
    }

    /// How much news of it you want; null while you never said.
    async fn watching(&self, ctx: &Context<'_>) -> Option<Result<Level>> {
        notifications::service::On::Task(self.0.id).watching(ctx, lane(ctx)).await
    }

    /// Whether `taskUpdate` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.edits(ctx).await?)
    }

    /// Whether `taskMove` would be allowed.
    async fn can_move(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.archived_at.is_none() && self.edits(ctx).await?)
    }

    /// Whether `taskDelete` would be allowed.
    async fn can_delete(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.edits(ctx).await?)
    }

    /// Whether `commentCreate` and `reactionAdd` would be allowed.
    async fn can_comment(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(may_join(ctx, self.0.board_id, lane_above(ctx)).await?)
    }
}
