use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _, QuerySelect as _};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    entity::storage,
    error::{Detail, ErrorCode, Problem},
    files::policy,
    sql,
};

/// How much a member stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storage {
    /// Bytes of their files.
    pub used: u64,
    /// Bytes announced by their uploads on the way.
    pub reserved: u64,
    /// Bytes that they may store.
    pub quota: u64,
    /// Their files.
    pub file_count: u32,
}

/// How much the actor stores, and may.
pub async fn storage(cx: Cx<'_>) -> Result<Storage> {
    let me = policy::read_own(cx.actor)?.id;
    let row = of(cx, me).await?;
    let bytes = |bytes: i64| u64::try_from(bytes).unwrap_or_default();
    Ok(Storage {
        used: bytes(row.used),
        reserved: bytes(row.reserved),
        quota: cx.app.config.storage_quota,
        file_count: u32::try_from(row.file_count).unwrap_or_default(),
    })
}

/// The counters of a member as they are now.
pub(super) async fn of(cx: Cx<'_>, owner: Uuid) -> Result<storage::Model> {
    let row = storage::Entity::find_by_id(owner).one(cx.db).await?;
    let (used, reserved, file_count, upload_count) = (0, 0, 0, 0);
    let none = storage::Model { profile_id: owner, used, reserved, file_count, upload_count };
    Ok(row.unwrap_or(none))
}

/// The counters of a member, locked until the end of the change.
pub(super) async fn locked(tx: &impl ConnectionTrait, owner: Uuid) -> Result<storage::Model> {
    let none = storage::ActiveModel {
        profile_id: Set(owner),
        used: Set(0),
        reserved: Set(0),
        file_count: Set(0),
        upload_count: Set(0),
    };
    sql::insert_new(tx, none).await?;
    let row = storage::Entity::find_by_id(owner).lock_exclusive().one(tx).await?;
    row.ok_or_else(|| Error::bug("a member has no counters of storage"))
}

/// Whether `more` bytes fit into the quota, beside what is stored and announced.
pub(super) fn room(
    cx: Cx<'_>,
    row: &storage::Model,
    more: i64,
    path: &[&'static str],
) -> Result<()> {
    let quota = cx.app.config.storage_quota;
    let taken = row.used.saturating_add(row.reserved).saturating_add(more);
    if u64::try_from(taken).is_ok_and(|taken| taken <= quota) {
        return Ok(());
    }
    let message = "there is no room left for this: delete files, or wait for uploads to end";
    let problem = Problem::at(ErrorCode::QuotaExceeded, path.iter().copied(), message);
    Err(problem.with(bytes_limit(quota, taken)).into())
}

/// Limits in bytes, as a screen shows them.
pub(super) fn bytes_limit(most: u64, actual: i64) -> Detail {
    #[expect(clippy::as_conversions, reason = "shown to people, who do not mind the last digits")]
    let (most, actual) = (most as f64, actual as f64);
    Detail::Limit { min: None, max: Some(most), actual: Some(actual) }
}
