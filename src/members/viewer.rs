use async_graphql::{Context, Object};

use super::{Loaders, Profile, ProfileConnection, service};
use crate::{
    Cx, Error,
    cx::Member,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The members' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct MembersViewer(pub Member);

#[Object]
impl MembersViewer {
    /// Your public face.
    async fn profile(&self, ctx: &Context<'_>) -> Result<Profile> {
        let profile = ctx.loaders().of::<Loaders>().by_id(self.0.id).await?;
        Ok(Profile::whole(profile.ok_or_else(|| Error::bug("a member has no profile"))?))
    }

    /// Those whom you blocked, latest first.
    async fn blocked(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        let actor = crate::Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let page = service::blocked(cx, &Ask::new(first, after.as_deref())?).await?;
        Ok(ProfileConnection(page.map(|row| Profile::face(row.into()))))
    }

    /// Those whom you muted, latest first.
    async fn muted(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        let actor = crate::Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let page = service::muted(cx, &Ask::new(first, after.as_deref())?).await?;
        Ok(ProfileConnection(page.map(|row| Profile::face(row.into()))))
    }
}
