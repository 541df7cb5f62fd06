//! What conversations and messages ask for in batches. Scoped to the actor.

mod messages;
mod messages_of;
mod messages_search;
mod messages_window;

pub use messages::{MessagesLoaders, Via};
pub(super) use messages_window::{Pivot, Window};
