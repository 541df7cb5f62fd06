use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::Comment;
use crate::{
    comments::service,
    entity::{
        comment::{self, Column},
        profile::{self, Face},
    },
    graph::{Batch, Batched, fail, one},
    sql, streams,
};

pub(super) struct ById;

impl BatchFn<Uuid, Batched<Option<Arc<Comment>>>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<Comment>>>> {
        let cx = self.execution.cx();
        let rows = service::visible(cx).filter(sql::key_in(cx.backend(), Column::Id, ids));
        let (to, key) = (Column::AuthorId, profile::Column::Id);
        let rows = sql::with_one::<comment::Model, Face>(rows, to, key);
        let rows = sql::pairs(cx.db, &rows).await;
        let share = |(row, author): (comment::Model, Face)| (Arc::new(row), Arc::new(author));
        let rows = rows.map(|rows| rows.into_iter().map(share).collect());
        one(ids, rows, |(comment, _): &Comment| comment.id)
    }
}

/// The Markdown of comments that were read, and may be read, already.
pub(super) struct Sources;

impl BatchFn<Uuid, Batched<Option<Arc<String>>>> for Batch<Sources> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<String>>>> {
        let cx = self.execution.cx();
        let rows = comment::Entity::find()
            .select_only()
            .columns([Column::Id, Column::BodySource])
            .filter(sql::key_in(cx.backend(), Column::Id, ids))
            .into_tuple::<(Uuid, String)>()
            .all(cx.db)
            .await;
        match rows {
            Err(error) => fail(ids, &error.into()),
            Ok(rows) => {
                let mut found: HashMap<_, _> = rows.into_iter().collect();
                ids.iter().map(|id| (*id, Ok(found.remove(id).map(Arc::new)))).collect()
            }
        }
    }
}

pub(super) struct Reached;

impl BatchFn<Uuid, Batched<i64>> for Batch<Reached> {
    async fn load(&mut self, keys: &[Uuid]) -> HashMap<Uuid, Batched<i64>> {
        match streams::reached(self.execution.cx().db, keys).await {
            Err(error) => fail(keys, &error),
            Ok(found) => {
                let found: HashMap<Uuid, i64> = found.into_iter().collect();
                let of = |key: &Uuid| found.get(key).copied().unwrap_or_default();
                keys.iter().map(|key| (*key, Ok(of(key)))).collect()
            }
        }
    }
}
