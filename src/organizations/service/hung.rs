use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Cx, Result,
    entity::file_use::{self, Column, Place},
    files::service::{On, rehang},
};

/// Makes `files`, one or none, what hangs in a place of an organization; answers whether that changed anything. What
/// hangs there already may be another owner's.
pub(super) async fn set(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    organization: Uuid,
    place: Place,
    files: &[Option<Uuid>],
) -> Result<bool> {
    let old: Vec<Uuid> = file_use::Entity::find()
        .select_only()
        .column(Column::FileId)
        .filter(Column::OrganizationId.eq(organization))
        .filter(Column::Place.eq(place))
        .into_tuple()
        .all(tx)
        .await?;
    if old.iter().copied().map(Some).eq(files.iter().copied()) {
        return Ok(false);
    }
    let path = if place == Place::Logo { ["input", "logo"] } else { ["input", "banner"] };
    rehang(cx, tx, On::Organization(organization), place, files, &path).await?;
    Ok(true)
}
