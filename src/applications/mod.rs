//! Applications to jobs: the applicant sees one half of each, the hiring team the other.

mod loaders;
mod mutation;
pub mod policy;
mod query;
/// Reads and writes.
pub mod service;
mod types;
mod viewer;
/// Work that applications leave to be done.
pub mod work;

pub use loaders::Loaders;
pub use mutation::*;
pub use query::*;
pub use types::*;
pub use viewer::ApplicationsViewer;
