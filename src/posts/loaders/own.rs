use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use dataloader::BatchFn;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::{
    Result,
    entity::bookmark,
    graph::{Batch, Batched, Execution, fail, one},
    posts::policy,
    sql,
};

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
