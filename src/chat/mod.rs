//! Chat: direct talks, circles and channels, who is in them, and what is said there. Positions and counters are
//! kept under the conversation's row lock; what happened is told on its stream.

mod events;
mod loaders;
mod mutation;
/// Who may read, write and run a conversation.
pub mod policy;
mod query;
/// Reads and writes.
pub mod service;
mod subscription;
mod types;
mod viewer;

pub use events::*;
pub use loaders::*;
pub use mutation::*;
pub use query::*;
pub use subscription::Subscription;
pub use types::*;
pub use viewer::{ChatViewer, UnreadCounts};
