use std::sync::Arc;

use async_graphql::{Context, Object};
use uuid::Uuid;

use super::reacted_to;
use crate::{
    boards,
    entity::{
        board,
        board_member::{self, Role},
        task,
        watch::Level,
    },
    graph::{ContextExt, Emoji, Result, lane, lane_above},
    notifications, reactions,
    tasks::policy,
};

/// You and a task: what you did, what you may do.
#[derive(Debug)]
pub struct TaskViewer {
    row: Arc<task::Model>,
    /// Where the task stands: its board is asked for there, too.
    place: u64,
}

impl TaskViewer {
    pub(super) fn new(row: Arc<task::Model>, place: u64) -> Self {
        Self { row, place }
    }

    async fn edits(&self, ctx: &Context<'_>) -> crate::Result<bool> {
        let found = standing(ctx, self.row.board_id, self.place).await?;
        let actor = ctx.cx().actor;
        let may = |board: &board::Model, role| {
            boards::policy::act(actor, board, role, Role::Editor).is_ok()
        };
        Ok(found.is_some_and(|(board, role)| may(&board, role)))
    }
}

/// A board with what the caller is there, if they may see it; asked for with all that is shown of the board at `lane`.
async fn standing(
    ctx: &Context<'_>,
    board: Uuid,
    lane: u64,
) -> crate::Result<Option<(Arc<board::Model>, Option<Role>)>> {
    let loaders = ctx.loaders().of::<boards::Loaders>();
    let (found, own) =
        futures_util::try_join!(loaders.by_id(board, lane), loaders.own_role(board, lane))?;
    let role = own.map(|own: Arc<board_member::Model>| own.role);
    Ok(found.map(|board| (board, role)))
}

/// Whether the caller may join what is said about the tasks of a board.
pub(crate) async fn may_join(ctx: &Context<'_>, board: Uuid, lane: u64) -> crate::Result<bool> {
    let found = standing(ctx, board, lane).await?;
    let actor = ctx.cx().actor;
    Ok(found.is_some_and(|(board, role)| policy::join(actor, &board, role).is_ok()))
}

/// You and a task: what you did, what you may do.
#[Object]
impl TaskViewer {
    /// What you reacted with, in the order you did.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<Emoji>> {
        reactions::mine(ctx, reacted_to(&self.row, lane_above(ctx))).await
    }

    /// How much news of it you want; null while you never said.
    async fn watching(&self, ctx: &Context<'_>) -> Option<Result<Level>> {
        notifications::service::On::Task(self.row.id).watching(ctx, lane(ctx)).await
    }

    /// Whether `taskUpdate` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.edits(ctx).await?)
    }

    /// Whether `taskMove` would be allowed.
    async fn can_move(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.row.archived_at.is_none() && self.edits(ctx).await?)
    }

    /// Whether `taskDelete` would be allowed.
    async fn can_delete(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.edits(ctx).await?)
    }

    /// Whether `commentCreate` and `reactionAdd` would be allowed.
    async fn can_comment(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(may_join(ctx, self.row.board_id, self.place).await?)
    }
}
