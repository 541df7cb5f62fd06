//! Conversations and messages as the graph shows them.

mod conversation;
/// What conversations show of their messages.
pub mod conversation_messages;
mod message;

pub use conversation::*;
pub use message::*;
