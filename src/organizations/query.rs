use async_graphql::{Context, ID, Object, OneofObject};

use super::{Loaders, Organization, OrganizationConnection, service};
use crate::{
    graph::{ContextExt, Result, decode},
    page::Ask,
};

/// How to name one organization.
#[derive(Debug, OneofObject)]
pub enum OrganizationBy {
    /// By its global id.
    Id(ID),
    /// By its name in addresses.
    Slug(String),
}

/// The organizations' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "OrganizationQuery")]
impl Query {
    /// One organization; null if there is none.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: OrganizationBy,
    ) -> Option<Result<Organization>> {
        let row = match by {
            OrganizationBy::Id(id) => {
                let key = decode("organization", &id)?;
                ctx.loaders().of::<Loaders>().by_id(key, 0).await
            }
            OrganizationBy::Slug(slug) => {
                service::by_slug(ctx.cx(), &slug).await.map(|row| row.map(Into::into))
            }
        };
        row.map(|row| row.map(Organization)).map_err(Into::into).transpose()
    }

    /// Organizations, by name.
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those whose names begin so, in any case.")] text: Option<String>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<OrganizationConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = service::list(ctx.cx(), text.as_deref(), &ask).await?;
        Ok(OrganizationConnection(page.map(Organization::from)))
    }
}
