use async_graphql::{Context, Object};

use super::{Work, WorkConnection, service};
use crate::{
    entity::work_item::State,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The machine's part of the staff desk.
#[derive(Debug, Default)]
pub struct OperationsDesk;

#[Object]
impl OperationsDesk {
    /// Background work that waits, runs, failed or was given up, latest first. For admins.
    async fn work(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Any of these states; all when left out.")] states: Option<Vec<State>>,
        #[graphql(desc = "The name of a queue.")] queue: Option<String>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<WorkConnection>> {
        let page = async {
            let ask = Ask::new(first, after.as_deref())?;
            let page = service::list(ctx.cx(), states, queue.as_deref(), &ask).await?;
            Ok(WorkConnection(page.map(|row| Work(row.into()))))
        };
        Some(page.await)
    }
}
