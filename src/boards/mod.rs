//! Boards: their columns, labels and members, and what happened on them.

mod loaders;
pub mod policy;
/// Reads and writes.
pub mod service;
mod types;

pub use loaders::Loaders;
pub use types::*;
