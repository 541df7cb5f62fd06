//! Reads and writes of postings.

use sea_orm::{EntityTrait as _, QueryFilter as _, Select};

use super::policy;
use crate::{Cx, entity::job};

/// The postings that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<job::Entity> {
    job::Entity::find().filter(policy::visible_to(cx.actor))
}
