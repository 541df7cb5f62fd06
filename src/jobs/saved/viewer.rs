use async_graphql::{Context, Object};

use super::{SavedJobSearch, search};
use crate::{
    Actor, Cx,
    cx::Member,
    graph::{ContextExt, Result},
};

/// The part of what belongs to the person asking that keeps looking for jobs.
#[derive(Clone, Copy, Debug)]
pub struct SavedViewer(pub Member);

#[Object]
impl SavedViewer {
    /// Searches for jobs that you keep, the oldest first; at most 50.
    async fn job_searches(&self, ctx: &Context<'_>) -> Result<Vec<SavedJobSearch>> {
        let actor = Actor::Member(self.0);
        let rows = search::own(Cx { actor: &actor, ..ctx.cx() }).await?;
        Ok(rows.into_iter().map(|row| SavedJobSearch(row.into())).collect())
    }
}
