use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{ColumnTrait as _, QueryFilter as _, sea_query::Order};
use uuid::Uuid;

use crate::{
    Result,
    entity::portfolio_item::{self, Column},
    graph::{Batch, Batched, Execution, alike, answer},
    page::{Ask, By, Page, Place},
    portfolio::service,
    sql::OfEach,
};

/// A page of the items of one member.
pub(super) type Items = Arc<Page<Arc<portfolio_item::Model>>>;
type Key = (Uuid, Ask);

/// The published items of members, in their order.
pub(super) struct ByOwner;

impl BatchFn<Key, Batched<Items>> for Batch<ByOwner> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Items>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, owners) in alike(keys) {
            let found = by_owner(&self.execution, &owners, &ask).await;
            answer(&mut answers, &ask, &owners, found);
        }
        answers
    }
}

async fn by_owner(execution: &Execution, owners: &[Uuid], ask: &Ask) -> Result<Vec<(Uuid, Items)>> {
    let cx = execution.cx();
    let rows = OfEach {
        rows: service::visible(cx).filter(Column::Publication.is_not_null()),
        parent: Column::OwnerId,
        parents: owners,
        key: Column::Id,
        by: &By::ranked(Column::Position, Column::Id, Order::Asc),
        ask,
    };
    let rows = rows.all::<portfolio_item::Model>(cx.db).await?;
    let place = |row: &portfolio_item::Model| Place::at(row.position, row.id);
    let pages = Page::of_each(owners, rows, ask, |row| row.owner_id, place);
    Ok(pages.into_iter().map(|(id, page)| (id, Arc::new(page.map(Arc::new)))).collect())
}
