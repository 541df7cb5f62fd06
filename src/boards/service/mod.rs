//! Reads and writes of boards.

pub mod history;
pub mod rank;
mod standing;
pub mod told;

use sea_orm::{EntityTrait as _, QueryFilter as _, Select};

pub use standing::{Standing, locked, own_role, standing};

use super::policy;
use crate::{Cx, entity::board};

/// The boards that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<board::Entity> {
    board::Entity::find().filter(policy::visible_to(cx.actor))
}
