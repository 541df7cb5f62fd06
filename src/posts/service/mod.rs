//! Reads and writes of posts.

mod feeds;
mod hearing;
mod reactions;
pub mod told;
mod write;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

pub use feeds::{Filter, Sort, Written, community, home, in_feed, one, share_all};
pub use hearing::{heard, hears};
pub use reactions::react;
pub use write::{Changes, NewPost, create, delete, update};

use super::policy;
use crate::{Cx, Error, Result, entity::post, markdown::Rendered, members};

/// The posts that the actor may read.
pub fn visible(cx: Cx<'_>) -> Select<post::Entity> {
    post::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The post of this key as it is now, locked for a change, if the actor may read it.
pub async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
) -> Result<Option<post::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(visible(cx).filter(post::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The keys of the members that a text names, as they are kept beside it.
pub async fn mentions(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    rendered: &Rendered,
) -> Result<Option<String>> {
    let keys = members::service::keys_of(cx, tx, &rendered.mentions).await?;
    if keys.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&keys).map(Some).map_err(Error::internal)
}
