//! The job board: postings through their states, found by what they offer, and searches that keep looking.

pub mod find;
mod loaders;
mod mutation;
pub mod policy;
mod query;
pub mod saved;
/// Reads and writes.
pub mod service;
mod types;
/// Work that postings and saved searches leave to be done.
pub mod work;

pub use loaders::Loaders;
pub use mutation::*;
pub use query::*;
pub use types::*;
