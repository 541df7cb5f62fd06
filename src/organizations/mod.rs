//! Who hires: organizations, and who acts for them.

mod loaders;
mod mutation;
pub mod policy;
mod query;
/// Reads and writes.
pub mod service;
mod types;
mod viewer;
/// Work that organizations leave to be done.
pub mod work;

pub use loaders::Loaders;
pub use mutation::*;
pub use query::*;
pub use types::*;
pub use viewer::OrganizationsViewer;
