//! Reads and writes of boards.

mod columns;
mod create;
mod delete;
mod follow;
pub mod history;
mod labels;
mod lists;
mod members;
pub mod rank;
mod standing;
pub mod told;
mod update;
mod words;

use sea_orm::{EntityTrait as _, QueryFilter as _, Select};

pub use columns::{ColumnChanges, delete_column, save_column};
pub use create::{NewBoard, create};
pub use delete::delete;
pub use follow::{hear, hears};
pub use labels::{Label, delete_label, save_label};
pub use lists::{Which, listed, mine, one};
pub use members::set_member;
pub use standing::{Standing, locked, own_role, standing};
pub use update::{Changes, archive, update};
pub use words::NewColumn;

use super::policy;
use crate::{Cx, entity::board};

/// The boards that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<board::Entity> {
    board::Entity::find().filter(policy::visible_to(cx.actor))
}
