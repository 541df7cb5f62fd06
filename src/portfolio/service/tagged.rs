use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Cx, Result,
    entity::{
        portfolio_item,
        portfolio_item_tag::{self, Column},
    },
    tags::service::{Name, ensure, recount, without},
};

/// Makes `names` all tags of an item; answers whether that changed anything. Uses count while the item is
/// published, so that a draft tells nobody what it is about.
pub(super) async fn set(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    item: &portfolio_item::Model,
    names: &[Name],
) -> Result<bool> {
    let before = of(tx, item.id).await?;
    let after = ensure(cx, tx, names).await?;
    let (gone, new) = (without(&before, &after), without(&after, &before));
    if item.publication.is_some() {
        recount(tx, &before, &after).await?;
    }
    if !gone.is_empty() {
        portfolio_item_tag::Entity::delete_many()
            .filter(Column::PortfolioItemId.eq(item.id))
            .filter(Column::TagId.is_in(gone.iter().copied()))
            .exec(tx)
            .await?;
    }
    if !new.is_empty() {
        let rows = new.iter().map(|tag| portfolio_item_tag::ActiveModel {
            portfolio_item_id: Set(item.id),
            tag_id: Set(*tag),
        });
        portfolio_item_tag::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(!gone.is_empty() || !new.is_empty())
}

/// The keys of an item's tags.
pub(super) async fn of(tx: &impl ConnectionTrait, item: Uuid) -> Result<Vec<Uuid>> {
    let rows = portfolio_item_tag::Entity::find().select_only().column(Column::TagId);
    Ok(rows.filter(Column::PortfolioItemId.eq(item)).into_tuple().all(tx).await?)
}
