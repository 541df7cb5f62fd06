use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use uuid::Uuid;

use super::locked;
use crate::{Cx, Result, entity::organization, organizations::policy};

/// Notes that an organization is who it says, or takes that back; doing it twice is doing it once.
pub async fn verify(cx: Cx<'_>, id: Option<Uuid>, verified: bool) -> Result<organization::Model> {
    policy::verify(cx.actor)?;
    let tx = cx.begin().await?;
    let row = locked(cx, &tx, id).await?;
    if row.verified_at.is_some() == verified {
        return Ok(row);
    }
    let mut change = row.into_active_model();
    change.verified_at = Set(verified.then(|| cx.now()));
    let row = change.update(&tx).await?;
    tx.commit().await?;
    Ok(row)
}
