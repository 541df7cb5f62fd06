//! Tasks on boards: what is to be done, by whom, until when, and in which order.

pub mod find;
mod loaders;
mod mutation;
pub mod policy;
mod query;
/// Reads and writes.
pub mod service;
mod types;
/// Work that tasks leave to be done.
pub mod work;

pub use loaders::Loaders;
pub use mutation::*;
pub use query::*;
pub use types::*;
