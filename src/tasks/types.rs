//! The graph's types of tasks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::may_join;
use crate::{
    comments::{CommentConnection, CommentSort, service::On as Discussed},
    contact::inbox::{Submission, Tied},
    entity::{file_use::Place, task, watch::Level},
    files::{File, service::On as Hung},
    graph::{ContextExt, Emoji, EventCursor, Result, encode, lane, lane_above},
    notifications,
    page::Ask,
    reactions::{self, ReactionGroup, service as reacted},
};

/// Something to do.
#[derive(Clone, Debug)]
pub struct Task(pub Arc<task::Model>);

impl From<task::Model> for Task {
    fn from(row: task::Model) -> Self {
        Self(Arc::new(row))
    }
}

impl Task {
    /// Its reactions; `place` says where in the answer it stands.
    pub(crate) fn groups(&self, place: u64) -> crate::Result<Vec<ReactionGroup>> {
        ReactionGroup::list(reacted_to(&self.0, place), &self.0.reactions)
    }
}

fn reacted_to(row: &task::Model, place: u64) -> reactions::On {
    let subject = reacted::Subject { kind: reacted::Kind::Task, key: row.id };
    reactions::On { subject, place }
}

/// Something to do.
#[Object]
impl Task {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("task", self.0.id)
    }

    /// The files that hang on it, in their order.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        File::hung(ctx, Hung::Task(self.0.id), Place::Attachment).await
    }

    /// Reactions by emoji, most used first.
    pub(crate) async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<ReactionGroup>> {
        Ok(self.groups(lane_above(ctx))?)
    }

    /// How many reacted, counted once for each emoji.
    pub(crate) async fn reaction_count(&self) -> i32 {
        self.0.reaction_count
    }

    /// How many comments stand under it, at every depth.
    pub(crate) async fn comment_count(&self) -> i32 {
        self.0.comment_count
    }

    /// The comments right under it that you may see.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "CommentSort::Oldest", desc = "In which order.")]
        sort: CommentSort,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<CommentConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        Discussed::Task(self.0.id).comments(ctx, lane(ctx), sort, ask).await
    }

    /// Start of `discussionEvents`, taken together with the comments.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<EventCursor> {
        Discussed::Task(self.0.id).event_cursor(ctx, lane(ctx)).await
    }

    /// What came in through a form and became it; null when it did not, or you may not read that.
    async fn submission(&self, ctx: &Context<'_>) -> Option<Result<Submission>> {
        let found = ctx.loaders().of::<Tied>().submission_of(self.0.id, lane(ctx)).await;
        found.map(|row| row.map(Submission)).map_err(Into::into).transpose()
    }

    /// You and this task; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<TaskViewer> {
        ctx.cx().actor.id().map(|_| TaskViewer(self.0.clone()))
    }
}

/// You and this task: what you did, what you may do.
#[derive(Debug)]
pub struct TaskViewer(Arc<task::Model>);

/// You and this task: what you did, what you may do.
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

    /// Whether `commentCreate` and `reactionAdd` would be allowed.
    async fn can_comment(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(may_join(ctx, self.0.board_id, lane_above(ctx)).await?)
    }
}
