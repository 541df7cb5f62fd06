//! Portfolio items as the graph shows them.

mod item;
mod viewer;

pub use item::*;
pub use viewer::*;
