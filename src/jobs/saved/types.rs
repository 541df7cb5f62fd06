use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{loaders::Loaders, search};
use crate::{
    entity::saved_search::{Alert, Model},
    graph::{ContextExt, DateTime, Json, Result, encode, lane},
    jobs::find::JobConnection,
    page::{Ask, Page},
};

/// A search that keeps looking.
#[derive(Clone, Debug)]
pub struct SavedJobSearch(pub Arc<Model>);

/// A search that keeps looking.
#[Object]
impl SavedJobSearch {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("job_search", self.0.id)
    }

    /// What you call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it looks for: a `JobFilter`, as JSON.
    async fn filter_json(&self) -> Json {
        Json(serde_json::from_str(&self.0.filter).unwrap_or_default())
    }

    /// Whether this server does not understand what it looks for: it finds nothing then, until you save it anew.
    async fn is_broken(&self) -> bool {
        search::filter_of(&self.0).is_none()
    }

    /// How often a mail tells of what is new.
    async fn alert(&self) -> Alert {
        self.0.alert
    }

    /// What fits and was first open since you saved the search or called `jobSearchSeen`; up to 100.
    async fn new_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let Some(filter) = search::filter_of(&self.0) else { return Ok(0) };
        let loaders = ctx.loaders().of::<Loaders>();
        Ok(loaders.new_count(self.0.id, filter, self.0.looked_at, lane(ctx)).await?)
    }

    /// When a mail told of something last.
    async fn last_sent_at(&self) -> Option<DateTime> {
        self.0.sent_at.map(Into::into)
    }

    /// What fits, the newest first.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<JobConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let Some(filter) = search::filter_of(&self.0) else {
            return Ok(JobConnection::of_many(Page::empty(), Default::default()));
        };
        let loaders = ctx.loaders().of::<Loaders>();
        let page = loaders.jobs(self.0.id, filter.clone(), ask, lane(ctx)).await?;
        Ok(JobConnection::of_many((*page).clone(), filter))
    }
}
