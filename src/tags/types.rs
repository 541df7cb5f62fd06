use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::{
    entity::tag,
    graph::{ContextExt, Result, encode},
    page::Ask,
    posts::{self, PostConnection},
};

/// A topic or a skill; one vocabulary for posts and profiles.
#[derive(Clone, Debug)]
pub struct Tag(pub Arc<tag::Model>);

/// A topic or a skill; one vocabulary for posts and profiles.
#[Object]
impl Tag {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("tag", self.0.id)
    }

    /// Its name, in lower case, without the `#`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its name as it was first written.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// How many posts and profiles carry it.
    async fn use_count(&self) -> i32 {
        self.0.use_count
    }

    /// Posts that carry it, newest first.
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<PostConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<posts::Loaders>().by_tag(self.0.id, ask).await?;
        Ok(PostConnection::of(&page))
    }
}
