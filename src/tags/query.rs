use async_graphql::{Context, Object};

use super::{Tag, service};
use crate::graph::{ContextExt, Result};

/// The tags' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "TagQuery")]
impl Query {
    /// One tag; null if it was never used.
    async fn tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name, with or without `#`, in any case.")] name: String,
    ) -> Option<Result<Tag>> {
        let tag = service::by_name(ctx.cx(), &name).await;
        tag.map(|tag| tag.map(|tag| Tag(tag.into()))).map_err(Into::into).transpose()
    }

    /// The most used tags.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that begin so.")] text: Option<String>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
    ) -> Result<Vec<Tag>> {
        let first = crate::page::Ask::new(first, None)?.first;
        let tags = service::most_used(ctx.cx(), text.as_deref(), first.into()).await?;
        Ok(tags.into_iter().map(|tag| Tag(tag.into())).collect())
    }
}
