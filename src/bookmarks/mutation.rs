use async_graphql::{Context, ID, Object, SimpleObject};

use super::{
    Bookmark, BookmarkTarget,
    service::{self, Kept, On},
};
use crate::graph::{ContextExt, Result, UserError, decode, settle};

/// Answer about a bookmark.
#[derive(SimpleObject)]
pub struct BookmarkPayload {
    /// The bookmark; null when nothing was done.
    bookmark: Option<Bookmark>,
    /// What it stands on, or stood on.
    target: Option<BookmarkTarget>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

/// The bookmarks' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "BookmarkMutation")]
impl Mutation {
    /// Keep something for later; keeping it twice changes the note.
    async fn bookmark_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What: the id of a post, a comment, a portfolio item or a job.")] id: ID,
        #[graphql(desc = "A word to yourself; at most 500 characters.")] note: Option<String>,
    ) -> Result<BookmarkPayload> {
        let kept = service::add(ctx.cx(), On::decode(&id), note.as_deref()).await;
        BookmarkPayload::settle(ctx, kept.map(|row| Bookmark(row.into()))).await
    }

    /// Keep something no longer.
    async fn bookmark_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The bookmark, or what it stands on.")] id: ID,
    ) -> Result<BookmarkPayload> {
        let which = match decode("bookmark", &id) {
            Some(key) => Some(Kept::Bookmark(key)),
            None => On::decode(&id).map(Kept::On),
        };
        let gone = service::remove(ctx.cx(), which).await;
        BookmarkPayload::settle(ctx, gone.map(|row| Bookmark(row.into()))).await
    }
}

impl BookmarkPayload {
    async fn settle(ctx: &Context<'_>, result: crate::Result<Bookmark>) -> Result<Self> {
        let (bookmark, user_errors) = settle(ctx, result).await?;
        let target = match &bookmark {
            None => None,
            Some(bookmark) => bookmark.target_now(ctx).await?,
        };
        Ok(Self { bookmark, target, user_errors })
    }
}
