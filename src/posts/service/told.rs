//! What is written down of posts: each event names, beside these, the key of the post.

/// On the stream of the feed: a post was published.
pub const PUBLISHED: &str = "post_published";
/// On the stream of its discussion: a post, its tags or its visibility changed.
pub const CHANGED: &str = "post_changed";
/// On the stream of its discussion: a post was deleted with all that stood under it.
pub const REMOVED: &str = "post_removed";
