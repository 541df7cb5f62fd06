use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::{
    messages_of::{Blocked, PinnedOf, RepliesTo, RevisionsOf, ThreadsOf},
    messages_search::{Search, Searched},
    messages_window::{Window, Windows},
};
use crate::{
    Result,
    chat::service::{self, Room, WrittenMessage},
    entity::{message, revision},
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, fail, loader, one},
    page::{Ask, Page},
    sql,
};

/// A page of messages, each with who wrote it.
pub(super) type Messages = Arc<Page<WrittenMessage>>;
/// A page of earlier wordings.
pub(super) type Revisions = Arc<Page<Arc<revision::Model>>>;
pub(super) type Found = Option<Arc<WrittenMessage>>;

/// By which fields of a query messages were reached. Each way has loaders of its own: what one way waits for
/// never shares a statement by chance with what another asks, so their number never hangs on which came first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Via(u64);

impl Via {
    /// A message that a mutation answers, or one by its id.
    pub const ITSELF: Self = Self(1);
    /// The messages of a conversation.
    pub const PAGE: Self = Self(2);
    /// The threads of a conversation.
    pub const THREADS: Self = Self(3);
    /// What is pinned in a conversation.
    pub const PINNED: Self = Self(4);
    /// What was found in a conversation.
    pub const FOUND: Self = Self(5);
    /// The last message of a conversation.
    pub const LAST: Self = Self(6);
    /// The first message that was not read.
    pub const UNREAD: Self = Self(7);
    /// The last message that was read.
    pub const READ: Self = Self(8);
    /// What the search box found.
    pub const SEARCH: Self = Self(12);

    /// What a message answers, reached this way.
    pub fn reply_to(self) -> Self {
        Self(self.0 << 4 | 9)
    }

    /// The root of a message's thread.
    pub fn thread_root(self) -> Self {
        Self(self.0 << 4 | 10)
    }

    /// The answers in a message's thread.
    pub fn replies(self) -> Self {
        Self(self.0 << 4 | 11)
    }

    /// The way as a number, for loaders of other slices.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What is asked of messages that were reached in one way.
pub struct At {
    reply_to: Loader<Uuid, Batched<Found>, Batch<ById>>,
    thread_root: Loader<Uuid, Batched<Found>, Batch<ById>>,
    replies: Loader<(Uuid, Ask), Batched<Messages>, Batch<RepliesTo>>,
    revisions: Loader<(Uuid, Ask), Batched<Revisions>, Batch<RevisionsOf>>,
    room: Loader<Uuid, Batched<Option<Arc<Room>>>, Batch<Rooms>>,
    source: Loader<Uuid, Batched<Option<Arc<String>>>, Batch<Sources>>,
    blocked: Loader<Uuid, Batched<bool>, Batch<Blocked>>,
}

/// The loaders of messages.
pub struct MessagesLoaders {
    execution: Arc<Execution>,
    at: Mutex<HashMap<Via, Arc<At>>>,
    by_id: Loader<Uuid, Batched<Found>, Batch<ById>>,
    windows: Loader<(Uuid, Window), Batched<Messages>, Batch<Windows>>,
    threads: Loader<(Uuid, Ask), Batched<Messages>, Batch<ThreadsOf>>,
    pinned: Loader<Uuid, Batched<Arc<Vec<WrittenMessage>>>, Batch<PinnedOf>>,
    search: Loader<Searched, Batched<Messages>, Batch<Search>>,
}

impl LoaderSet for MessagesLoaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            execution: execution.clone(),
            at: Mutex::default(),
            by_id: loader(execution, ById),
            windows: loader(execution, Windows),
            threads: loader(execution, ThreadsOf),
            pinned: loader(execution, PinnedOf),
            search: loader(execution, Search),
        }
    }
}

impl MessagesLoaders {
    /// The loaders of messages that were reached this way.
    pub fn at(&self, via: Via) -> Arc<At> {
        let mut known = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(via).or_insert_with(|| Arc::new(At::new(&self.execution))).clone()
    }

