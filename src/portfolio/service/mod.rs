//! Reads and writes of portfolio items.

mod credits;
mod hearing;
mod hung;
mod input;
mod lists;
mod publish;
mod reactions;
mod slugs;
mod tagged;
pub mod told;
mod write;

use std::sync::Arc;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

pub use credits::answer;
pub use hearing::{heard, hears};
pub use input::{Changes, Credit};
pub use lists::{Filter, Sort, asked, by_path, gallery, mine, one};
pub use publish::{delete, publish, reorder};
pub use reactions::react;
pub use write::{create, update};

use super::policy;
use crate::{
    Cx, Result,
    entity::{
        portfolio_item::{self, Column},
        profile::Face,
    },
};

/// An item with whose it is, read in one statement.
pub type Shown = (Arc<portfolio_item::Model>, Arc<Face>);

/// The portfolio items that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<portfolio_item::Entity> {
    portfolio_item::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The item of this key as it is now, locked for a change, if the actor may see it.
pub async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<Option<portfolio_item::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(visible(cx).filter(Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}
