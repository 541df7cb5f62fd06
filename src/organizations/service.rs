//! Reads and writes of organizations.

use sea_orm::{EntityTrait as _, QueryFilter as _, Select};

use super::policy;
use crate::{Cx, entity::organization};

/// The organizations that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<organization::Entity> {
    organization::Entity::find().filter(policy::visible_to(cx.actor))
}
