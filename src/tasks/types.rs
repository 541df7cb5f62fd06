//! The graph's types of tasks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::find;
use crate::{
    boards::TaskLabel,
    entity::task,
    graph::{ContextExt, DateTime, Result, encode, lane},
    members::Profile,
};

/// Something to do.
#[derive(Clone, Debug)]
pub struct Task(pub Arc<task::Model>);

/// Something to do.
#[Object]
impl Task {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("task", self.0.id)
    }

    /// What is to be done.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// When it has to be done.
    async fn due_at(&self) -> Option<DateTime> {
        self.0.due_at.map(DateTime)
    }

    /// Comments of every depth.
    async fn comment_count(&self) -> i32 {
        self.0.comment_count
    }

    /// Tasks that are part of it.
    async fn child_count(&self) -> i32 {
        self.0.child_count
    }

    /// Those who do it.
    async fn assignees(&self, ctx: &Context<'_>) -> Result<Vec<Profile>> {
        let found = ctx.loaders().of::<find::Loaders>().assignees(self.0.id, lane(ctx)).await?;
        Ok(found.iter().cloned().map(Profile::face).collect())
    }

    /// Its labels, by name.
    async fn labels(&self, ctx: &Context<'_>) -> Result<Vec<TaskLabel>> {
        let found = ctx.loaders().of::<find::Loaders>().labels(self.0.id, lane(ctx)).await?;
        Ok(found.iter().cloned().map(TaskLabel).collect())
    }
}
