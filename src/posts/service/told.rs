//! What is told of posts: the kinds of events, and what they hold beside the key of what they are about.

use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Cx, Result,
    streams::{Events, NewEvent, Stream},
};

/// On the stream of the feed: a post was published. About the post.
pub const POST_PUBLISHED: &str = "post_published";
/// A post, its tags or its visibility changed. About the post.
pub const POST_CHANGED: &str = "post_changed";
/// A post was deleted with all that stood under it. About the post.
pub const POST_REMOVED: &str = "post_removed";
/// A comment was written; holds [`Added`]. About the comment.
pub const COMMENT_ADDED: &str = "comment_added";
/// The text of a comment changed. About the comment.
pub const COMMENT_CHANGED: &str = "comment_changed";
/// A comment was deleted, or the empty place that it had left. About the comment.
pub const COMMENT_REMOVED: &str = "comment_removed";
/// Somebody reacted, or took it back; holds [`Reactions`]. About the post or the comment.
pub const REACTIONS_CHANGED: &str = "reactions_changed";

/// What [`COMMENT_ADDED`] holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Added {
    /// What the author's program calls it.
    pub client_key: Option<String>,
}

/// What [`REACTIONS_CHANGED`] holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reactions {
    /// The comment that was reacted to; `None` is the post itself.
    pub comment: Option<Uuid>,
}

/// Writes what happened under a post, commits the change, and tells it.
pub(super) async fn tell(
    cx: Cx<'_>,
    tx: DatabaseTransaction,
    post: Uuid,
    happened: impl IntoIterator<Item = NewEvent> + Send,
) -> Result<()> {
    let mut events = Events::new();
    for event in happened {
        events.append(cx, &tx, Stream::discussion(post), event).await?;
    }
    events.commit(cx, tx).await
}
