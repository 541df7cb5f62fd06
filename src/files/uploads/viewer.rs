use async_graphql::{Context, Object};

use super::{StorageUsage, UploadConnection, UploadSession};
use crate::{
    Actor, Cx,
    cx::Member,
    files::service,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The uploads' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct UploadsViewer(pub Member);

#[Object]
impl UploadsViewer {
    /// How full your storage is.
    async fn storage(&self, ctx: &Context<'_>) -> Result<StorageUsage> {
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        Ok(service::storage(cx).await?.into())
    }

    /// Your uploads, latest first: those on the way, and for some time those that ended.
    async fn uploads(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<UploadConnection> {
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let page = service::uploads::own(cx, &Ask::new(first, after.as_deref())?).await?;
        Ok(UploadConnection(page.map(|row| UploadSession(row.into()))))
    }
}
