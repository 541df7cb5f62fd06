//! What pages ask of boards, in batches.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::{policy, service, types::Present};
use crate::{
    Result,
    entity::{
        board, board_column, board_member,
        profile::{self, Face},
        task_activity, task_label,
    },
    graph::{
        Batch, Batched, Execution, Lanes, Loader, LoaderSet, alike, answer, ask, fail, loader,
        many, one,
    },
    members,
    page::{Ask, By, Page, Place},
    sql::{self, OfEach},
    streams,
};

type Row<M> = Option<Arc<M>>;
type Rows<M> = Arc<Vec<Arc<M>>>;
type Key = (Uuid, Ask);
type People = Arc<Page<Present>>;
type Lines = Arc<Page<Arc<task_activity::Model>>>;

/// What is asked of boards that stand in one place of the answer.
struct At {
    by_id: Loader<Uuid, Batched<Row<board::Model>>, Batch<ById>>,
    column: Loader<Uuid, Batched<Row<board_column::Model>>, Batch<ColumnById>>,
    label: Loader<Uuid, Batched<Row<task_label::Model>>, Batch<LabelById>>,
    line: Loader<Uuid, Batched<Row<task_activity::Model>>, Batch<LineById>>,
    columns: Loader<Uuid, Batched<Rows<board_column::Model>>, Batch<ColumnsOf>>,
    labels: Loader<Uuid, Batched<Rows<task_label::Model>>, Batch<LabelsOf>>,
    own_role: Loader<Uuid, Batched<Row<board_member::Model>>, Batch<OwnRole>>,
    members: Loader<Key, Batched<People>, Batch<MembersOf>>,
    activity: Loader<Key, Batched<Lines>, Batch<ActivityOf>>,
    last_seq: Loader<Uuid, Batched<i64>, Batch<LastSeq>>,
    face: Loader<Uuid, Batched<Row<Face>>, Batch<Faces>>,
}

/// The loaders of boards; each place of the answer (`lane`) has its own.
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
            column: loader(execution, ColumnById),
            label: loader(execution, LabelById),
            line: loader(execution, LineById),
            columns: loader(execution, ColumnsOf),
            labels: loader(execution, LabelsOf),
            own_role: loader(execution, OwnRole),
            members: loader(execution, MembersOf),
            activity: loader(execution, ActivityOf),
            last_seq: loader(execution, LastSeq),
            face: loader(execution, Faces),
        }
    }
}

impl Loaders {
    /// The row of this key, if the actor may see it.
    pub async fn by_id(&self, id: Uuid, lane: u64) -> Result<Row<board::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.by_id, id)).await
    }

    /// The column of this key, if the actor may see its board.
    pub async fn column(&self, id: Uuid, lane: u64) -> Result<Row<board_column::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.column, id)).await
    }

    /// The label of this key, if the actor may see its board.
    pub async fn label(&self, id: Uuid, lane: u64) -> Result<Row<task_label::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.label, id)).await
    }

    /// The line of history of this key, if the actor may see its board.
    pub async fn line(&self, id: Uuid, lane: u64) -> Result<Row<task_activity::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.line, id)).await
    }

    /// The columns of a board that is seen, in their order.
    pub async fn columns(&self, board: Uuid, lane: u64) -> Result<Rows<board_column::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.columns, board)).await
    }

    /// The labels of a board that is seen, by name.
    pub async fn labels(&self, board: Uuid, lane: u64) -> Result<Rows<task_label::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.labels, board)).await
    }

    /// What the actor is on a board, if they are its member.
    pub async fn own_role(&self, board: Uuid, lane: u64) -> Result<Row<board_member::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.own_role, board)).await
    }

    /// A page of those who work on a board that is seen.
    pub async fn members(&self, board: Uuid, page: Ask, lane: u64) -> Result<People> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.members, (board, page))).await
    }

    /// A page of what happened on a board that is seen, the latest first.
    pub async fn activity(&self, board: Uuid, page: Ask, lane: u64) -> Result<Lines> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.activity, (board, page))).await
    }

    /// The number of the latest event of the board's stream; 0 before the first.
    pub async fn last_seq(&self, board: Uuid, lane: u64) -> Result<i64> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.last_seq, board)).await
    }

    /// The head of a member, if the actor may see them.
    pub async fn face(&self, id: Uuid, lane: u64) -> Result<Row<Face>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.face, id)).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row<board::Model>>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<board::Model>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), board::Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct ColumnById;

