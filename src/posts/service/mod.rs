//! Reads and writes of posts and what belongs to them.

mod bookmarks;
mod comments;
mod feeds;
mod hearing;
mod reactions;
pub mod told;
mod write;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

pub use bookmarks::{Kept, bookmark, bookmarks, unbookmark};
pub use comments::{
    NewComment, change_comment, comment, comments_of, create_comment, delete_comment, replies_of,
};
pub use feeds::{Filter, Sort, Written, community, home, in_feed, one, share_all};
pub use hearing::{heard, hears};
pub use reactions::{Counted, react};
pub use write::{Changes, NewPost, create, delete, update};

use super::policy;
use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{comment, post},
    markdown::Rendered,
    members,
};

/// Something that people react to, and keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A post.
    Post(Uuid),
    /// A comment.
    Comment(Uuid),
}

impl Subject {
    /// Its key.
    pub fn key(self) -> Uuid {
        match self {
            Self::Post(key) | Self::Comment(key) => key,
        }
    }
}

/// The posts that the actor may read.
pub fn visible(cx: Cx<'_>) -> Select<post::Entity> {
    post::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The comments that the actor may read, under posts that they may read.
pub fn visible_comments(cx: Cx<'_>) -> Select<comment::Entity> {
    use sea_orm::{
        QueryTrait as _,
        sea_query::{Expr, ExprTrait as _},
    };
    let post = visible(cx).select_only().column(post::Column::Id).filter(
        Expr::col(post::Column::Id.as_column_ref()).equals(comment::Column::PostId.as_column_ref()),
    );
    comment::Entity::find()
        .filter(policy::comments_visible_to(cx.actor))
        .filter(Expr::exists(post.into_query()))
}

/// The post of this key as it is now, locked for a change, if the actor may read it.
async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<Option<post::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(visible(cx).filter(post::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The comment of this key as it is now, locked for a change, if the actor may read it. Who locks its
/// post too does that first, so that two changes never wait for each other.
async fn locked_comment(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<Option<comment::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(visible_comments(cx).filter(comment::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// Checks and renders a body; blank is refused.
fn body(check: &mut Check, source: &str, max: usize) -> (String, Rendered) {
    check.markdown(&["body"], source, max)
}

/// The keys of the members that a text names, as they are kept.
async fn mentions(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    rendered: &Rendered,
) -> Result<Option<String>> {
    let keys = members::service::keys_of(cx, tx, &rendered.mentions).await?;
    if keys.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&keys).map(Some).map_err(Error::internal)
}
