//! Posts, comments, reactions and bookmarks as the graph shows them.

mod bookmark;
mod comment;
mod post;
mod reaction;

use std::sync::Arc;

pub use bookmark::*;
pub use comment::*;
pub use post::*;
pub use reaction::*;

use super::service::Counted;
use crate::{
    entity::{comment as comment_row, post as post_row},
    members::Profile,
};

/// A row with who wrote it, if they were read with it.
#[derive(Clone, Debug)]
struct With<T> {
    row: Arc<T>,
    author: Option<Profile>,
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
