//! What changes conversations and messages.

mod conversations;

use async_graphql::MergedObject;

pub use conversations::*;

/// Chat's part of the root.
#[derive(Debug, Default, MergedObject)]
#[graphql(name = "ChatMutation")]
pub struct Mutation(ConversationMutation);
