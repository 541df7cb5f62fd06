//! Members' work on show: portfolio items, in drafts and published, and who is credited on them.

mod loaders;
mod mutation;
/// Who may see and change portfolio items.
pub mod policy;
mod query;
/// Reads and writes of portfolio items.
pub mod service;
mod types;
mod viewer;

pub use loaders::{At, Credited, Loaders, Story, Via};
pub use mutation::*;
pub use query::*;
pub use types::*;
pub use viewer::OwnPortfolio;
