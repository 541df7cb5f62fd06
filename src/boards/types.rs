//! The graph's types of boards.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::{entity::board, graph::encode};

/// A board: columns, labels and tasks.
#[derive(Clone, Debug)]
pub struct Board(pub Arc<board::Model>);

/// A board: columns, labels and tasks.
#[Object]
impl Board {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("board", self.0.id)
    }
}