impl BatchFn<Uuid, Batched<Row<board_column::Model>>> for Batch<ColumnById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<board_column::Model>>> {
        use board_column::Column::{BoardId, Id};
        let cx = self.execution.cx();
        let rows = board_column::Entity::find()
            .filter(sql::key_in(cx.backend(), Id, ids))
            .filter(BoardId.in_subquery(policy::seen_by(cx.actor)))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct LabelById;

impl BatchFn<Uuid, Batched<Row<task_label::Model>>> for Batch<LabelById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<task_label::Model>>> {
        use task_label::Column::{BoardId, Id};
        let cx = self.execution.cx();
        let rows = task_label::Entity::find()
            .filter(sql::key_in(cx.backend(), Id, ids))
            .filter(BoardId.in_subquery(policy::seen_by(cx.actor)))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct LineById;

impl BatchFn<Uuid, Batched<Row<task_activity::Model>>> for Batch<LineById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<task_activity::Model>>> {
        use task_activity::Column::{BoardId, Id};
        let cx = self.execution.cx();
        let rows = task_activity::Entity::find()
            .filter(sql::key_in(cx.backend(), Id, ids))
            .filter(BoardId.in_subquery(policy::seen_by(cx.actor)))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct ColumnsOf;

impl BatchFn<Uuid, Batched<Rows<board_column::Model>>> for Batch<ColumnsOf> {
    async fn load(&mut self, boards: &[Uuid]) -> HashMap<Uuid, Batched<Rows<board_column::Model>>> {
        use board_column::Column::{BoardId, Id, Position};
        let cx = self.execution.cx();
        let rows = board_column::Entity::find()
            .filter(sql::key_in(cx.backend(), BoardId, boards))
            .order_by_asc(Position)
            .order_by_asc(Id)
            .all(cx.db)
            .await;
        many(boards, rows.map_err(Into::into), |row| (row.board_id, Arc::new(row)))
    }
}

struct LabelsOf;

impl BatchFn<Uuid, Batched<Rows<task_label::Model>>> for Batch<LabelsOf> {
    async fn load(&mut self, boards: &[Uuid]) -> HashMap<Uuid, Batched<Rows<task_label::Model>>> {
        use task_label::Column::{BoardId, NameKey};
        let cx = self.execution.cx();
        let rows = task_label::Entity::find()
            .filter(sql::key_in(cx.backend(), BoardId, boards))
            .order_by_asc(NameKey)
            .all(cx.db)
            .await;
        many(boards, rows.map_err(Into::into), |row| (row.board_id, Arc::new(row)))
    }
}

struct OwnRole;

impl BatchFn<Uuid, Batched<Row<board_member::Model>>> for Batch<OwnRole> {
    async fn load(&mut self, boards: &[Uuid]) -> HashMap<Uuid, Batched<Row<board_member::Model>>> {
        use board_member::Column::{BoardId, ProfileId};
        let cx = self.execution.cx();
        let board = |row: &board_member::Model| row.board_id;
        let Some(me) = cx.actor.id() else { return one(boards, Ok(Vec::new()), board) };
        let rows = board_member::Entity::find()
            .filter(ProfileId.eq(me))
            .filter(sql::key_in(cx.backend(), BoardId, boards))
            .all(cx.db)
            .await;
        one(boards, rows.map_err(Into::into), board)
    }
}

struct MembersOf;

impl BatchFn<Key, Batched<People>> for Batch<MembersOf> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<People>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, boards) in alike(keys) {
            let found = people(&self.execution, &boards, &ask).await.map(|rows| {
                let pages = Page::of_each(
                    &boards,
                    rows,
                    &ask,
                    |(row, _)| row.board_id,
                    |(row, _)| Place::key(row.profile_id),
                );
                pages.into_iter().map(|(id, page)| (id, Arc::new(page))).collect()
            });
            answer(&mut answers, &ask, &boards, found);
        }
        answers
    }
}

/// The rows that [`Ask::limit`] fetches of each board. Who works on it is the same for all who see it, whoever blocks
/// whom.
async fn people(execution: &Execution, boards: &[Uuid], ask: &Ask) -> Result<Vec<Present>> {
    use board_member::Column::{BoardId, ProfileId};
    let rows = OfEach {
        rows: board_member::Entity::find(),
        parent: BoardId,
        parents: boards,
        key: ProfileId,
        by: &By::oldest(ProfileId),
        ask,
    };
    let db = execution.cx().db;
    let rows =
        rows.with_one::<board_member::Model, Face>(db, ProfileId, profile::Column::Id).await?;
    Ok(rows.into_iter().map(|(row, face)| (Arc::new(row), Arc::new(face))).collect())
}

struct ActivityOf;

impl BatchFn<Key, Batched<Lines>> for Batch<ActivityOf> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Lines>> {
        use task_activity::Column::{BoardId, Id};
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, boards) in alike(keys) {
            let rows = OfEach {
                rows: task_activity::Entity::find(),
                parent: BoardId,
                parents: &boards,
                key: Id,
                by: &By::newest(Id),
                ask: &ask,
            };
            let rows = rows.all::<task_activity::Model>(self.execution.cx().db).await;
            let found = rows.map(|rows| {
                let rows = rows.into_iter().map(Arc::new).collect();
                let pages = Page::of_each(
                    &boards,
                    rows,
                    &ask,
                    |row: &Arc<task_activity::Model>| row.board_id,
                    |row| Place::key(row.id),
                );
                pages.into_iter().map(|(id, page)| (id, Arc::new(page))).collect()
            });
            answer(&mut answers, &ask, &boards, found);
        }
        answers
    }
}

struct LastSeq;

impl BatchFn<Uuid, Batched<i64>> for Batch<LastSeq> {
    async fn load(&mut self, boards: &[Uuid]) -> HashMap<Uuid, Batched<i64>> {
        match streams::reached(self.execution.cx().db, boards).await {
            Err(error) => fail(boards, &error),
            Ok(found) => {
                let found: HashMap<Uuid, i64> = found.into_iter().collect();
                let seq = |id| found.get(id).copied().unwrap_or_default();
                boards.iter().map(|id| (*id, Ok(seq(id)))).collect()
            }
        }
    }
}

struct Faces;

impl BatchFn<Uuid, Batched<Row<Face>>> for Batch<Faces> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<Face>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), profile::Column::Id, ids);
        let rows = sql::shaped(cx.db, members::service::visible(cx).filter(these)).await;
        one(ids, rows, |face: &Face| face.id)
    }
}
