//! Background work by its key, in batches.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::policy;
use crate::{
    Result,
    entity::work_item::{self, Column},
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, fail, loader, one},
    sql,
};

/// The loaders of background work.
pub struct Loaders {
    by_id: Loader<Uuid, Batched<Option<Arc<work_item::Model>>>, Batch<ById>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { by_id: loader(execution, ById) }
    }
}

impl Loaders {
    /// The item of this key, for those who may see it.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<work_item::Model>>> {
        Box::pin(ask(&self.by_id, id)).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Option<Arc<work_item::Model>>>> for Batch<ById> {
    async fn load(
        &mut self,
        ids: &[Uuid],
    ) -> HashMap<Uuid, Batched<Option<Arc<work_item::Model>>>> {
        let cx = self.execution.cx();
        match policy::knows_of(cx.actor) {
            Err(error) => return fail(ids, &error),
            Ok(false) => return one(ids, Ok(Vec::new()), |row| row.id),
            Ok(true) => {}
        }
        let rows = work_item::Entity::find().filter(sql::key_in(cx.backend(), Column::Id, ids));
        one(ids, rows.all(cx.db).await.map_err(Into::into), |row| row.id)
    }
}
