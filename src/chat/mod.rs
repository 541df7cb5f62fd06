//! Chat: direct talks, circles and channels, who is in them, and what is said there. Positions and counters are
//! kept under the conversation's row lock; what happened is told on its stream.

mod loaders;
mod mutation;
/// Who may read, write and run a conversation.
pub mod policy;
/// Reads and writes.
pub mod service;
mod types;

pub use loaders::*;
pub use mutation::*;
pub use types::*;
