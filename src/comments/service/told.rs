//! What is written down of comments, on the stream of the discussion in which they stand. Events name, beside
//! these, the key of the comment.

use serde::{Deserialize, Serialize};

/// A comment was written; holds [`Added`].
pub const ADDED: &str = "comment_added";
/// The text of a comment, or what hangs on it, changed.
pub const CHANGED: &str = "comment_changed";
/// A comment was deleted, or the empty place that it had left.
pub const REMOVED: &str = "comment_removed";

/// What [`ADDED`] holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Added {
    /// What the author's program calls it.
    pub client_key: Option<String>,
}
