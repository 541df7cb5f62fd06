//! `guildhall schema`

use super::output;
use crate::schema;

pub(super) fn run() -> anyhow::Result<()> {
    Ok(output::print(&schema::sdl(&schema::build()))?)
}
