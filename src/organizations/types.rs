//! The graph's types of organizations.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::{entity::organization, graph::encode};

/// Who hires: a company, a co-op, the community itself.
#[derive(Clone, Debug)]
pub struct Organization(pub Arc<organization::Model>);

/// Who hires: a company, a co-op, the community itself.
#[Object]
impl Organization {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("organization", self.0.id)
    }
}
