//! What pages ask of tasks, in batches.

mod related;

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use self::related::{
    ActivityOf, AssigneesOf, BlockedOnes, ChildrenOf, LabelsOf, RelationsOf, RemindersOf,
};
use super::{RelationKind, service};
use crate::{
    Result,
    entity::{board_column, profile::Face, task, task_activity, task_label, task_reminder},
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, ask, loader, one},
    page::{Ask, Page},
    sql,
};

type Row<M> = Option<Arc<M>>;
type List<M> = Arc<Vec<M>>;
type Lines = Arc<Page<Arc<task_activity::Model>>>;

/// How a task hangs on others.
type Ties = List<(RelationKind, Uuid)>;

/// What is asked of tasks that stand in one place of the answer.
struct At {
    by_id: Loader<Uuid, Batched<Row<task::Model>>, Batch<ById>>,
    column: Loader<Uuid, Batched<Row<board_column::Model>>, Batch<Columns>>,
    assignees: Loader<Uuid, Batched<List<Arc<Face>>>, Batch<AssigneesOf>>,
    labels: Loader<Uuid, Batched<List<Arc<task_label::Model>>>, Batch<LabelsOf>>,
    reminders: Loader<Uuid, Batched<List<task_reminder::Model>>, Batch<RemindersOf>>,
    children: Loader<Uuid, Batched<List<Arc<task::Model>>>, Batch<ChildrenOf>>,
    relations: Loader<Uuid, Batched<Ties>, Batch<RelationsOf>>,
    blocked: Loader<Uuid, Batched<List<()>>, Batch<BlockedOnes>>,
    activity: Loader<(Uuid, Ask), Batched<Lines>, Batch<ActivityOf>>,
}

/// The loaders of tasks; each place of the answer (`lane`) has its own.
pub struct Loaders(Lanes<At>);

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self(Lanes::new(execution))
    }
}

impl LoaderSet for At {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_id: loader(execution, ById),
            column: loader(execution, Columns),
            assignees: loader(execution, AssigneesOf),
            labels: loader(execution, LabelsOf),
            reminders: loader(execution, RemindersOf),
            children: loader(execution, ChildrenOf),
            relations: loader(execution, RelationsOf),
            blocked: loader(execution, BlockedOnes),
            activity: loader(execution, ActivityOf),
        }
    }
}

impl Loaders {
    /// The row of this key, if the actor may see it.
    pub async fn by_id(&self, id: Uuid, lane: u64) -> Result<Row<task::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.by_id, id)).await
    }

    /// The column of a task that is shown.
    pub async fn column(&self, id: Uuid, lane: u64) -> Result<Row<board_column::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.column, id)).await
    }

    /// Who does a task, since the longest first; those whom the actor may see.
    pub async fn assignees(&self, task: Uuid, lane: u64) -> Result<List<Arc<Face>>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.assignees, task)).await
    }

    /// The labels of a task, by name.
    pub async fn labels(&self, task: Uuid, lane: u64) -> Result<List<Arc<task_label::Model>>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.labels, task)).await
    }

    /// When one is reminded of a task.
    pub async fn reminders(&self, task: Uuid, lane: u64) -> Result<List<task_reminder::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.reminders, task)).await
    }

    /// The first hundred parts of a task that were not put away.
    pub async fn children(&self, task: Uuid, lane: u64) -> Result<List<Arc<task::Model>>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.children, task)).await
    }

    /// How a task hangs on others: on which, whether the actor may see them or not.
    pub async fn relations(&self, task: Uuid, lane: u64) -> Result<List<(RelationKind, Uuid)>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.relations, task)).await
    }

    /// Whether a task that is not done blocks this one.
    pub async fn is_blocked(&self, task: Uuid, lane: u64) -> Result<bool> {
        let at = self.0.at(lane);
        Ok(!Box::pin(ask(&at.blocked, task)).await?.is_empty())
    }

    /// A page of what happened to a task, the latest first.
    pub async fn activity(&self, task: Uuid, page: Ask, lane: u64) -> Result<Lines> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.activity, (task, page))).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row<task::Model>>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<task::Model>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), task::Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct Columns;

impl BatchFn<Uuid, Batched<Row<board_column::Model>>> for Batch<Columns> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<board_column::Model>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), board_column::Column::Id, ids);
        let rows = board_column::Entity::find().filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}
