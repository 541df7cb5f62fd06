use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Result,
    entity::{bookmark, reaction},
    graph::{Batch, Batched, Execution, fail, many, one},
    posts::{policy, service::Subject},
    sql,
};

pub(super) struct MyReactions;

impl BatchFn<Subject, Batched<Arc<Vec<String>>>> for Batch<MyReactions> {
    async fn load(&mut self, on: &[Subject]) -> HashMap<Subject, Batched<Arc<Vec<String>>>> {
        many(on, my_reactions(&self.execution, on).await, |found| found)
    }
}

async fn my_reactions(execution: &Execution, on: &[Subject]) -> Result<Vec<(Subject, String)>> {
    use reaction::Column::{CommentId, Emoji, Id, PostId, ProfileId};
    let cx = execution.cx();
    let Some(me) = cx.actor.id() else { return Ok(Vec::new()) };
    let (mut posts, mut comments) = (Vec::new(), Vec::new());
    for subject in on {
        match subject {
            Subject::Post(id) => posts.push(*id),
            Subject::Comment(id) => comments.push(*id),
        }
    }
    let mut these = Condition::any();
    if !posts.is_empty() {
        these = these.add(sql::key_in(cx.backend(), PostId, &posts));
    }
    if !comments.is_empty() {
        these = these.add(sql::key_in(cx.backend(), CommentId, &comments));
    }
    let rows: Vec<(Option<Uuid>, Option<Uuid>, String)> = reaction::Entity::find()
        .select_only()
        .columns([PostId, CommentId, Emoji])
        .filter(ProfileId.eq(me))
        .filter(these)
        .order_by_asc(Id)
        .into_tuple()
        .all(cx.db)
        .await?;
    let subject = |post: Option<Uuid>, comment: Option<Uuid>| match (post, comment) {
        (Some(post), _) => Some(Subject::Post(post)),
        (None, comment) => comment.map(Subject::Comment),
    };
    Ok(rows.into_iter().filter_map(|(p, c, emoji)| Some((subject(p, c)?, emoji))).collect())
}

pub(super) struct Bookmarked;

impl BatchFn<Uuid, Batched<bool>> for Batch<Bookmarked> {
    async fn load(&mut self, posts: &[Uuid]) -> HashMap<Uuid, Batched<bool>> {
        match bookmarked(&self.execution, posts).await {
            Ok(kept) => posts.iter().map(|post| (*post, Ok(kept.contains(post)))).collect(),
            Err(error) => fail(posts, &error),
        }
    }
}

async fn bookmarked(execution: &Execution, posts: &[Uuid]) -> Result<HashSet<Uuid>> {
    use bookmark::Column::{PostId, ProfileId};
    let cx = execution.cx();
    let Some(me) = cx.actor.id() else { return Ok(HashSet::new()) };
    let rows: Vec<Uuid> = bookmark::Entity::find()
        .select_only()
        .column(PostId)
        .filter(ProfileId.eq(me))
        .filter(sql::key_in(cx.backend(), PostId, posts))
        .into_tuple()
        .all(cx.db)
        .await?;
    Ok(rows.into_iter().collect())
}

pub(super) struct BookmarkById;

impl BatchFn<Uuid, Batched<Option<Arc<bookmark::Model>>>> for Batch<BookmarkById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<bookmark::Model>>>> {
        let cx = self.execution.cx();
        let Some(me) = cx.actor.id() else { return one(ids, Ok(Vec::new()), |row| row.id) };
        if let Err(error) = policy::read_own(cx.actor) {
            return fail(ids, &error);
        }
        let rows = bookmark::Entity::find()
            .filter(bookmark::Column::ProfileId.eq(me))
            .filter(sql::key_in(cx.backend(), bookmark::Column::Id, ids))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row: &bookmark::Model| row.id)
    }
}
