use async_graphql::{Context, Object};

use super::{JobConnection, JobFilter, JobOrder, page};
use crate::{
    graph::{ContextExt, Result},
    page::Ask,
};

/// The part of the root that finds postings.
#[derive(Debug, Default)]
pub struct FindQuery;

#[Object(name = "JobsFindQuery")]
impl FindQuery {
    /// The job board: postings that fit, for everybody.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; only those that are open unless it names states.")]
        filter: Option<JobFilter>,
        #[graphql(
            desc = "In which order; left out, by `RELEVANCE` when the filter has words, else the newest first."
        )]
        order_by: Option<JobOrder>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<JobConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let filter = filter.unwrap_or_default().read()?;
        let page = page(ctx.cx(), &filter, order_by.map(Into::into), &ask).await?;
        Ok(JobConnection::found(page, filter))
    }
}
