use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Result,
    cx::Hand,
    entity::job::{self, Column},
    index,
    queue::{Job, Outcome},
};

/// Postings whose documents are written in one transaction.
const BATCH: u64 = 100;

/// Writes anew what is to be found of all postings of an organization, which has another name now.
pub async fn renamed(work: Job) -> Result<Outcome> {
    let id: Uuid = work.payload()?;
    let hand = Hand::of_server(&work.app);
    let cx = hand.cx(&work.app);
    let mut after = Uuid::nil();
    loop {
        let tx = cx.begin().await?;
        let rows = job::Entity::find()
            .filter(Column::OrganizationId.eq(id))
            .filter(Column::Id.gt(after))
            .order_by_asc(Column::Id)
            .limit(BATCH)
            .lock_exclusive()
            .all(&tx)
            .await?;
        let Some(last) = rows.last() else { return Ok(Outcome::Done) };
        after = last.id;
        index::put_jobs(&tx, &rows).await?;
        tx.commit().await?;
    }
}
