use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Cx, Result, check,
    entity::file_use::{self, Column, Place},
    files::service::{On, rehang},
    markdown,
};

/// Makes `files` all that hang in a place of an item of the actor's own; answers whether that changed anything.
pub(super) async fn set(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    item: Uuid,
    place: Place,
    files: &[Option<Uuid>],
) -> Result<bool> {
    let old: Vec<Uuid> = file_use::Entity::find()
        .select_only()
        .column(Column::FileId)
        .filter(Column::PortfolioItemId.eq(item))
        .filter(Column::Place.eq(place))
        .order_by_asc(Column::Position)
        .into_tuple()
        .all(tx)
        .await?;
    if old.iter().copied().map(Some).eq(files.iter().copied()) {
        return Ok(false);
    }
    let path = if place == Place::Cover { ["input", "cover"] } else { ["input", "media"] };
    rehang(cx, tx, On::PortfolioItem(item), place, files, &path).await?;
    Ok(true)
}

/// Whether an item with this story has something to show: the story, or a picture.
pub(super) async fn shows_something(
    tx: &impl ConnectionTrait,
    item: Uuid,
    story_html: &str,
) -> Result<bool> {
    if !check::is_blank(&markdown::plain_text(story_html, None)) {
        return Ok(true);
    }
    let files = file_use::Entity::find().filter(Column::PortfolioItemId.eq(item));
    Ok(files.one(tx).await?.is_some())
}
