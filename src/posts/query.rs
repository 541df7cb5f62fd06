use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};

use super::{
    FeedConnection, Post,
    service::{self, Filter, Sort},
};
use crate::{
    entity::post::Kind,
    graph::{ContextExt, Result, decode},
    page::Ask,
};

/// How to name one post.
#[derive(Debug, OneofObject)]
pub enum PostBy {
    /// By its global id.
    Id(ID),
}

/// How to order posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PostSort {
    /// The newest first.
    Newest,
    /// What has most reactions first.
    Top,
}

/// Narrows posts; all conditions hold, a list means any of.
#[derive(Debug, Default, InputObject)]
pub struct PostFilter {
    /// Of these kinds.
    kinds: Option<Vec<Kind>>,
    /// With any of these tags, by name.
    tags: Option<Vec<String>>,
    /// By this member: the id of a profile.
    author: Option<ID>,
}

/// The posts' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "PostQuery")]
impl Query {
    /// One post; null if there is none that you may read.
    async fn post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: PostBy,
    ) -> Option<Result<Post>> {
        let PostBy::Id(id) = by;
        let post = service::one(ctx.cx(), decode("post", &id)?).await;
        post.map(|post| post.map(Post::written)).map_err(Into::into).transpose()
    }

    /// The community's feed: all that you may read, without those whom you muted.
    async fn feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "PostSort::Newest", desc = "In which order.")] sort: PostSort,
        #[graphql(desc = "What to list.")] filter: Option<PostFilter>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<FeedConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            kinds: filter.kinds.unwrap_or_default(),
            tags: filter.tags.unwrap_or_default(),
            // An id that names no profile is an author who wrote nothing.
            author: filter.author.map(|id| decode("profile", &id).unwrap_or_default()),
        };
        let sort = match sort {
            PostSort::Newest => Sort::Newest,
            PostSort::Top => Sort::Top,
        };
        let page = service::community(ctx.cx(), filter, sort, &ask).await?;
        Ok(FeedConnection(page.map(Post::written)))
    }
}
