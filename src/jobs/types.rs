//! The graph's types of postings.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::{
    Error,
    entity::job::{self, State},
    graph::{ContextExt, DateTime, Result, encode, lane},
    organizations::{self, Organization},
};

/// A posting.
#[derive(Clone, Debug)]
pub struct Job(pub Arc<job::Model>);

/// A posting.
#[Object]
impl Job {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("job", self.0.id)
    }

    /// Its name in addresses.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What is looked for.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Who hires.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Organization> {
        let loaders = ctx.loaders().of::<organizations::Loaders>();
        let row = loaders.by_id(self.0.organization_id, lane(ctx)).await?;
        Ok(Organization(row.ok_or_else(|| Error::bug("a posting without its organization"))?))
    }

    /// Where it stands.
    async fn job_state(&self) -> State {
        self.0.state
    }

    /// When it was first open.
    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(Into::into)
    }

    /// When it closes by itself.
    async fn closes_at(&self) -> Option<DateTime> {
        self.0.closes_at.map(Into::into)
    }
}
