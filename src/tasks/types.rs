//! The graph's types of tasks.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::{entity::task, graph::encode};

/// Something to do.
#[derive(Clone, Debug)]
pub struct Task(pub Arc<task::Model>);

/// Something to do.
#[Object]
impl Task {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("task", self.0.id)
    }
}
