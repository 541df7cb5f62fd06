//! What pages ask of lists of tasks, in batches.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use uuid::Uuid;

use crate::{
    Result,
    entity::task,
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, alike, answer, ask, loader},
    page::{Ask, Page},
    tasks::service::find::{self, Filter, Listed},
};

/// A page of tasks.
pub(super) type Tasks = Arc<Page<Arc<task::Model>>>;

/// Which tasks of a column, and how many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Narrowed {
    pub(super) filter: Filter,
    pub(super) ask: Ask,
}

/// What is asked of tasks, boards and columns that stand in one place of the answer.
struct At {
    of_board: Loader<(Uuid, Arc<Listed>), Batched<Tasks>, Batch<OfBoard>>,
    of_column: Loader<(Uuid, Arc<Narrowed>), Batched<Tasks>, Batch<OfColumn>>,
}

impl LoaderSet for At {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { of_board: loader(execution, OfBoard), of_column: loader(execution, OfColumn) }
    }
}

/// The loaders of lists of tasks; each place of the answer (`lane`) has its own.
pub struct Loaders(Lanes<At>);

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self(Lanes::new(execution))
    }
}

impl Loaders {
    /// A page of a board's tasks.
    pub(super) async fn of_board(&self, board: Uuid, of: Arc<Listed>, lane: u64) -> Result<Tasks> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.of_board, (board, of))).await
    }

    /// A page of a column's tasks.
    pub(super) async fn of_column(
        &self,
        column: Uuid,
        of: Arc<Narrowed>,
        lane: u64,
    ) -> Result<Tasks> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.of_column, (column, of))).await
    }
}

fn kept(pages: Vec<(Uuid, Page<task::Model>)>) -> Vec<(Uuid, Tasks)> {
    pages.into_iter().map(|(id, page)| (id, Arc::new(page.map(Arc::new)))).collect()
}

struct OfBoard;

impl BatchFn<(Uuid, Arc<Listed>), Batched<Tasks>> for Batch<OfBoard> {
    async fn load(
        &mut self,
        keys: &[(Uuid, Arc<Listed>)],
    ) -> HashMap<(Uuid, Arc<Listed>), Batched<Tasks>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (listed, boards) in alike(keys) {
            let found = find::of_boards(self.execution.cx(), &boards, &listed).await;
            answer(&mut answers, &listed, &boards, found.map(kept));
        }
        answers
    }
}

struct OfColumn;

impl BatchFn<(Uuid, Arc<Narrowed>), Batched<Tasks>> for Batch<OfColumn> {
    async fn load(
        &mut self,
        keys: &[(Uuid, Arc<Narrowed>)],
    ) -> HashMap<(Uuid, Arc<Narrowed>), Batched<Tasks>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (of, columns) in alike(keys) {
            let found = find::of_columns(self.execution.cx(), &columns, &of.filter, &of.ask).await;
            answer(&mut answers, &of, &columns, found.map(kept));
        }
        answers
    }
}
