use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::{
    entity::message,
    graph::{connection, encode},
};

/// A message in a conversation.
#[derive(Clone, Debug)]
pub struct Message(pub Arc<message::Model>);

/// A message in a conversation.
#[Object]
impl Message {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("message", self.0.id)
    }
}

connection!(
    /// A page of messages.
    MessageConnection,
    /// One of the messages on a page.
    MessageEdge of Message,
);
