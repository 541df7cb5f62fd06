//! Files as the graph shows them.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::{
    clock::made_at,
    entity::file,
    graph::{DateTime, encode},
};

/// A stored file. A file that hangs on something is seen by whoever sees that thing.
#[derive(Clone, Debug)]
pub struct File(pub Arc<file::Model>);

/// A stored file. A file that hangs on something is seen by whoever sees that thing.
#[Object]
impl File {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("file", self.0.id)
    }

    /// As its owner calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the bytes are, as they themselves tell: `image/png`.
    async fn media_type(&self) -> &str {
        &self.0.media_type
    }

    /// Broadly what it is.
    async fn file_kind(&self) -> file::Kind {
        self.0.kind
    }

    /// What a picture shows, for who does not see it.
    async fn alt_text(&self) -> Option<&str> {
        self.0.alt_text.as_deref()
    }

    /// When it was stored.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }
}
