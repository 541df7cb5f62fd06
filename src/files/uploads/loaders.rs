use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    Result,
    entity::{file, upload},
    files::policy,
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, fail, loader, one},
    sql,
};

type One<M> = Batched<Option<Arc<M>>>;

/// The loaders of uploads; each answers its owner alone.
pub struct Loaders {
    by_id: Loader<Uuid, One<upload::Model>, Batch<ById>>,
    file_by_id: Loader<Uuid, One<file::Model>, Batch<FileById>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { by_id: loader(execution, ById), file_by_id: loader(execution, FileById) }
    }
}

impl Loaders {
    /// An upload of the actor's by its key.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<upload::Model>>> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// The file that an upload of the actor's became, by its key.
    pub async fn file_by_id(&self, id: Uuid) -> Result<Option<Arc<file::Model>>> {
        Box::pin(ask(&self.file_by_id, id)).await
    }
}

struct ById;

impl BatchFn<Uuid, One<upload::Model>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, One<upload::Model>> {
        let cx = self.execution.cx();
        let Some(me) = cx.actor.id() else { return one(ids, Ok(Vec::new()), |row| row.id) };
        if let Err(error) = policy::read_own(cx.actor) {
            return fail(ids, &error);
        }
        let rows = upload::Entity::find()
            .filter(upload::Column::OwnerId.eq(me))
            .filter(sql::key_in(cx.backend(), upload::Column::Id, ids))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row: &upload::Model| row.id)
    }
}

struct FileById;

impl BatchFn<Uuid, One<file::Model>> for Batch<FileById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, One<file::Model>> {
        let cx = self.execution.cx();
        let Some(me) = cx.actor.id() else { return one(ids, Ok(Vec::new()), |row| row.id) };
        let rows = file::Entity::find()
            .filter(file::Column::OwnerId.eq(me))
            .filter(sql::key_in(cx.backend(), file::Column::Id, ids))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row: &file::Model| row.id)
    }
}
