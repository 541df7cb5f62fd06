use async_graphql::{Context, ID, Object, OneofObject};

use super::{Job, Loaders, service};
use crate::graph::{ContextExt, Result, decode};

/// How to name one posting.
#[derive(Debug, OneofObject)]
pub enum JobBy {
    /// By its global id.
    Id(ID),
    /// By its name in addresses.
    Slug(String),
}

/// The postings' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "JobQuery")]
impl Query {
    /// One posting; null if there is none that you may see. Drafts are seen by those who hire for the organization.
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: JobBy,
    ) -> Option<Result<Job>> {
        let row = match by {
            JobBy::Id(id) => {
                let key = decode("job", &id)?;
                ctx.loaders().of::<Loaders>().by_id(key, 0).await
            }
            JobBy::Slug(slug) => {
                service::by_slug(ctx.cx(), &slug).await.map(|row| row.map(Into::into))
            }
        };
        row.map(|row| row.map(Job)).map_err(Into::into).transpose()
    }
}
