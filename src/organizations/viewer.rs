use async_graphql::{Context, Object};

use super::{OwnOrganizationConnection, service};
use crate::{
    Actor, Cx,
    cx::Member,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The organizations' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct OrganizationsViewer(pub Member);

#[Object]
impl OrganizationsViewer {
    /// The organizations that you belong to; those that came here last come first.
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<OwnOrganizationConnection> {
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let page = service::mine(cx, &Ask::new(first, after.as_deref())?).await?;
        Ok(OwnOrganizationConnection(page.map(|(standing, row)| (standing, row.into()))))
    }
}
