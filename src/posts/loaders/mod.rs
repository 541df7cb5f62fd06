//! What other types, and lists of posts, ask for in batches. Scoped to the actor.

mod discussion;
mod lists;
mod own;
mod reached;
mod sources;

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::QueryFilter as _;
use uuid::Uuid;

pub use discussion::CommentSort;
use discussion::{CommentsOf, RepliesTo};
use lists::{ByAuthor, ByTag, RevisionById, RevisionsOf, TagsOf};
use own::{BookmarkById, Bookmarked};
use reached::Reached;
use sources::Sources;

use super::service::{self, Subject};
use crate::{
    Result,
    entity::{
        bookmark, comment, post,
        profile::{self, Face},
        revision, tag,
    },
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader, one},
    page::{Ask, Page},
    sql,
};

/// A post with who wrote it.
pub(super) type Post = (Arc<post::Model>, Arc<Face>);
/// A comment with who wrote it.
pub(super) type Comment = (Arc<comment::Model>, Arc<Face>);
/// A page of posts by one author or with one tag.
pub(super) type Posts = Arc<Page<Arc<post::Model>>>;
/// A page of comments, each with who wrote it.
pub(super) type Comments = Arc<Page<Comment>>;
/// The tags of a post.
pub(super) type Tags = Arc<Vec<Arc<tag::Model>>>;
/// A page of earlier wordings.
pub(super) type Revisions = Arc<Page<Arc<revision::Model>>>;

/// The loaders of posts, comments and bookmarks.
pub struct Loaders {
    by_id: Loader<Uuid, Batched<Option<Arc<Post>>>, Batch<ById>>,
    // Of its own: posts of a page and those that its comments are about never share a statement by chance.
    commented_on: Loader<Uuid, Batched<Option<Arc<Post>>>, Batch<ById>>,
    comment_by_id: Loader<Uuid, Batched<Option<Arc<Comment>>>, Batch<CommentById>>,
    sources: Loader<Subject, Batched<Option<Arc<String>>>, Batch<Sources>>,
    revision_by_id: Loader<Uuid, Batched<Option<Arc<revision::Model>>>, Batch<RevisionById>>,
    bookmark_by_id: Loader<Uuid, Batched<Option<Arc<bookmark::Model>>>, Batch<BookmarkById>>,
    by_author: Loader<(Uuid, Ask), Batched<Posts>, Batch<ByAuthor>>,
    by_tag: Loader<(Uuid, Ask), Batched<Posts>, Batch<ByTag>>,
    tags_of: Loader<Uuid, Batched<Tags>, Batch<TagsOf>>,
    revisions_of: Loader<(Uuid, Ask), Batched<Revisions>, Batch<RevisionsOf>>,
    comments_of: Loader<(Uuid, CommentSort, Ask), Batched<Comments>, Batch<CommentsOf>>,
    replies_to: Loader<(Uuid, Ask), Batched<Comments>, Batch<RepliesTo>>,
    bookmarked: Loader<Uuid, Batched<bool>, Batch<Bookmarked>>,
    reached: Loader<Uuid, Batched<i64>, Batch<Reached>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_id: loader(execution, ById),
            commented_on: loader(execution, ById),
            comment_by_id: loader(execution, CommentById),
            sources: loader(execution, Sources),
            revision_by_id: loader(execution, RevisionById),
            bookmark_by_id: loader(execution, BookmarkById),
            by_author: loader(execution, ByAuthor),
            by_tag: loader(execution, ByTag),
            tags_of: loader(execution, TagsOf),
            revisions_of: loader(execution, RevisionsOf),
            comments_of: loader(execution, CommentsOf),
            replies_to: loader(execution, RepliesTo),
            bookmarked: loader(execution, Bookmarked),
            reached: loader(execution, Reached),
        }
    }
}

impl Loaders {
    /// The post of this key, with its author.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<Post>>> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// The post of this key, for a comment on it.
    pub async fn commented_on(&self, id: Uuid) -> Result<Option<Arc<Post>>> {
        Box::pin(ask(&self.commented_on, id)).await
    }

    /// The comment of this key, with its author.
    pub async fn comment_by_id(&self, id: Uuid) -> Result<Option<Arc<Comment>>> {
        Box::pin(ask(&self.comment_by_id, id)).await
    }

    /// The Markdown of something, which pages leave out.
    pub async fn source(&self, subject: Subject) -> Result<Option<Arc<String>>> {
        Box::pin(ask(&self.sources, subject)).await
    }

    /// The earlier wording of this key.
    pub async fn revision_by_id(&self, id: Uuid) -> Result<Option<Arc<revision::Model>>> {
        Box::pin(ask(&self.revision_by_id, id)).await
    }

    /// The actor's bookmark of this key.
    pub async fn bookmark_by_id(&self, id: Uuid) -> Result<Option<Arc<bookmark::Model>>> {
        Box::pin(ask(&self.bookmark_by_id, id)).await
    }

    /// A page of an author's posts, newest first.
    pub async fn by_author(&self, author: Uuid, page: Ask) -> Result<Posts> {
        Box::pin(ask(&self.by_author, (author, page))).await
    }

    /// A page of a tag's posts, newest first.
    pub async fn by_tag(&self, tag: Uuid, page: Ask) -> Result<Posts> {
        Box::pin(ask(&self.by_tag, (tag, page))).await
    }

    /// The tags of a post, by name.
    pub async fn tags_of(&self, post: Uuid) -> Result<Tags> {
        Box::pin(ask(&self.tags_of, post)).await
    }

    /// A page of a post's earlier wordings, latest first.
    pub async fn revisions_of(&self, post: Uuid, page: Ask) -> Result<Revisions> {
        Box::pin(ask(&self.revisions_of, (post, page))).await
    }

    /// A page of the comments right under a post.
    pub async fn comments_of(&self, post: Uuid, sort: CommentSort, page: Ask) -> Result<Comments> {
        Box::pin(ask(&self.comments_of, (post, sort, page))).await
    }

    /// A page of the answers to a comment, oldest first.
    pub async fn replies_to(&self, comment: Uuid, page: Ask) -> Result<Comments> {
        Box::pin(ask(&self.replies_to, (comment, page))).await
    }

    /// Whether the actor keeps a post.
    pub async fn bookmarked(&self, post: Uuid) -> Result<bool> {
        Box::pin(ask(&self.bookmarked, post)).await
    }

    /// The number of the latest event of a post's discussion; 0 before the first.
    pub async fn reached(&self, post: Uuid) -> Result<i64> {
        Box::pin(ask(&self.reached, post)).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Option<Arc<Post>>>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<Post>>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), post::Column::Id, ids);
        let rows = service::visible(cx).filter(these);
        let (to, key) = (post::Column::AuthorId, profile::Column::Id);
        let rows = sql::with_one::<post::Model, Face>(rows, to, key);
        let rows = sql::pairs(cx.db, &rows).await.map(service::share_all);
        one(ids, rows, |(post, _): &Post| post.id)
    }
}

struct CommentById;

impl BatchFn<Uuid, Batched<Option<Arc<Comment>>>> for Batch<CommentById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<Comment>>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), comment::Column::Id, ids);
        let rows = service::visible_comments(cx).filter(these);
        let (to, key) = (comment::Column::AuthorId, profile::Column::Id);
        let rows = sql::with_one::<comment::Model, Face>(rows, to, key);
        let rows = sql::pairs(cx.db, &rows).await.map(service::share_all);
        one(ids, rows, |(comment, _): &Comment| comment.id)
    }
}
