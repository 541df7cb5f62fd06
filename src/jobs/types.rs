//! The graph's types of postings.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::{entity::job, graph::encode};

/// A posting.
#[derive(Clone, Debug)]
pub struct Job(pub Arc<job::Model>);

/// A posting.
#[Object]
impl Job {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("job", self.0.id)
    }
}
