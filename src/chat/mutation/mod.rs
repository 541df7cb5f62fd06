//! What changes conversations and messages.

mod conversations;
mod messages;
mod typing;

use async_graphql::MergedObject;

pub use conversations::*;
pub use messages::*;
pub use typing::*;

/// Chat's part of the root.
#[derive(Debug, Default, MergedObject)]
#[graphql(name = "ChatMutation")]
pub struct Mutation(ConversationMutation, MessagesMutation, TypingMutation);
