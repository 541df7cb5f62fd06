//! Reads and writes of postings.

mod expire;
mod input;
mod json_ld;
mod rates;
mod reindex;
mod salary;
mod stages;
mod write;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Select};

pub use expire::expire;
pub use input::{Changes, Location, Salary};
pub use json_ld::{json_ld, page};
pub use rates::{look_at_rates, work_out};
pub use reindex::renamed;
pub use salary::yearly;
pub use stages::{Step, set_stages};
pub use write::{create, delete, set_state, update};

use super::policy;
use crate::{Cx, Result, entity::job};

/// The postings that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<job::Entity> {
    job::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The posting of this name in addresses.
pub async fn by_slug(cx: Cx<'_>, slug: &str) -> Result<Option<job::Model>> {
    // PostgreSQL can't be asked for text with NUL; no name has one.
    if slug.contains('\0') {
        return Ok(None);
    }
    let slug = slug.trim().to_lowercase();
    Ok(visible(cx).filter(job::Column::Slug.eq(slug)).one(cx.db).await?)
}
