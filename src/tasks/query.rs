use async_graphql::{Context, ID, Object, OneofObject};

use super::{Task, service};
use crate::graph::{ContextExt, Result, decode};

/// How to name one task.
#[derive(Debug, OneofObject)]
pub enum TaskBy {
    /// By its global id.
    Id(ID),
    /// By its key as people say it, in any case: GLD-42.
    Key(String),
}

/// The tasks' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "TasksQuery")]
impl Query {
    /// One task; null if there is none that you may see.
    async fn task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: TaskBy,
    ) -> Option<Result<Task>> {
        let found = match by {
            TaskBy::Id(id) => service::one(ctx.cx(), decode("task", &id)).await,
            TaskBy::Key(key) => service::by_key(ctx.cx(), &key).await,
        };
        found.map(|task| task.map(Task::from)).map_err(Into::into).transpose()
    }
}
