use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, sea_query::Order,
};
use uuid::Uuid;

use super::{Lines, List};
use crate::{
    Result,
    entity::{
        profile::{self, Face},
        task, task_activity, task_assignee, task_label, task_label_use,
        task_relation::{self, Kind},
        task_reminder,
    },
    graph::{Batch, Batched, Execution, alike, answer, many},
    members,
    page::{Ask, By, Page, Place},
    sql::{self, OfEach},
    tasks::{RelationKind, service},
};

pub(super) struct AssigneesOf;

impl BatchFn<Uuid, Batched<List<Arc<Face>>>> for Batch<AssigneesOf> {
    async fn load(&mut self, tasks: &[Uuid]) -> HashMap<Uuid, Batched<List<Arc<Face>>>> {
        let cx = self.execution.cx();
        let rows = task_assignee::Entity::find()
            .filter(sql::key_in(cx.backend(), task_assignee::Column::TaskId, tasks))
            .filter(members::policy::visible_to(cx.actor))
            .order_by_asc(task_assignee::Column::Since)
            .order_by_asc(task_assignee::Column::ProfileId);
        let rows = sql::with_one::<task_assignee::Model, Face>(
            rows,
            task_assignee::Column::ProfileId,
            profile::Column::Id,
        );
        let rows = sql::pairs::<task_assignee::Model, Face>(cx.db, &rows).await;
        many(tasks, rows, |(assignee, face)| (assignee.task_id, Arc::new(face)))
    }
}

pub(super) struct LabelsOf;

impl BatchFn<Uuid, Batched<List<Arc<task_label::Model>>>> for Batch<LabelsOf> {
    async fn load(
        &mut self,
        tasks: &[Uuid],
    ) -> HashMap<Uuid, Batched<List<Arc<task_label::Model>>>> {
        let cx = self.execution.cx();
        let rows = task_label_use::Entity::find()
            .filter(sql::key_in(cx.backend(), task_label_use::Column::TaskId, tasks))
            .order_by(task_label::Column::NameKey, Order::Asc);
        let rows = sql::with_one::<task_label_use::Model, task_label::Model>(
            rows,
            task_label_use::Column::LabelId,
            task_label::Column::Id,
        );
        let rows = sql::pairs::<task_label_use::Model, task_label::Model>(cx.db, &rows).await;
        many(tasks, rows, |(used, label)| (used.task_id, Arc::new(label)))
    }
}

pub(super) struct RemindersOf;

impl BatchFn<Uuid, Batched<List<task_reminder::Model>>> for Batch<RemindersOf> {
    async fn load(&mut self, tasks: &[Uuid]) -> HashMap<Uuid, Batched<List<task_reminder::Model>>> {
        let cx = self.execution.cx();
        let rows = task_reminder::Entity::find()
            .filter(sql::key_in(cx.backend(), task_reminder::Column::TaskId, tasks))
            .order_by_asc(task_reminder::Column::RemindAt)
            .all(cx.db)
            .await;
        many(tasks, rows.map_err(Into::into), |row| (row.task_id, row))
    }
}

pub(super) struct ChildrenOf;

impl BatchFn<Uuid, Batched<List<Arc<task::Model>>>> for Batch<ChildrenOf> {
    async fn load(&mut self, tasks: &[Uuid]) -> HashMap<Uuid, Batched<List<Arc<task::Model>>>> {
        many(tasks, children(&self.execution, tasks).await, |row| {
            (row.parent_id.unwrap_or_default(), Arc::new(row))
        })
    }
}

async fn children(execution: &Execution, tasks: &[Uuid]) -> Result<Vec<task::Model>> {
    use task::Column::{ArchivedAt, Id, ParentId};
    let cx = execution.cx();
    // One more than the page is read: 99 and one are the hundred.
    let ask = Ask { first: 99, after: None };
    let rows = service::visible(cx).filter(ArchivedAt.is_null());
    let by = By::oldest(Id);
    let rows = OfEach { rows, parent: ParentId, parents: tasks, key: Id, by: &by, ask: &ask };
    rows.all::<task::Model>(cx.db).await
}

