use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use uuid::Uuid;

use crate::{
    Result,
    chat::service,
    entity::profile,
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, fail, loader},
    members, sql,
};

type Rows = Arc<Vec<Arc<profile::Face>>>;

/// Who types, by conversation: one round trip and two statements for all of a page, none while nobody does.
pub struct TypingLoaders {
    typing: Loader<Uuid, Batched<Rows>, Batch<TypingIn>>,
}

impl LoaderSet for TypingLoaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { typing: loader(execution, TypingIn) }
    }
}

impl TypingLoaders {
    /// Who types in a conversation, as the actor may know it.
    pub async fn typing_in(&self, conversation: Uuid) -> Result<Rows> {
        Box::pin(ask(&self.typing, conversation)).await
    }
}

struct TypingIn;

impl BatchFn<Uuid, Batched<Rows>> for Batch<TypingIn> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Rows>> {
        match typing(&self.execution, ids).await {
            Err(error) => fail(ids, &error),
            Ok(found) => ids.iter().zip(found).map(|(id, rows)| (*id, Ok(rows))).collect(),
        }
    }
}

async fn typing(execution: &Execution, ids: &[Uuid]) -> Result<Vec<Rows>> {
    use sea_orm::QueryFilter as _;
    let cx = execution.cx();
    let keys = service::typing_in(cx, ids).await?;
    let mut all: Vec<Uuid> = keys.iter().flatten().copied().collect();
    if all.is_empty() {
        return Ok(vec![Rows::default(); ids.len()]);
    }
    all.sort_unstable();
    all.dedup();
    let rows =
        members::service::visible(cx).filter(sql::key_in(cx.backend(), profile::Column::Id, &all));
    let faces = sql::shaped::<profile::Face>(cx.db, rows).await?;
    let faces: HashMap<Uuid, Arc<profile::Face>> =
        faces.into_iter().map(|face| (face.id, Arc::new(face))).collect();
    let of =
        |keys: Vec<Uuid>| Arc::new(keys.iter().filter_map(|key| faces.get(key).cloned()).collect());
    Ok(keys.into_iter().map(of).collect())
}
