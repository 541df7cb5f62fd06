use std::sync::Arc;

use async_graphql::{Context, ID, Object, Union};

use super::{comment::Comment, post::Post};
use crate::{
    clock::made_at,
    entity::bookmark,
    graph::{ContextExt, DateTime, Result, connection, encode},
    posts::Loaders,
};

/// What can be bookmarked.
#[derive(Debug, Union)]
pub enum BookmarkTarget {
    /// A post.
    Post(Post),
    /// A comment.
    Comment(Comment),
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
        let loaders = ctx.loaders().of::<Loaders>();
        match (self.0.post_id, self.0.comment_id) {
            (Some(post), _) => {
                let post = loaders.by_id(post).await;
                post.map(|post| post.map(|post| BookmarkTarget::Post(Post::loaded(&post))))
            }
            (None, Some(comment)) => {
                let comment = loaders.comment_by_id(comment).await;
                comment.map(|row| row.map(|row| BookmarkTarget::Comment(Comment::loaded(&row))))
            }
            (None, None) => Ok(None),
        }
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
