//! What pages ask of boards, in batches.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::service;
use crate::{
    Result,
    entity::{board, board_column},
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader, many, one},
    sql,
};

type Row = Option<Arc<board::Model>>;
type Columns = Arc<Vec<Arc<board_column::Model>>>;

/// What is asked of boards that stand in one place of the answer.
struct At {
    by_id: Loader<Uuid, Batched<Row>, Batch<ById>>,
    columns: Loader<Uuid, Batched<Columns>, Batch<ColumnsOf>>,
}

/// The loaders of boards; each place of the answer (`lane`) has its own.
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
        let execution = &self.execution;
        let new = || {
            let (by_id, columns) = (loader(execution, ById), loader(execution, ColumnsOf));
            Arc::new(At { by_id, columns })
        };
        lanes.entry(lane).or_insert_with(new).clone()
    }

    /// The row of this key, if the actor may see it.
    pub async fn by_id(&self, id: Uuid, lane: u64) -> Result<Row> {
        let at = self.at(lane);
        Box::pin(ask(&at.by_id, id)).await
    }

    /// The columns of a board that was loaded, in their order.
    pub async fn columns(&self, board: Uuid, lane: u64) -> Result<Columns> {
        let at = self.at(lane);
        Box::pin(ask(&at.columns, board)).await
    }
}

struct ColumnsOf;

impl BatchFn<Uuid, Batched<Columns>> for Batch<ColumnsOf> {
    async fn load(&mut self, boards: &[Uuid]) -> HashMap<Uuid, Batched<Columns>> {
        use board_column::Column::{BoardId, Id, Position};
        let cx = self.execution.cx();
        let rows = board_column::Entity::find()
            .filter(sql::key_in(cx.backend(), BoardId, boards))
            .order_by_asc(Position)
            .order_by_asc(Id);
        let rows = rows.all(cx.db).await.map_err(Into::into);
        many(boards, rows, |row| (row.board_id, Arc::new(row)))
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), board::Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}
