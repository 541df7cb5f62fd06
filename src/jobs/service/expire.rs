use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    Result,
    app::App,
    cx::Hand,
    entity::{
        job::{self, Column, State},
        organization,
    },
};

/// Postings that one transaction ends.
const BATCH: u64 = 100;

/// Counts one open posting more or less of an organization.
pub(super) async fn count_open(
    tx: &impl ConnectionTrait,
    organization: Uuid,
    by: i32,
) -> Result<()> {
    let column = organization::Column::OpenJobCount;
    organization::Entity::update_many()
        .col_expr(column, Expr::col(column).add(by))
        .filter(organization::Column::Id.eq(organization))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends the postings whose closing date has come. One whose date was moved meanwhile is left as it is.
pub async fn expire(app: &App) -> Result<()> {
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    loop {
        let tx = cx.begin().await?;
        let rows = job::Entity::find()
            .filter(Column::State.is_in([State::Open, State::Paused]))
            .filter(Column::ClosesAt.lte(cx.now()))
            .order_by_asc(Column::Id)
            .limit(BATCH)
            .lock_exclusive()
            .all(&tx)
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            if row.state == State::Open {
                count_open(&tx, row.organization_id, -1).await?;
            }
            let version = row.version + 1;
            let mut change = row.into_active_model();
            change.state = Set(State::Expired);
            change.updated_at = Set(cx.now());
            change.version = Set(version);
            change.update(&tx).await?;
        }
        tx.commit().await?;
    }
}
