//! What other types, and lists of items, ask for in batches. Scoped to the actor.

mod at;
mod by_id;
mod lists;
mod related;
mod via;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

pub use at::{At, Credited, Story};
use by_id::ById;
use lists::{ByOwner, Items};
pub use via::Via;

use super::service::Shown;
use crate::{
    Result,
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader},
    page::Ask,
};

/// The loaders of portfolio items.
pub struct Loaders {
    execution: Arc<Execution>,
    at: Mutex<HashMap<Via, Arc<At>>>,
    by_id: Loader<Uuid, Batched<Option<Arc<Shown>>>, Batch<ById>>,
    // Of its own: items of a page and those that its comments are about never share a statement by chance.
    commented_on: Loader<Uuid, Batched<Option<Arc<Shown>>>, Batch<ById>>,
    by_owner: Loader<(Uuid, Ask), Batched<Items>, Batch<ByOwner>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            execution: execution.clone(),
            at: Mutex::default(),
            by_id: loader(execution, ById),
            commented_on: loader(execution, ById),
            by_owner: loader(execution, ByOwner),
        }
    }
}

impl Loaders {
    /// The loaders of items that were reached this way.
    pub fn at(&self, via: Via) -> Arc<At> {
        let mut known = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(via).or_insert_with(|| Arc::new(At::new(&self.execution))).clone()
    }

    /// The item of this key, with its owner.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<Shown>>> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// The item of this key, for a comment on it.
    pub async fn commented_on(&self, id: Uuid) -> Result<Option<Arc<Shown>>> {
        Box::pin(ask(&self.commented_on, id)).await
    }

    /// A page of a member's published items, in their order.
    pub async fn by_owner(&self, owner: Uuid, page: Ask) -> Result<Items> {
        Box::pin(ask(&self.by_owner, (owner, page))).await
    }
}
