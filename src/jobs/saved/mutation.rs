use async_graphql::{Context, ID, InputObject, Object};

use super::{
    SavedJobSearch,
    search::{self, New},
};
use crate::{
    entity::saved_search::Alert,
    graph::{ContextExt, DeletePayload, Result, decode, encode, payload},
    jobs::find::JobFilter,
};

/// A search to keep.
#[derive(Debug, InputObject)]
pub struct JobSearchInput {
    /// What you call it; 1 to 100 characters.
    name: String,
    /// What it looks for; left out, every posting that is open.
    filter: Option<JobFilter>,
    /// How often a mail tells of what is new: at once, every day at 7:00 UTC, on Mondays, or never.
    #[graphql(default_with = "Alert::Daily")]
    alert: Alert,
}

payload!(
    /// Answer about a job search.
    JobSearchPayload {
        /// The search as it is now; null when nothing was done.
        job_search: SavedJobSearch
    }
);

/// The part of the root that keeps searches.
#[derive(Debug, Default)]
pub struct SavedMutation;

#[Object(name = "JobSearchMutation")]
impl SavedMutation {
    /// Keep a search, with alerts; you have at most 50. What is published from now on is new to it.
    async fn job_search_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one to change; left out, a new one.")] id: Option<ID>,
        #[graphql(desc = "All of it.")] input: JobSearchInput,
    ) -> Result<JobSearchPayload> {
        let new =
            New { name: input.name, filter: input.filter.unwrap_or_default(), alert: input.alert };
        let id = id.map(|id| decode("job_search", &id));
        let row = search::save(ctx.cx(), id, new).await;
        JobSearchPayload::settle(ctx, row.map(|row| SavedJobSearch(row.into()))).await
    }

    /// You have seen what a search of yours finds: what is published from now on is new.
    async fn job_search_seen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<JobSearchPayload> {
        let row = search::seen(ctx.cx(), decode("job_search", &id)).await;
        JobSearchPayload::settle(ctx, row.map(|row| SavedJobSearch(row.into()))).await
    }

    /// Stop a search of yours, and forget what it told of.
    async fn job_search_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let gone = search::delete(ctx.cx(), decode("job_search", &id)).await;
        DeletePayload::settle(ctx, gone.map(|id| vec![encode("job_search", id)])).await
    }
}