pub(super) struct RelationsOf;

impl BatchFn<Uuid, Batched<List<(RelationKind, Uuid)>>> for Batch<RelationsOf> {
    async fn load(&mut self, tasks: &[Uuid]) -> HashMap<Uuid, Batched<List<(RelationKind, Uuid)>>> {
        let cx = self.execution.cx();
        let (from, to) = (task_relation::Column::TaskId, task_relation::Column::OtherId);
        let these = sql::key_in(cx.backend(), from, tasks);
        let rows = task_relation::Entity::find()
            .filter(sea_orm::Condition::any().add(these).add(sql::key_in(cx.backend(), to, tasks)))
            .order_by_asc(task_relation::Column::Kind)
            .order_by_asc(from)
            .order_by_asc(to)
            .all(cx.db)
            .await;
        // Each row is read from both its ends.
        let both = rows.map_err(Into::into).map(|rows| {
            let ends = rows.into_iter().flat_map(|row| {
                let (there, back) = read(row.kind);
                [(row.task_id, (there, row.other_id)), (row.other_id, (back, row.task_id))]
            });
            ends.filter(|(task, _)| tasks.contains(task)).collect()
        });
        many(tasks, both, |row| row)
    }
}

fn read(kind: Kind) -> (RelationKind, RelationKind) {
    match kind {
        Kind::Blocks => (RelationKind::Blocks, RelationKind::BlockedBy),
        Kind::RelatesTo => (RelationKind::RelatesTo, RelationKind::RelatesTo),
        Kind::Duplicates => (RelationKind::Duplicates, RelationKind::DuplicatedBy),
    }
}

pub(super) struct BlockedOnes;

impl BatchFn<Uuid, Batched<List<()>>> for Batch<BlockedOnes> {
    async fn load(&mut self, tasks: &[Uuid]) -> HashMap<Uuid, Batched<List<()>>> {
        many(tasks, blocked(&self.execution, tasks).await, |task| (task, ()))
    }
}

async fn blocked(execution: &Execution, tasks: &[Uuid]) -> Result<Vec<Uuid>> {
    use sea_orm::ConnectionTrait as _;
    let cx = execution.cx();
    let text = format!(
        "SELECT DISTINCT r.other_id FROM task_relation r JOIN task t ON t.id = r.task_id \
         WHERE r.kind = 'blocks' AND t.completed_at IS NULL AND {}",
        sql::among(cx.backend(), "r.other_id", 1)
    );
    let statement = sql::statement(cx.backend(), text, [sql::keys(cx.backend(), tasks)]);
    let rows = cx.db.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

pub(super) struct ActivityOf;

impl BatchFn<(Uuid, Ask), Batched<Lines>> for Batch<ActivityOf> {
    async fn load(&mut self, keys: &[(Uuid, Ask)]) -> HashMap<(Uuid, Ask), Batched<Lines>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, tasks) in alike(keys) {
            let found = activity(&self.execution, &tasks, &ask).await;
            answer(&mut answers, &ask, &tasks, found);
        }
        answers
    }
}

async fn activity(execution: &Execution, tasks: &[Uuid], ask: &Ask) -> Result<Vec<(Uuid, Lines)>> {
    use task_activity::Column::{Id, TaskId};
    let by = By::newest(Id);
    let rows = service::activity();
    let rows = OfEach { rows, parent: TaskId, parents: tasks, key: Id, by: &by, ask };
    let rows = rows.all::<task_activity::Model>(execution.cx().db).await?;
    let task = |row: &task_activity::Model| row.task_id.unwrap_or_default();
    let pages = Page::of_each(tasks, rows, ask, task, |row| Place::key(row.id));
    Ok(pages.into_iter().map(|(task, page)| (task, Arc::new(page.map(Arc::new)))).collect())
}
