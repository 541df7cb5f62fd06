use async_graphql::{Context, Object};

use super::{TaskConnection, TaskFilter, TaskOrder};
use crate::{
    graph::{ContextExt, Result},
    page::Ask,
    tasks::service::find::{self, Field, Listed, Order},
};

/// The part of the root that lists tasks.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "TaskListsQuery")]
impl Query {
    /// Tasks on all boards that you may see; the newest first if nothing else is said.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; without it, all that are not put away.")] filter: Option<
            TaskFilter,
        >,
        #[graphql(desc = "In which order.")] order_by: Option<TaskOrder>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<TaskConnection>> {
        let page = async {
            let ask = Ask::new(first, after.as_deref())?;
            let order = order_by.map_or(Order::descending(Field::Created), Into::into);
            let listed = Listed { filter: TaskFilter::top(filter), order, ask };
            Ok(TaskConnection::of(find::all(ctx.cx(), &listed).await?))
        };
        Some(page.await)
    }
}
