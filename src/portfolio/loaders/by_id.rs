use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::QueryFilter as _;
use uuid::Uuid;

use crate::{
    entity::{
        portfolio_item::{self, Column},
        profile::{self, Face},
    },
    graph::{Batch, Batched, one},
    portfolio::service::{self, Shown},
    sql,
};

pub(super) struct ById;

impl BatchFn<Uuid, Batched<Option<Arc<Shown>>>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<Shown>>>> {
        let cx = self.execution.cx();
        let rows = service::visible(cx).filter(sql::key_in(cx.backend(), Column::Id, ids));
        let (to, key) = (Column::OwnerId, profile::Column::Id);
        let rows = sql::with_one::<portfolio_item::Model, Face>(rows, to, key);
        let rows = sql::pairs(cx.db, &rows).await;
        let share = |(item, owner): (portfolio_item::Model, Face)| (item.into(), owner.into());
        one(ids, rows.map(|rows| rows.into_iter().map(share).collect()), |(item, _): &Shown| {
            item.id
        })
    }
}
