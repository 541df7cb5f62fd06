//! Portfolio items as the graph shows them.

mod item;

pub use item::*;
