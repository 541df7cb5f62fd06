//! Tasks on boards: what is to be done, by whom, until when, and in which order.

pub mod find;
mod loaders;
pub mod policy;
/// Reads and writes.
pub mod service;
mod types;
/// Work that tasks leave to be done.
pub mod work;
pub use loaders::Loaders;
pub use types::*;
