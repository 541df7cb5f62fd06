use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::{
    Cx, Result,
    entity::{comment, post},
    graph::{Batch, Batched, fail},
    posts::service::Subject,
    sql,
};

/// The Markdown of posts and comments that were read, and may be read, already.
pub(super) struct Sources;

impl BatchFn<Subject, Batched<Option<Arc<String>>>> for Batch<Sources> {
    async fn load(&mut self, of: &[Subject]) -> HashMap<Subject, Batched<Option<Arc<String>>>> {
        let cx = self.execution.cx();
        let keys = |posts: bool| -> Vec<Uuid> {
            let these = of.iter().filter(|on| matches!(on, Subject::Post(_)) == posts);
            these.map(|on| on.key()).collect()
        };
        let found = async {
            let mut found = posts(cx, &keys(true)).await?;
            found.extend(comments(cx, &keys(false)).await?);
            Ok(found)
        };
        match found.await {
            Err(error) => fail(of, &error),
            Ok(mut found) => {
                of.iter().map(|on| (*on, Ok(found.remove(&on.key()).map(Arc::new)))).collect()
            }
        }
    }
}

async fn posts(cx: Cx<'_>, keys: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = post::Entity::find().select_only();
    let rows = rows.columns([post::Column::Id, post::Column::BodySource]);
    let rows = rows.filter(sql::key_in(cx.backend(), post::Column::Id, keys));
    let rows: Vec<(Uuid, String)> = rows.into_tuple().all(cx.db).await?;
    Ok(rows.into_iter().collect())
}

async fn comments(cx: Cx<'_>, keys: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = comment::Entity::find().select_only();
    let rows = rows.columns([comment::Column::Id, comment::Column::BodySource]);
    let rows = rows.filter(sql::key_in(cx.backend(), comment::Column::Id, keys));
    let rows: Vec<(Uuid, String)> = rows.into_tuple().all(cx.db).await?;
    Ok(rows.into_iter().collect())
}
