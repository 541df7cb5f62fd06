//! Members' work on show: portfolio items, in drafts and published, and who is credited on them.

mod loaders;
/// Who may see and change portfolio items.
pub mod policy;
/// Reads and writes of portfolio items.
pub mod service;
mod types;

pub use loaders::{Loaders, Shown, Via};
pub use types::*;
