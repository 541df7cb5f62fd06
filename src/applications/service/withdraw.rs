use chrono::TimeDelta;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use uuid::Uuid;

use super::{counts, locked_one, policy, submit};
use crate::{
    Cx, Result,
    entity::application::{self, State},
};

/// Takes an application back. Its job counts it no more; the team still sees it until it is erased.
pub async fn withdraw(cx: Cx<'_>, id: Option<Uuid>) -> Result<application::Model> {
    policy::write(cx.actor)?;
    let (tx, now) = (cx.begin().await?, cx.now());
    let found = locked_one(cx, &tx, id).await?;
    let member = policy::withdraw(cx.actor, &found.row)?;
    let mut row = found.row.clone().into_active_model();
    row.state = Set(State::Withdrawn);
    row.stage_id = Set(None);
    row.updated_at = Set(now);
    row.version = Set(found.row.version + 1);
    row.erase_at = Set(found.job.retention_days.map(|days| now + TimeDelta::days(days.into())));
    let row = row.update(&tx).await?;
    counts::of_stages(&tx, [found.row.stage_id], []).await?;
    counts::of_job(&tx, found.job.id, -1).await?;
    submit::event(cx, &tx, row.id, State::Withdrawn, member.id).await?;
    tx.commit().await?;
    Ok(row)
}
