use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use uuid::Uuid;

use super::service::{self, Seen};
use crate::{
    Result,
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, fail, loader},
};

/// Whether members are around, by their keys. One round trip and one statement for all of a page.
pub struct Loaders {
    seen: Loader<Uuid, Batched<Option<Seen>>, Batch<SeenAs>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { seen: loader(execution, SeenAs) }
    }
}

impl Loaders {
    /// Whether a member is around, for the actor; `None` for guests.
    pub async fn seen(&self, profile: Uuid) -> Result<Option<Seen>> {
        Box::pin(ask(&self.seen, profile)).await
    }
}

struct SeenAs;

impl BatchFn<Uuid, Batched<Option<Seen>>> for Batch<SeenAs> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Seen>>> {
        match service::seen(self.execution.cx(), ids).await {
            Err(error) => fail(ids, &error),
            Ok(None) => ids.iter().map(|id| (*id, Ok(None))).collect(),
            Ok(Some(seen)) => {
                ids.iter().zip(seen).map(|(id, seen)| (*id, Ok(Some(seen)))).collect()
            }
        }
    }
}
