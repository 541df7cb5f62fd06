//! What other types ask of the actor's own bookmarks, in batches.

use std::{
    collections::{HashMap, HashSet},
    mem::{Discriminant, discriminant},
    sync::{Arc, Mutex, PoisonError},
};

use dataloader::BatchFn;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::{policy, service::On};
use crate::{
    Result,
    entity::bookmark::{self, Column},
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, fail, loader, one},
    sql,
};

/// What kind of thing is kept, and where it stands in the answer.
type Lane = (Discriminant<On>, u64);

/// The loaders of bookmarks.
pub struct Loaders {
    execution: Arc<Execution>,
    by_id: Loader<Uuid, Batched<Option<Arc<bookmark::Model>>>, Batch<ById>>,
    kept: Mutex<HashMap<Lane, Arc<Loader<Uuid, Batched<bool>, Batch<Kept>>>>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        let by_id = loader(execution, ById);
        Self { execution: execution.clone(), by_id, kept: Mutex::default() }
    }
}

impl Loaders {
    /// The actor's bookmark of this key.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<bookmark::Model>>> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// Whether the actor keeps something. Things that stand in different places of an answer have a loader each
    /// (`lane`; 0 where there is one), so that the number of statements never hangs on which was read first.
    pub async fn kept(&self, on: On, lane: u64) -> Result<bool> {
        let loader = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(loader(&self.execution, Kept(on.column())));
            kept.entry((discriminant(&on), lane)).or_insert_with(new).clone()
        };
        Box::pin(ask(&loader, on.key())).await
    }
}

/// Whether things of one kind are kept; what names them.
struct Kept(Column);

impl BatchFn<Uuid, Batched<bool>> for Batch<Kept> {
    async fn load(&mut self, keys: &[Uuid]) -> HashMap<Uuid, Batched<bool>> {
        let on = self.what.0;
        let rows = async {
            let cx = self.execution.cx();
            let Some(me) = cx.actor.id() else { return Ok(Vec::new()) };
            let rows = bookmark::Entity::find()
                .select_only()
                .column(on)
                .filter(Column::ProfileId.eq(me))
                .filter(sql::key_in(cx.backend(), on, keys));
            Ok(rows.into_tuple::<Uuid>().all(cx.db).await?)
        };
        match rows.await {
            Err(error) => fail(keys, &error),
            Ok(rows) => {
                let kept: HashSet<Uuid> = rows.into_iter().collect();
                keys.iter().map(|key| (*key, Ok(kept.contains(key)))).collect()
            }
        }
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Option<Arc<bookmark::Model>>>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<bookmark::Model>>>> {
        let cx = self.execution.cx();
        let Some(me) = cx.actor.id() else { return one(ids, Ok(Vec::new()), |row| row.id) };
        if let Err(error) = policy::read_own(cx.actor) {
            return fail(ids, &error);
        }
        let rows = bookmark::Entity::find()
            .filter(Column::ProfileId.eq(me))
            .filter(sql::key_in(cx.backend(), Column::Id, ids))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row: &bookmark::Model| row.id)
    }
}