    /// The message of this key, with its author.
    pub async fn by_id(&self, id: Uuid) -> Result<Found> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// Messages of a conversation outside its threads, around a place.
    pub async fn window(&self, conversation: Uuid, window: Window) -> Result<Messages> {
        Box::pin(ask(&self.windows, (conversation, window))).await
    }

    /// A page of a conversation's threads, the last answered first.
    pub async fn threads(&self, conversation: Uuid, page: Ask) -> Result<Messages> {
        Box::pin(ask(&self.threads, (conversation, page))).await
    }

    /// What is pinned in a conversation, the last pinned first.
    pub async fn pinned(&self, conversation: Uuid) -> Result<Arc<Vec<WrittenMessage>>> {
        Box::pin(ask(&self.pinned, conversation)).await
    }

    /// A page of the messages of a conversation that hold all words of a text, newest first.
    pub async fn search(&self, conversation: Uuid, text: &str, page: Ask) -> Result<Messages> {
        Box::pin(ask(&self.search, (conversation, (text.to_owned(), page)))).await
    }
}

impl At {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            reply_to: loader(execution, ById),
            thread_root: loader(execution, ById),
            replies: loader(execution, RepliesTo),
            revisions: loader(execution, RevisionsOf),
            room: loader(execution, Rooms),
            source: loader(execution, Sources),
            blocked: loader(execution, Blocked),
        }
    }

    /// The message that one answers, with its author.
    pub async fn reply_to(&self, id: Uuid) -> Result<Found> {
        Box::pin(ask(&self.reply_to, id)).await
    }

    /// The message that a thread hangs on, with its author.
    pub async fn thread_root(&self, id: Uuid) -> Result<Found> {
        Box::pin(ask(&self.thread_root, id)).await
    }

    /// A page of a thread's messages, oldest first.
    pub async fn replies(&self, root: Uuid, page: Ask) -> Result<Messages> {
        Box::pin(ask(&self.replies, (root, page))).await
    }

    /// A page of a message's earlier wordings, latest first.
    pub async fn revisions(&self, message: Uuid, page: Ask) -> Result<Revisions> {
        Box::pin(ask(&self.revisions, (message, page))).await
    }

    /// The conversation of a message, and the actor in it.
    pub async fn room(&self, conversation: Uuid) -> Result<Option<Arc<Room>>> {
        Box::pin(ask(&self.room, conversation)).await
    }

    /// The Markdown of a message, which pages leave out.
    pub async fn source(&self, message: Uuid) -> Result<Option<Arc<String>>> {
        Box::pin(ask(&self.source, message)).await
    }

    /// Whether the actor blocked a member.
    pub async fn blocked(&self, member: Uuid) -> Result<bool> {
        Box::pin(ask(&self.blocked, member)).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Found>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Found>> {
        let rows = service::messages_by_id(self.execution.cx(), ids).await;
        one(ids, rows, |(message, _): &WrittenMessage| message.id)
    }
}

struct Rooms;

impl BatchFn<Uuid, Batched<Option<Arc<Room>>>> for Batch<Rooms> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<Room>>>> {
        let cx = self.execution.cx();
        let rows = service::rooms(cx, cx.db, ids).await;
        one(ids, rows, |room: &Room| room.standing.conversation.id)
    }
}

/// The Markdown of messages that were read, and may be read, already.
struct Sources;

impl BatchFn<Uuid, Batched<Option<Arc<String>>>> for Batch<Sources> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<String>>>> {
        let cx = self.execution.cx();
        let rows = message::Entity::find()
            .select_only()
            .columns([message::Column::Id, message::Column::BodySource])
            .filter(sql::key_in(cx.backend(), message::Column::Id, ids))
            .into_tuple::<(Uuid, String)>()
            .all(cx.db)
            .await;
        match rows {
            Err(error) => fail(ids, &error.into()),
            Ok(rows) => {
                let mut found: HashMap<_, _> = rows.into_iter().collect();
                ids.iter().map(|id| (*id, Ok(found.remove(id).map(Arc::new)))).collect()
            }
        }
    }
}
