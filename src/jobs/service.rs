//! Reads and writes of postings.

mod salary;

use sea_orm::{EntityTrait as _, QueryFilter as _, Select};

pub use self::salary::yearly;
use super::policy;
use crate::{Cx, entity::job};

/// The postings that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<job::Entity> {
    job::Entity::find().filter(policy::visible_to(cx.actor))
}
