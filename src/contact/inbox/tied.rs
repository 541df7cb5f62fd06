//! Submissions and the tasks that were made of them, in batches.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    Result,
    contact::service::visible_submissions,
    entity::{
        submission,
        submission_task::{self, Column},
        task,
    },
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, ask, fail, loader},
    sql, tasks,
};

type Row<M> = Option<Arc<M>>;

/// What is asked of things that stand in one place of the answer.
struct At {
    task: Loader<Uuid, Batched<Row<task::Model>>, Batch<TaskOf>>,
    submission: Loader<Uuid, Batched<Row<submission::Model>>, Batch<SubmissionOf>>,
}

/// The loaders of what ties submissions and tasks; each place of the answer (`lane`) has its own.
pub struct Tied(Lanes<At>);

impl LoaderSet for Tied {
    fn new(execution: &Arc<Execution>) -> Self {
        Self(Lanes::new(execution))
    }
}

impl LoaderSet for At {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { task: loader(execution, TaskOf), submission: loader(execution, SubmissionOf) }
    }
}

impl Tied {
    /// The task that was made of a submission, if the actor may see it.
    pub async fn task_of(&self, submission: Uuid, lane: u64) -> Result<Row<task::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.task, submission)).await
    }

    /// The submission of which a task was made, if the actor may see it.
    pub async fn submission_of(&self, task: Uuid, lane: u64) -> Result<Row<submission::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.submission, task)).await
    }
}

/// What each key is tied to, of the rows that were found.
fn tied<M>(
    keys: &[Uuid],
    ties: &[(Uuid, Uuid)],
    rows: Vec<(Uuid, M)>,
) -> HashMap<Uuid, Batched<Row<M>>> {
    let rows: HashMap<Uuid, Arc<M>> =
        rows.into_iter().map(|(id, row)| (id, Arc::new(row))).collect();
    let ties: HashMap<Uuid, Uuid> = ties.iter().copied().collect();
    let of = |key: &Uuid| ties.get(key).and_then(|other| rows.get(other)).cloned();
    keys.iter().map(|key| (*key, Ok(of(key)))).collect()
}

/// The ties of things whose keys stand in a column.
async fn ties(
    execution: &Execution,
    by: Column,
    keys: &[Uuid],
) -> Result<Vec<submission_task::Model>> {
    let cx = execution.cx();
    let rows = submission_task::Entity::find().filter(sql::key_in(cx.backend(), by, keys));
    Ok(rows.all(cx.db).await?)
}

struct TaskOf;

impl BatchFn<Uuid, Batched<Row<task::Model>>> for Batch<TaskOf> {
    async fn load(&mut self, keys: &[Uuid]) -> HashMap<Uuid, Batched<Row<task::Model>>> {
        let found = async {
            let cx = self.execution.cx();
            let ties = ties(&self.execution, Column::SubmissionId, keys).await?;
            let others: Vec<Uuid> = ties.iter().map(|tie| tie.task_id).collect();
            let these = sql::key_in(cx.backend(), task::Column::Id, &others);
            let rows = tasks::service::visible(cx).filter(these).all(cx.db).await?;
            let rows = rows.into_iter().map(|row| (row.id, row)).collect();
            let ties: Vec<_> = ties.iter().map(|tie| (tie.submission_id, tie.task_id)).collect();
            Result::Ok(tied(keys, &ties, rows))
        };
        found.await.unwrap_or_else(|error| fail(keys, &error))
    }
}

struct SubmissionOf;

impl BatchFn<Uuid, Batched<Row<submission::Model>>> for Batch<SubmissionOf> {
    async fn load(&mut self, keys: &[Uuid]) -> HashMap<Uuid, Batched<Row<submission::Model>>> {
        let found = async {
            let cx = self.execution.cx();
            let ties = ties(&self.execution, Column::TaskId, keys).await?;
            let others: Vec<Uuid> = ties.iter().map(|tie| tie.submission_id).collect();
            let these = sql::key_in(cx.backend(), submission::Column::Id, &others);
            let rows = sql::shaped(cx.db, visible_submissions(cx).filter(these)).await?;
            let rows = rows.into_iter().map(|row: submission::Model| (row.id, row)).collect();
            let ties: Vec<_> = ties.iter().map(|tie| (tie.task_id, tie.submission_id)).collect();
            Result::Ok(tied(keys, &ties, rows))
        };
        found.await.unwrap_or_else(|error| fail(keys, &error))
    }
}
