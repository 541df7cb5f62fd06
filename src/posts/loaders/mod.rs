//! What other types, and lists of posts, ask for in batches. Scoped to the actor.

mod lists;

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use lists::{ByAuthor, ByTag, RevisionById, RevisionsOf, TagsOf};

use super::service;
use crate::{
    Result,
    entity::{
        post,
        profile::{self, Face},
        revision, tag,
    },
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, fail, loader, one},
    page::{Ask, Page},
    sql,
};

/// A post with who wrote it.
pub(super) type Post = (Arc<post::Model>, Arc<Face>);
/// A page of posts by one author or with one tag.
pub(super) type Posts = Arc<Page<Arc<post::Model>>>;
/// The tags of a post.
pub(super) type Tags = Arc<Vec<Arc<tag::Model>>>;
/// A page of earlier wordings.
pub(super) type Revisions = Arc<Page<Arc<revision::Model>>>;

/// The loaders of posts.
pub struct Loaders {
    by_id: Loader<Uuid, Batched<Option<Arc<Post>>>, Batch<ById>>,
    // Of its own: posts of a page and those that its comments are about never share a statement by chance.
    commented_on: Loader<Uuid, Batched<Option<Arc<Post>>>, Batch<ById>>,
    sources: Loader<Uuid, Batched<Option<Arc<String>>>, Batch<Sources>>,
    revision_by_id: Loader<Uuid, Batched<Option<Arc<revision::Model>>>, Batch<RevisionById>>,
    by_author: Loader<(Uuid, Ask), Batched<Posts>, Batch<ByAuthor>>,
    by_tag: Loader<(Uuid, Ask), Batched<Posts>, Batch<ByTag>>,
    tags_of: Loader<Uuid, Batched<Tags>, Batch<TagsOf>>,
    revisions_of: Loader<(Uuid, Ask), Batched<Revisions>, Batch<RevisionsOf>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_id: loader(execution, ById),
            commented_on: loader(execution, ById),
            sources: loader(execution, Sources),
            revision_by_id: loader(execution, RevisionById),
            by_author: loader(execution, ByAuthor),
            by_tag: loader(execution, ByTag),
            tags_of: loader(execution, TagsOf),
            revisions_of: loader(execution, RevisionsOf),
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

    /// The Markdown of a post, which pages leave out.
    pub async fn source(&self, post: Uuid) -> Result<Option<Arc<String>>> {
        Box::pin(ask(&self.sources, post)).await
    }

    /// The earlier wording of this key.
    pub async fn revision_by_id(&self, id: Uuid) -> Result<Option<Arc<revision::Model>>> {
        Box::pin(ask(&self.revision_by_id, id)).await
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

/// The Markdown of posts that were read, and may be read, already.
struct Sources;

impl BatchFn<Uuid, Batched<Option<Arc<String>>>> for Batch<Sources> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<String>>>> {
        let cx = self.execution.cx();
        let rows = post::Entity::find()
            .select_only()
            .columns([post::Column::Id, post::Column::BodySource])
            .filter(sql::key_in(cx.backend(), post::Column::Id, ids))
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
