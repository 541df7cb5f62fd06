//! Reads and writes of postings.

mod expire;
mod input;
mod reindex;
mod salary;
mod write;

use sea_orm::{EntityTrait as _, QueryFilter as _, Select};

pub use expire::expire;
pub use input::{Changes, Location, Salary};
pub use reindex::{put, renamed};
pub use salary::yearly;
pub use write::{create, delete, set_state, update};

use super::policy;
use crate::{Cx, entity::job};

/// The postings that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<job::Entity> {
    job::Entity::find().filter(policy::visible_to(cx.actor))
}
