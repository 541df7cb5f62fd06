//! How one member stands to many.

use std::collections::HashSet;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::{Result, entity::follow, sql};

/// Those of `members` who blocked `member`, or whom `member` blocked.
pub async fn apart_from(
    db: &impl ConnectionTrait,
    member: Uuid,
    members: &[Uuid],
) -> Result<HashSet<Uuid>> {
    let backend = db.get_database_backend();
    let (blocked, blocker) =
        (sql::among(backend, "blocked_id", 2), sql::among(backend, "blocker_id", 2));
    let text = format!(
        "SELECT blocked_id FROM block WHERE blocker_id = $1 AND {blocked} \
         UNION ALL SELECT blocker_id FROM block WHERE blocked_id = $1 AND {blocker}"
    );
    let values = [member.into(), sql::keys(backend, members)];
    let rows = db.query_all_raw(sql::statement(backend, text, values)).await?;
    let keys = rows.into_iter().map(|row| row.try_get_by_index(0));
    Ok(keys.collect::<std::result::Result<_, sea_orm::DbErr>>()?)
}

/// Those of `members` who follow `member`.
pub async fn followers_among(
    db: &impl ConnectionTrait,
    member: Uuid,
    members: &[Uuid],
) -> Result<HashSet<Uuid>> {
    let followers: Vec<Uuid> = follow::Entity::find()
        .select_only()
        .column(follow::Column::FollowerId)
        .filter(follow::Column::FollowedId.eq(member))
        .filter(sql::key_in(db.get_database_backend(), follow::Column::FollowerId, members))
        .into_tuple()
        .all(db)
        .await?;
    Ok(followers.into_iter().collect())
}
