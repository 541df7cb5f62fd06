use std::sync::Arc;

use async_graphql::Object;

use super::Present;
use crate::{
    clock::made_at,
    entity::conversation_member::Role,
    graph::{DateTime, PageInfo},
    members::Profile,
    page::{Page, Place},
};

/// A page of those who are in a conversation.
#[derive(Debug)]
pub struct ConversationMemberConnection(pub Arc<Page<Present>>);

/// A page of those who are in a conversation.
#[Object]
impl ConversationMemberConnection {
    /// The members on the page, each with its cursor.
    async fn edges(&self) -> Vec<ConversationMemberEdge<'_>> {
        self.0
            .items
            .iter()
            .map(|(place, present)| ConversationMemberEdge { place, present })
            .collect()
    }

    /// The members on the page.
    async fn nodes(&self) -> Vec<Profile> {
        self.0.items.iter().map(|(_, (_, face))| Profile::face(face.clone())).collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        self.0.as_ref().into()
    }
}

/// One of those who are in a conversation.
#[derive(Debug)]
pub struct ConversationMemberEdge<'a> {
    place: &'a Place,
    present: &'a Present,
}

/// One of those who are in a conversation.
#[Object]
impl ConversationMemberEdge<'_> {
    /// Their place, for `after`.
    async fn cursor(&self) -> String {
        self.place.encode()
    }

    /// Who it is.
    async fn node(&self) -> Profile {
        Profile::face(self.present.1.clone())
    }

    /// What they are in it.
    async fn role(&self) -> Role {
        self.present.0.role
    }

    /// Since when.
    async fn joined_at(&self) -> DateTime {
        made_at(self.present.0.id).into()
    }
}
