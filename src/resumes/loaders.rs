//! What pages ask of resumes, in batches.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::service;
use crate::{
    entity::{resume, resume_entry, spoken_language},
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, ask, loader, many, one},
    sql,
};

type Result<T> = crate::Result<T>;
type Row = Option<Arc<resume::Model>>;
type Entries = Arc<Vec<Arc<resume_entry::Model>>>;
type WholeEntries = Arc<Vec<resume_entry::Model>>;
type Languages = Arc<Vec<spoken_language::Model>>;

struct Lane {
    by_owner: Loader<Uuid, Batched<Row>, Batch<ByOwner>>,
    whole: Loader<Uuid, Batched<Row>, Batch<WholeOf>>,
    entries: Loader<Uuid, Batched<Entries>, Batch<EntriesOf>>,
    whole_entries: Loader<Uuid, Batched<WholeEntries>, Batch<WholeEntriesOf>>,
    languages: Loader<Uuid, Batched<Languages>, Batch<LanguagesOf>>,
}

/// The loaders of resumes, by their owners' keys; each depth of the answer (`depth`) has its own.
pub struct Loaders {
    by_id: Loader<Uuid, Batched<Option<Arc<resume_entry::Model>>>, Batch<EntryById>>,
    lanes: Lanes<Lane, usize>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { by_id: loader(execution, EntryById), lanes: Lanes::new(execution) }
    }
}

impl LoaderSet for Lane {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_owner: loader(execution, ByOwner),
            whole: loader(execution, WholeOf),
            entries: loader(execution, EntriesOf),
            whole_entries: loader(execution, WholeEntriesOf),
            languages: loader(execution, LanguagesOf),
        }
    }
}

impl Loaders {
    /// A member's resume, without what is kept for its export, if the actor may see it.
    pub async fn by_owner(&self, depth: usize, owner: Uuid) -> Result<Row> {
        let lane = self.lanes.at(depth);
        Box::pin(ask(&lane.by_owner, owner)).await
    }

    /// The same with what is kept for its export.
    pub async fn whole(&self, depth: usize, owner: Uuid) -> Result<Row> {
        let lane = self.lanes.at(depth);
        Box::pin(ask(&lane.whole, owner)).await
    }

    /// The entries of a resume that may be seen, section by section, without what is kept for their export.
    pub async fn entries(&self, depth: usize, owner: Uuid) -> Result<Entries> {
        let lane = self.lanes.at(depth);
        Box::pin(ask(&lane.entries, owner)).await
    }

    /// The same with what is kept for their export.
    pub async fn whole_entries(&self, depth: usize, owner: Uuid) -> Result<WholeEntries> {
        let lane = self.lanes.at(depth);
        Box::pin(ask(&lane.whole_entries, owner)).await
    }

    /// The languages of a resume that may be seen, in their order.
    pub async fn languages(&self, depth: usize, owner: Uuid) -> Result<Languages> {
        let lane = self.lanes.at(depth);
        Box::pin(ask(&lane.languages, owner)).await
    }

    /// An entry, if the actor may see it.
    pub async fn entry_by_id(&self, id: Uuid) -> Result<Option<Arc<resume_entry::Model>>> {
        Box::pin(ask(&self.by_id, id)).await
    }
}

struct ByOwner;

impl BatchFn<Uuid, Batched<Row>> for Batch<ByOwner> {
    async fn load(&mut self, owners: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), resume::Column::ProfileId, owners);
        let rows = sql::shaped::<resume::Model>(cx.db, service::visible(cx).filter(these)).await;
        one(owners, rows, |row| row.profile_id)
    }
}

struct WholeOf;

impl BatchFn<Uuid, Batched<Row>> for Batch<WholeOf> {
    async fn load(&mut self, owners: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), resume::Column::ProfileId, owners);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(owners, rows.map_err(Into::into), |row| row.profile_id)
    }
}

/// The entries of these, in their order.
fn of(execution: &Execution, owners: &[Uuid]) -> sea_orm::Select<resume_entry::Entity> {
    use resume_entry::Column::{Id, Kind, Position, ProfileId};
    resume_entry::Entity::find()
        .filter(sql::key_in(execution.cx().backend(), ProfileId, owners))
        .order_by_asc(Kind)
        .order_by_asc(Position)
        .order_by_asc(Id)
}

struct EntriesOf;

impl BatchFn<Uuid, Batched<Entries>> for Batch<EntriesOf> {
    async fn load(&mut self, owners: &[Uuid]) -> HashMap<Uuid, Batched<Entries>> {
        let rows = of(&self.execution, owners);
        let rows = sql::shaped::<resume_entry::Model>(self.execution.cx().db, rows).await;
        many(owners, rows, |row| (row.profile_id, Arc::new(row)))
    }
}

struct WholeEntriesOf;

impl BatchFn<Uuid, Batched<WholeEntries>> for Batch<WholeEntriesOf> {
    async fn load(&mut self, owners: &[Uuid]) -> HashMap<Uuid, Batched<WholeEntries>> {
        let rows = of(&self.execution, owners).all(self.execution.cx().db).await;
        many(owners, rows.map_err(Into::into), |row| (row.profile_id, row))
    }
}

struct LanguagesOf;

impl BatchFn<Uuid, Batched<Languages>> for Batch<LanguagesOf> {
    async fn load(&mut self, owners: &[Uuid]) -> HashMap<Uuid, Batched<Languages>> {
        let cx = self.execution.cx();
        let rows = spoken_language::Entity::find()
            .filter(sql::key_in(cx.backend(), spoken_language::Column::ProfileId, owners))
            .order_by_asc(spoken_language::Column::Position)
            .all(cx.db)
            .await;
        many(owners, rows.map_err(Into::into), |row| (row.profile_id, row))
    }
}

struct EntryById;

impl BatchFn<Uuid, Batched<Option<Arc<resume_entry::Model>>>> for Batch<EntryById> {
    async fn load(
        &mut self,
        ids: &[Uuid],
    ) -> HashMap<Uuid, Batched<Option<Arc<resume_entry::Model>>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), resume_entry::Column::Id, ids);
        let rows = service::visible_entries(cx).filter(these);
        one(ids, sql::shaped::<resume_entry::Model>(cx.db, rows).await, |row| row.id)
    }
}
