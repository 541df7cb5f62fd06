use async_graphql::{Context, Object};

use super::{TaskConnection, TaskFilter, TaskOrder};
use crate::{
    Actor, Cx,
    cx::Member,
    graph::{ContextExt, Result},
    page::Ask,
    tasks::service::find::{self, Field, Listed, Order},
};

/// The part of what belongs to the person asking that lists tasks.
#[derive(Clone, Copy, Debug)]
pub struct TasksViewer(pub Member);

#[Object]
impl TasksViewer {
    /// The tasks that you are to do, on every board, those that are due next first if nothing else is said. What is done
    /// or given up is left out, unless the filter names `completed` or `categories`.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; without it, all that are open and not put away.")]
        filter: Option<TaskFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<TaskOrder>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<TaskConnection>> {
        let page = async {
            let ask = Ask::new(first, after.as_deref())?;
            let order = order_by.map_or(Order::ascending(Field::Due), Into::into);
            let listed = Listed { filter: TaskFilter::top(filter), order, ask };
            let actor = Actor::Member(self.0);
            let cx = Cx { actor: &actor, ..ctx.cx() };
            Ok(TaskConnection::of(find::of_member(cx, &listed).await?))
        };
        Some(page.await)
    }
}
