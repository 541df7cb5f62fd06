use async_graphql::{Context, Object};

use super::{FeedConnection, Post, service};
use crate::{
    Actor, Cx,
    cx::Member,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The posts' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct PostsViewer(pub Member);

#[Object]
impl PostsViewer {
    /// Your own posts and those of whom you follow, newest first, without whom you muted.
    async fn home_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<FeedConnection> {
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let page = service::home(cx, &Ask::new(first, after.as_deref())?).await?;
        Ok(FeedConnection(page.map(Post::written)))
    }
}
