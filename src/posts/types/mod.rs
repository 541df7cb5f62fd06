//! Posts, comments and bookmarks as the graph shows them.

mod bookmark;
mod comment;
mod post;

use std::sync::Arc;

use async_graphql::{ID, Interface};

pub use bookmark::*;
pub use comment::*;
pub use post::*;

use super::service::Counted;
use crate::{
    entity::{comment as comment_row, post as post_row},
    members::Profile,
    reactions::Reactable,
};

/// A row with who wrote it, if they were read with it.
#[derive(Clone, Debug)]
struct With<T> {
    row: Arc<T>,
    author: Option<Profile>,
}

/// Something people discuss.
#[derive(Debug, Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Its global id."),
    field(
        name = "comment_count",
        ty = "i32",
        desc = "How many comments stand under it, at every depth."
    )
)]
pub enum Commentable {
    /// A post.
    Post(Post),
}

impl From<Counted> for Reactable {
    fn from(counted: Counted) -> Self {
        match counted {
            Counted::Post(row) => Self::Post(row.into()),
            Counted::Comment(row) => Self::Comment(row.into()),
        }
    }
}

impl From<post_row::Model> for Post {
    fn from(row: post_row::Model) -> Self {
        Self::alone(Arc::new(row))
    }
}

impl From<comment_row::Model> for Comment {
    fn from(row: comment_row::Model) -> Self {
        Self::alone(Arc::new(row))
    }
}
