//! What other types, and lists of items, ask for in batches. Scoped to the actor.

mod by_id;
mod via;

use std::sync::Arc;

use uuid::Uuid;

use by_id::ById;
pub use via::Via;

use crate::{
    Result,
    entity::{portfolio_item, profile::Face},
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader},
};

/// An item with whose it is.
pub type Shown = (Arc<portfolio_item::Model>, Arc<Face>);

/// The loaders of portfolio items.
pub struct Loaders {
    by_id: Loader<Uuid, Batched<Option<Arc<Shown>>>, Batch<ById>>,
    // Of its own: items of a page and those that its comments are about never share a statement by chance.
    commented_on: Loader<Uuid, Batched<Option<Arc<Shown>>>, Batch<ById>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { by_id: loader(execution, ById), commented_on: loader(execution, ById) }
    }
}

impl Loaders {
    /// The item of this key, with its owner.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<Shown>>> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// The item of this key, for a comment on it.
    pub async fn commented_on(&self, id: Uuid) -> Result<Option<Arc<Shown>>> {
        Box::pin(ask(&self.commented_on, id)).await
    }
}
