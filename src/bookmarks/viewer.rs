use async_graphql::{Context, Object};

use super::{Bookmark, BookmarkConnection, service};
use crate::{
    Actor, Cx,
    cx::Member,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The bookmarks' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct BookmarksViewer(pub Member);

#[Object]
impl BookmarksViewer {
    /// What you keep, latest first.
    async fn bookmarks(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<BookmarkConnection> {
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let page = service::own(cx, &Ask::new(first, after.as_deref())?).await?;
        Ok(BookmarkConnection(page.map(|row| Bookmark(row.into()))))
    }
}
