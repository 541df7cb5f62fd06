use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    Result,
    entity::tag,
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader, one},
    sql,
};

type Row = Option<Arc<tag::Model>>;

/// Tags by what other types know of them. Everybody may see every tag.
pub struct Loaders {
    by_id: Loader<Uuid, Batched<Row>, Batch<ById>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { by_id: loader(execution, ById) }
    }
}

impl Loaders {
    /// The tag of this key.
    pub async fn by_id(&self, id: Uuid) -> Result<Row> {
        Box::pin(ask(&self.by_id, id)).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        let cx = self.execution.cx();
        let rows = tag::Entity::find()
            .filter(sql::key_in(cx.backend(), tag::Column::Id, ids))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |tag| tag.id)
    }
}
