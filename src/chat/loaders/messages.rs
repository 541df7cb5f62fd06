use std::sync::Arc;

use async_graphql::Context;
use sea_orm::EntityTrait as _;
use uuid::Uuid;

use crate::{Result, entity::message, graph::ContextExt as _};

/// The message of this key, for those who hear of it.
pub(crate) async fn message_by_id(
    ctx: &Context<'_>,
    id: Uuid,
) -> Result<Option<Arc<message::Model>>> {
    Ok(message::Entity::find_by_id(id).one(ctx.cx().db).await?.map(Arc::new))
}
