//! What other types, and lists of comments, ask for in batches. Scoped to the actor.

mod lists;
mod rows;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

pub use lists::CommentSort;
use lists::{CommentsOn, RepliesTo};
use rows::{ById, Reached, Sources};

use super::service::On;
use crate::{
    Result,
    entity::{comment, profile::Face},
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader},
    page::{Ask, Page},
};

/// A comment with who wrote it.
pub(super) type Comment = (Arc<comment::Model>, Arc<Face>);
/// A page of comments, each with who wrote it.
pub(super) type Comments = Arc<Page<Comment>>;
type Found = Option<Arc<Comment>>;

/// By which fields of a query comments were reached. Each way has loaders of its own: what one way waits for never
/// shares a statement by chance with what another asks, so their number never hangs on which came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Via(u64);

impl Via {
    /// A comment that a mutation or an event answers, or one by its id.
    pub const ITSELF: Self = Self(1);

    /// The comments right under things of one kind, 1 to 15, in one place of the answer.
    pub(super) fn under(kind: u64, lane: u64) -> Self {
        // Ways end in 01; each step from there adds 10 or 11.
        Self((lane << 4 | kind) << 2 | 1)
    }

    /// What a comment answers, reached this way.
    pub fn parent(self) -> Self {
        Self(self.0 << 2 | 2)
    }

    /// The answers to a comment, reached this way.
    pub fn replies(self) -> Self {
        Self(self.0 << 2 | 3)
    }

    /// The way as a number, for loaders of other slices.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What is asked of things that take comments, of one kind and in one place of the answer.
struct Under {
    comments: Loader<(Uuid, (CommentSort, Ask)), Batched<Comments>, Batch<CommentsOn>>,
    reached: Loader<Uuid, Batched<i64>, Batch<Reached>>,
}

/// What is asked of comments that were reached in one way.
struct At {
    parent: Loader<Uuid, Batched<Found>, Batch<ById>>,
    replies: Loader<(Uuid, Ask), Batched<Comments>, Batch<RepliesTo>>,
    source: Loader<Uuid, Batched<Option<Arc<String>>>, Batch<Sources>>,
}

/// The loaders of comments.
pub struct Loaders {
    execution: Arc<Execution>,
    by_id: Loader<Uuid, Batched<Found>, Batch<ById>>,
    under: Mutex<HashMap<Via, Arc<Under>>>,
    at: Mutex<HashMap<Via, Arc<At>>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        let by_id = loader(execution, ById);
        Self { execution: execution.clone(), by_id, under: Mutex::default(), at: Mutex::default() }
    }
}

impl Loaders {
    fn under(&self, on: On, via: Via) -> Arc<Under> {
        let mut known = self.under.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let comments = loader(&self.execution, CommentsOn(on.column()));
            Arc::new(Under { comments, reached: loader(&self.execution, Reached) })
        };
        known.entry(via).or_insert_with(new).clone()
    }

    fn at(&self, via: Via) -> Arc<At> {
        let mut known = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let (parent, replies) = (loader(&self.execution, ById), RepliesTo);
            let replies = loader(&self.execution, replies);
            Arc::new(At { parent, replies, source: loader(&self.execution, Sources) })
        };
        known.entry(via).or_insert_with(new).clone()
    }

    /// The comment of this key, with its author.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<Comment>>> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// A page of the comments right under something that the actor may see, reached this way.
    pub async fn comments_on(
        &self,
        on: On,
        via: Via,
        sort: CommentSort,
        page: Ask,
    ) -> Result<Comments> {
        let under = self.under(on, via);
        Box::pin(ask(&under.comments, (on.key(), (sort, page)))).await
    }

    /// The number of the latest event of a discussion whose comments are reached this way; 0 before the first.
    pub async fn reached(&self, on: On, via: Via) -> Result<i64> {
        let under = self.under(on, via);
        Box::pin(ask(&under.reached, on.key())).await
    }

    /// The comment of this key, for an answer to it that was reached this way.
    pub async fn parent(&self, id: Uuid, via: Via) -> Result<Option<Arc<Comment>>> {
        let at = self.at(via);
        Box::pin(ask(&at.parent, id)).await
    }

    /// A page of the answers to a comment that was reached this way, oldest first.
    pub async fn replies_to(&self, comment: Uuid, page: Ask, via: Via) -> Result<Comments> {
        let at = self.at(via);
        Box::pin(ask(&at.replies, (comment, page))).await
    }

    /// The Markdown, which pages leave out, of a comment that was reached this way.
    pub async fn source(&self, comment: Uuid, via: Via) -> Result<Option<Arc<String>>> {
        let at = self.at(via);
        Box::pin(ask(&at.source, comment)).await
    }
}
