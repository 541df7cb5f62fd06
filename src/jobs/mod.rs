//! The job board: postings through their states, found by what they offer, and searches that keep looking.

pub mod find;
mod loaders;
pub mod policy;
pub mod saved;
/// Reads and writes.
pub mod service;
mod types;
/// Work that postings and saved searches leave to be done.
pub mod work;
pub use loaders::Loaders;
pub use types::*;
