//! Conversations and messages as the graph shows them.

mod conversation;
/// What conversations show of their messages.
pub mod conversation_messages;
mod member;
mod message;
mod own;
mod typing;

pub use conversation::*;
pub use member::*;
pub use message::*;
pub use own::*;
pub use typing::*;
