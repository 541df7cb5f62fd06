use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Order};

use super::visible;
use crate::{
    Cx, Result,
    entity::{
        organization::{self, Column},
        organization_member,
    },
    organizations::policy,
    page::{Ask, By, Page, Place, Rank},
    sql,
};

/// The organization of this name in addresses.
pub async fn by_slug(cx: Cx<'_>, slug: &str) -> Result<Option<organization::Model>> {
    // PostgreSQL can't be asked for text with NUL; no name has one.
    if slug.contains('\0') {
        return Ok(None);
    }
    Ok(visible(cx).filter(Column::Slug.eq(slug.trim().to_lowercase())).one(cx.db).await?)
}

/// The organizations whose names begin with `text`, or all, by name.
pub async fn list(cx: Cx<'_>, text: Option<&str>, ask: &Ask) -> Result<Page<organization::Model>> {
    let mut rows = visible(cx);
    if let Some(text) = text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty())
    {
        if text.contains('\0') {
            return Ok(Page::empty());
        }
        let end = format!("{text}\u{10ffff}");
        rows = rows.filter(Column::NameKey.gte(text)).filter(Column::NameKey.lt(end));
    }
    let by = By::lettered(Column::NameKey, Column::Id, Order::Asc);
    let place = |row: &organization::Model| Place {
        rank: Some(Rank::Text(row.name_key.clone())),
        id: row.id,
    };
    by.page(cx.db, rows, ask, place).await
}

/// The organizations that the actor belongs to, those that came here last first, and as what.
pub async fn mine(
    cx: Cx<'_>,
    ask: &Ask,
) -> Result<Page<(organization_member::Model, organization::Model)>> {
    use organization_member::Column::{OrganizationId, ProfileId};
    let me = policy::read(cx.actor)?.id;
    let rows = organization_member::Entity::find().filter(ProfileId.eq(me));
    let rows = By::newest(OrganizationId).cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows = sql::with_one::<organization_member::Model, organization::Model>(
        rows,
        OrganizationId,
        Column::Id,
    );
    let rows = sql::pairs(cx.db, &rows).await?;
    Ok(Page::new(rows, ask, |(_, row): &(_, organization::Model)| Place::key(row.id)))
}
