//! Boards: their columns, labels and members, and what happened on them.

mod events;
mod loaders;
mod mutation;
pub mod policy;
mod query;
/// Reads and writes.
pub mod service;
mod subscription;
mod types;
mod viewer;

pub use events::*;
pub use loaders::Loaders;
pub use mutation::*;
pub use query::*;
pub use subscription::*;
pub use types::*;
pub use viewer::*;
