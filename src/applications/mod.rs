//! Applications to jobs: the applicant sees one half of each, the hiring team the other.

mod loaders;
pub mod policy;
/// Reads and writes.
pub mod service;
mod types;
/// Work that applications leave to be done.
pub mod work;
pub use loaders::Loaders;
pub use types::*;
