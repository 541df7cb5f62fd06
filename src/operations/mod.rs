//! What those who run the community see of the machine: background work that waits, runs or failed, and how to try it
//! again or give it up.

mod loaders;
mod mutation;
/// Who may see and steer background work.
pub mod policy;
mod query;
/// Reads and writes of background work.
pub mod service;
mod types;
/// What is tidied up.
pub mod work;

pub use loaders::Loaders;
pub use mutation::*;
pub use query::*;
pub use types::*;
