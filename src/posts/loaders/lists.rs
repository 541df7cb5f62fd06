use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{Posts, Revisions};
use crate::{
    Result,
    chat::service::visible_messages,
    entity::{message, post, post_tag, revision, tag},
    graph::{Batch, Batched, Execution, alike, answer, many, one},
    page::{Ask, By, Page, Place},
    posts::service,
    sql::{self, OfEach},
};

type Key = (Uuid, Ask);

pub(super) struct ByAuthor;

impl BatchFn<Key, Batched<Posts>> for Batch<ByAuthor> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Posts>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, authors) in alike(keys) {
            let found = by_author(&self.execution, &authors, &ask).await;
            answer(&mut answers, &ask, &authors, found);
        }
        answers
    }
}

async fn by_author(
    execution: &Execution,
    authors: &[Uuid],
    ask: &Ask,
) -> Result<Vec<(Uuid, Posts)>> {
    let cx = execution.cx();
    let rows = OfEach {
        rows: service::visible(cx),
        parent: post::Column::AuthorId,
        parents: authors,
        key: post::Column::Id,
        by: &By::newest(post::Column::Id),
        ask,
    };
    let rows = rows.all::<post::Model>(cx.db).await?;
    let pages = Page::of_each(authors, rows, ask, |row| row.author_id, |row| Place::key(row.id));
    Ok(pages.into_iter().map(|(id, page)| (id, Arc::new(page.map(Arc::new)))).collect())
}

pub(super) struct ByTag;

impl BatchFn<Key, Batched<Posts>> for Batch<ByTag> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Posts>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, tags) in alike(keys) {
            let found = by_tag(&self.execution, &tags, &ask).await;
            answer(&mut answers, &ask, &tags, found);
        }
        answers
    }
}

async fn by_tag(execution: &Execution, tags: &[Uuid], ask: &Ask) -> Result<Vec<(Uuid, Posts)>> {
    use post_tag::Column::{PostId, TagId};
    let cx = execution.cx();
    let this = Expr::col(post::Column::Id.as_column_ref()).equals(PostId.as_column_ref());
    let may_be_read = service::visible(cx).select_only().column(post::Column::Id).filter(this);
    let rows = OfEach {
        rows: post_tag::Entity::find().filter(Expr::exists(may_be_read.into_query())),
        parent: TagId,
        parents: tags,
        key: PostId,
        by: &By::newest(PostId),
        ask,
    };
    let rows =
        rows.with_one::<post_tag::Model, post::Model>(cx.db, PostId, post::Column::Id).await?;
    let pages =
        Page::of_each(tags, rows, ask, |(tag, _)| tag.tag_id, |(_, row)| Place::key(row.id));
    let wrap = |page: Page<_>| Arc::new(page.map(|(_, row)| Arc::new(row)));
    Ok(pages.into_iter().map(|(id, page)| (id, wrap(page))).collect())
}

pub(super) struct TagsOf;

impl BatchFn<Uuid, Batched<Arc<Vec<Arc<tag::Model>>>>> for Batch<TagsOf> {
    async fn load(&mut self, posts: &[Uuid]) -> HashMap<Uuid, Batched<Arc<Vec<Arc<tag::Model>>>>> {
        use post_tag::Column::{PostId, TagId};
        let cx = self.execution.cx();
        let rows = post_tag::Entity::find().filter(sql::key_in(cx.backend(), PostId, posts));
        let mut rows = sql::with_one::<post_tag::Model, tag::Model>(rows, TagId, tag::Column::Id);
        rows.order_by((tag::Entity, tag::Column::Name), sea_orm::Order::Asc);
        let rows = sql::pairs::<post_tag::Model, tag::Model>(cx.db, &rows).await;
        many(posts, rows, |(link, tag)| (link.post_id, Arc::new(tag)))
    }
}

pub(super) struct RevisionsOf;

impl BatchFn<Key, Batched<Revisions>> for Batch<RevisionsOf> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Revisions>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, posts) in alike(keys) {
            let found = revisions(&self.execution, &posts, &ask).await;
            answer(&mut answers, &ask, &posts, found);
        }
        answers
    }
}

async fn revisions(
    execution: &Execution,
    posts: &[Uuid],
    ask: &Ask,
) -> Result<Vec<(Uuid, Revisions)>> {
    let cx = execution.cx();
    let rows = OfEach {
        rows: revision::Entity::find(),
        parent: revision::Column::PostId,
        parents: posts,
        key: revision::Column::Id,
        by: &By::newest(revision::Column::Id),
        ask,
    };
    let rows = rows.all::<revision::Model>(cx.db).await?;
    let pages = Page::of_each(
        posts,
        rows,
        ask,
        |row| row.post_id.unwrap_or_default(),
        |row| Place::key(row.id),
    );
    Ok(pages.into_iter().map(|(id, page)| (id, Arc::new(page.map(Arc::new)))).collect())
}

pub(super) struct RevisionById;

impl BatchFn<Uuid, Batched<Option<Arc<revision::Model>>>> for Batch<RevisionById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<revision::Model>>>> {
        let cx = self.execution.cx();
        let post = revision::Column::PostId.as_column_ref();
        let this = Expr::col(post::Column::Id.as_column_ref()).equals(post);
        let post = service::visible(cx).select_only().column(post::Column::Id).filter(this);
        let message = revision::Column::MessageId.as_column_ref();
        let this = Expr::col(message::Column::Id.as_column_ref()).equals(message);
        let message = visible_messages(cx).select_only().column(message::Column::Id).filter(this);
        let may_be_read = Condition::any()
            .add(Expr::exists(post.into_query()))
            .add(Expr::exists(message.into_query()));
        let rows = revision::Entity::find()
            .filter(sql::key_in(cx.backend(), revision::Column::Id, ids))
            .filter(may_be_read)
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |revision| revision.id)
    }
}
