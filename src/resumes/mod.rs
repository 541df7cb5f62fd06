//! Resumes: what members have done, learned and speak, entered here or read from a JSON Resume.

mod loaders;
mod mutation;
/// Who may see and change resumes.
pub mod policy;
/// Reads and writes of resumes.
pub mod service;
mod types;

pub use loaders::Loaders;
pub use mutation::*;
pub use types::*;
