//! Who hires: organizations, and who acts for them.

mod loaders;
pub mod policy;
/// Reads and writes.
pub mod service;
mod types;

pub use loaders::Loaders;
pub use types::*;
