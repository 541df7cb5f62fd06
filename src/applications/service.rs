//! Reads and writes of applications.

use sea_orm::{EntityTrait as _, QueryFilter as _, Select};

use super::policy;
use crate::{Cx, entity::application};

/// The applications that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<application::Entity> {
    application::Entity::find().filter(policy::visible_to(cx.actor))
}
