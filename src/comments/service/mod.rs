mod on;
mod reactions;
pub mod told;
mod write;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

pub use on::{On, heard};
pub use reactions::react;
pub use write::{NewComment, create, delete, update};

use super::policy;
use crate::{
    Cx, Result,
    entity::comment::{self, Column},
};

/// The comments that the actor may read, under what they may see.
pub fn visible(cx: Cx<'_>) -> Select<comment::Entity> {
    below_visible(cx).filter(on::stands_on_visible(cx))
}

/// Comments right under what was read already, which the actor may see; not yet cut to one thing.
pub fn right_under_visible(cx: Cx<'_>) -> Select<comment::Entity> {
    below_visible(cx).filter(Column::ParentId.is_null())
}

/// The same with all answers at every depth.
pub fn below_visible(cx: Cx<'_>) -> Select<comment::Entity> {
    comment::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The comment of this key as it is now, locked for a change, if the actor may read it. Who locks what it stands
/// on too does that first, so that two changes never wait for each other.
async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<Option<comment::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(visible(cx).filter(Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}
