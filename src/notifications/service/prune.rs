use chrono::TimeDelta;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::{
    Result,
    app::App,
    entity::notification::{Column, Entity},
    sql,
};

/// How long notifications are kept, read or not.
const KEPT: TimeDelta = TimeDelta::days(180);
/// How long they are kept once they were read.
const READ: TimeDelta = TimeDelta::days(60);
/// How many are deleted at once, so that nobody waits long.
const BATCH: u64 = 1_000;

/// Deletes notifications without news for 180 days, or read 60 days ago; answers how many.
pub async fn prune(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let old =
        Condition::any().add(Column::NewsAt.lt(now - KEPT)).add(Column::ReadAt.lt(now - READ));
    let mut deleted = 0;
    loop {
        let rows = Entity::find().select_only().column(Column::Id).filter(old.clone());
        let ids: Vec<Uuid> = rows.limit(BATCH).into_tuple().all(&app.db.write).await?;
        if ids.is_empty() {
            return Ok(deleted);
        }
        // News may have come meanwhile.
        let these = sql::key_in(app.db.backend(), Column::Id, &ids);
        let gone = Entity::delete_many().filter(these).filter(old.clone());
        deleted += gone.exec(&app.db.write).await?.rows_affected;
    }
}
