//! Who may read, write and run a conversation. What one may not read does not exist.

mod conversations;
mod messages;

pub use conversations::*;
pub use messages::*;
