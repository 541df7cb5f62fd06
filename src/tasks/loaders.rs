//! What pages ask of tasks, in batches.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use dataloader::BatchFn;
use sea_orm::QueryFilter as _;
use uuid::Uuid;

use super::service;
use crate::{
    Result,
    entity::task,
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader, one},
    sql,
};

type Row = Option<Arc<task::Model>>;

/// What is asked of tasks that stand in one place of the answer.
struct At {
    by_id: Loader<Uuid, Batched<Row>, Batch<ById>>,
}

/// The loaders of tasks; each place of the answer (`lane`) has its own.
pub struct Loaders {
    execution: Arc<Execution>,
    lanes: Mutex<HashMap<u64, Arc<At>>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { execution: execution.clone(), lanes: Mutex::default() }
    }
}

impl Loaders {
    fn at(&self, lane: u64) -> Arc<At> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(At { by_id: loader(&self.execution, ById) });
        lanes.entry(lane).or_insert_with(new).clone()
    }

    /// The row of this key, if the actor may see it.
    pub async fn by_id(&self, id: Uuid, lane: u64) -> Result<Row> {
        let at = self.at(lane);
        Box::pin(ask(&at.by_id, id)).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), task::Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}
