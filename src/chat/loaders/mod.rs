//! What other types, and lists of conversations, ask for in batches. Scoped to the actor.

mod conversations;
mod messages;
mod messages_of;
mod messages_search;
mod messages_window;
mod typing;

use std::sync::Arc;

use uuid::Uuid;

use conversations::{Blocked, ById, DirectWith, LastSeq, MembersOf, Own, Owners, SomePeople};
pub use messages::{MessagesLoaders, Via};
pub(super) use messages_window::{Pivot, Window};
pub use typing::TypingLoaders;

use super::types::Present;
use crate::{
    Result,
    entity::{conversation, conversation_member, profile::Face},
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader},
    page::{Ask, Page},
};

type Row = Option<Arc<conversation::Model>>;
type OwnRow = Option<Arc<conversation_member::Model>>;
type Faces = Arc<Vec<Arc<Face>>>;
type People = Arc<Page<Present>>;

/// The loaders of conversations and of who is in them.
pub struct Loaders {
    by_id: Loader<Uuid, Batched<Row>, Batch<ById>>,
    own: Loader<Uuid, Batched<OwnRow>, Batch<Own>>,
    some_people: Loader<Uuid, Batched<Faces>, Batch<SomePeople>>,
    members_of: Loader<(Uuid, Ask), Batched<People>, Batch<MembersOf>>,
    last_seq: Loader<Uuid, Batched<i64>, Batch<LastSeq>>,
    owners: Loader<Uuid, Batched<i64>, Batch<Owners>>,
    is_blocked: Loader<Uuid, Batched<bool>, Batch<Blocked>>,
    direct_with: Loader<Uuid, Batched<Row>, Batch<DirectWith>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_id: loader(execution, ById),
            own: loader(execution, Own),
            some_people: loader(execution, SomePeople),
            members_of: loader(execution, MembersOf),
            last_seq: loader(execution, LastSeq),
            owners: loader(execution, Owners),
            is_blocked: loader(execution, Blocked),
            direct_with: loader(execution, DirectWith),
        }
    }
}

impl Loaders {
    /// The conversation of this key.
    pub async fn by_id(&self, id: Uuid) -> Result<Row> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// What the actor is in the conversation of this key.
    pub async fn own(&self, conversation: Uuid) -> Result<OwnRow> {
        Box::pin(ask(&self.own, conversation)).await
    }

    /// Knows these rows of the actor's own, which were read with their conversations.
    pub fn know_own(&self, rows: Vec<conversation_member::Model>) {
        self.own.know(rows.into_iter().map(|row| (row.conversation_id, Some(Arc::new(row)))));
    }

    /// The first six people of the conversation, in the order in which they came.
    pub async fn some_people(&self, conversation: Uuid) -> Result<Faces> {
        Box::pin(ask(&self.some_people, conversation)).await
    }

    /// A page of those who are in the conversation, in the order in which they came.
    pub async fn members_of(&self, conversation: Uuid, page: Ask) -> Result<People> {
        Box::pin(ask(&self.members_of, (conversation, page))).await
    }

    /// The number of the latest event of the conversation's stream; 0 before the first.
    pub async fn last_seq(&self, conversation: Uuid) -> Result<i64> {
        Box::pin(ask(&self.last_seq, conversation)).await
    }

    /// How many own the channel.
    pub async fn owners(&self, conversation: Uuid) -> Result<i64> {
        Box::pin(ask(&self.owners, conversation)).await
    }

    /// Whether one of the two of a direct talk blocks the other.
    pub async fn is_blocked(&self, conversation: Uuid) -> Result<bool> {
        Box::pin(ask(&self.is_blocked, conversation)).await
    }

    /// The direct talk of the actor with the profile of this key.
    pub async fn direct_with(&self, profile: Uuid) -> Result<Row> {
        Box::pin(ask(&self.direct_with, profile)).await
    }
}
