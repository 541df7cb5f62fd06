//! Reads and writes of organizations.

mod hung;
mod lists;
mod members;
mod save;
mod verify;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

pub use lists::{by_slug, list, mine};
pub use members::set_member;
pub use save::{Changes, save};
pub use verify::verify;

use super::policy;
use crate::{
    Cx, Error, Result,
    entity::{
        organization::{self, Column},
        organization_member::{self, Role},
    },
};

/// The organizations that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<organization::Entity> {
    organization::Entity::find().filter(policy::visible_to(cx.actor))
}

/// What the actor is in an organization.
pub async fn role_in(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    organization: Uuid,
) -> Result<Option<Role>> {
    let Some(me) = cx.actor.id() else { return Ok(None) };
    let row = organization_member::Entity::find_by_id((organization, me)).one(db).await?;
    Ok(row.map(|row| row.role))
}

/// The organization of this key as it is now, locked for a change.
async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<organization::Model> {
    let missing = || Error::not_found("organization");
    let row = visible(cx).filter(Column::Id.eq(id.ok_or_else(missing)?));
    row.lock_exclusive().one(tx).await?.ok_or_else(missing)
}
