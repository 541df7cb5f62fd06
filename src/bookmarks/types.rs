//! Bookmarks as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Union};

use super::service::On;
use crate::{
    clock::made_at,
    comments::{self, Comment, Via},
    entity::bookmark,
    graph::{ContextExt, DateTime, Result, connection, decode_any, encode, lane},
    jobs::{self, Job},
    portfolio::{self, PortfolioItem},
    posts::{self, Post},
};

/// What can be bookmarked.
#[derive(Debug, Union)]
pub enum BookmarkTarget {
    /// A post.
    Post(Post),
    /// A comment.
    Comment(Comment),
    /// A piece of work on show.
    PortfolioItem(PortfolioItem),
    /// A posting.
    Job(Job),
}

impl On {
    /// What an id names, of that which people keep.
    pub(super) fn decode(id: &str) -> Option<Self> {
        match decode_any(id)? {
            ("post", key) => Some(Self::Post(key)),
            ("comment", key) => Some(Self::Comment(key)),
            ("portfolio_item", key) => Some(Self::PortfolioItem(key)),
            ("job", key) => Some(Self::Job(key)),
            _ => None,
        }
    }
}

/// A private mark on something.
#[derive(Clone, Debug)]
pub struct Bookmark(pub Arc<bookmark::Model>);

impl Bookmark {
    /// What it stands on, as it is now.
    pub(crate) async fn target_now(
        &self,
        ctx: &Context<'_>,
    ) -> crate::Result<Option<BookmarkTarget>> {
        let loaders = ctx.loaders();
        Ok(match On::of(&self.0)? {
            On::Post(id) => {
                let post = loaders.of::<posts::Loaders>().by_id(id).await?;
                post.map(|post| BookmarkTarget::Post(Post::loaded(&post)))
            }
            On::Comment(id) => {
                let comment = loaders.of::<comments::Loaders>().by_id(id).await?;
                comment.map(|row| BookmarkTarget::Comment(Comment::loaded(&row, Via::ITSELF)))
            }
            On::PortfolioItem(id) => {
                let item = loaders.of::<portfolio::Loaders>().by_id(id).await?;
                let item = item.map(|item| PortfolioItem::loaded(&item));
                let reached = portfolio::Via::BOOKMARKED;
                item.map(|item| BookmarkTarget::PortfolioItem(item.reached(reached)))
            }
            On::Job(id) => {
                let job = loaders.of::<jobs::Loaders>().by_id(id, lane(ctx)).await?;
                job.map(|row| BookmarkTarget::Job(Job(row)))
            }
        })
    }
}

/// A private mark on something.
#[Object]
impl Bookmark {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("bookmark", self.0.id)
    }

    /// What it stands on; null when you may not see it any more.
    async fn target(&self, ctx: &Context<'_>) -> Option<Result<BookmarkTarget>> {
        self.target_now(ctx).await.map_err(Into::into).transpose()
    }

    /// Your word to yourself.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When you kept it.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }
}

connection!(
    /// A page of bookmarks.
    BookmarkConnection,
    /// One of the bookmarks on a page.
    BookmarkEdge of Bookmark,
);
