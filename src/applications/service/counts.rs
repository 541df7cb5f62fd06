//! How many applications a job has, and each of its stages: counted under the job's row lock.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    Result,
    entity::{hiring_stage, job},
};

/// Counts so many more, or less, on a job.
pub(super) async fn of_job(tx: &impl ConnectionTrait, job: Uuid, by: i32) -> Result<()> {
    let count = job::Column::ApplicationCount;
    job::Entity::update_many()
        .col_expr(count, Expr::col(count).add(by))
        .filter(job::Column::Id.eq(job))
        .exec(tx)
        .await?;
    Ok(())
}

/// Counts that applications leave stages (`from`) and come to another (`to`).
pub(super) async fn of_stages(
    tx: &impl ConnectionTrait,
    from: impl IntoIterator<Item = Option<Uuid>>,
    to: impl IntoIterator<Item = Option<Uuid>>,
) -> Result<()> {
    let mut changes = BTreeMap::<Uuid, i32>::new();
    for stage in from.into_iter().flatten() {
        *changes.entry(stage).or_default() -= 1;
    }
    for stage in to.into_iter().flatten() {
        *changes.entry(stage).or_default() += 1;
    }
    let count = hiring_stage::Column::ApplicationCount;
    for (stage, by) in changes.into_iter().filter(|(_, by)| *by != 0) {
        hiring_stage::Entity::update_many()
            .col_expr(count, Expr::col(count).add(by))
            .filter(hiring_stage::Column::Id.eq(stage))
            .exec(tx)
            .await?;
    }
    Ok(())
}
