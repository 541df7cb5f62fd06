//! Contact: forms as data, what comes in through them, and the talk about it. Anybody may fill in an open form; what they
//! sent is for the form's team.

pub mod inbox;
mod loaders;
mod mutation;
/// Who may make forms, and read what comes in.
pub mod policy;
mod query;
/// Reads and writes of forms and submissions.
pub mod service;
mod types;
/// Work that submissions leave to be done.
pub mod work;

pub use loaders::Loaders;
pub use mutation::*;
pub use query::*;
pub use service::{SentFrom, may_send_files, may_send_from, takes_files};
pub use types::*;
