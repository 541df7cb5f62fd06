//! Reads and writes of profiles and relations.

mod among;
mod directory;
mod relations;
mod skills;
mod write;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Select, sea_query::SelectStatement,
};
use uuid::Uuid;

pub use among::{apart_from, followers_among};
pub use directory::{Filter, OrderBy, directory};
pub use relations::{block, blocked, follow, has_blocks, mute, muted, unblock, unfollow, unmute};
pub use skills::{MOST_SKILLS, Skill, endorse, put_skills, set_skills};
pub use write::{Changes, Link, checked_links, update};

use super::policy;
use crate::{
    Cx, Error, Result,
    entity::{
        follow as follow_row, former_handle,
        profile::{self, Column, Face},
    },
    sql,
};

/// The profiles that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<profile::Entity> {
    profile::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The profile that has this handle, or had it up to 90 days ago.
pub async fn by_handle(cx: Cx<'_>, handle: &str) -> Result<Option<profile::Model>> {
    let handle = handle.trim().trim_start_matches('@').to_lowercase();
    if !handle.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok(None);
    }
    let now = visible(cx).filter(Column::Handle.eq(handle.as_str())).one(cx.db).await?;
    if now.is_some() {
        return Ok(now);
    }
    let former = former_handle::Entity::find_by_id(handle).one(cx.db).await?;
    match former.filter(|former| former.expires_at > cx.now()) {
        Some(former) => Ok(visible(cx).filter(Column::Id.eq(former.profile_id)).one(cx.db).await?),
        None => Ok(None),
    }
}

/// The keys of the visible profiles that have these handles, in the order asked.
pub async fn keys_of(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    handles: &[String],
) -> Result<Vec<Uuid>> {
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    let rows = visible(cx)
        .select_only()
        .columns([Column::Handle, Column::Id])
        .filter(Column::Handle.is_in(handles.iter().map(String::as_str)))
        .into_tuple::<(String, Uuid)>()
        .all(db)
        .await?;
    let key = |handle: &String| rows.iter().find(|(found, _)| found == handle).map(|(_, id)| *id);
    Ok(handles.iter().filter_map(key).collect())
}

/// The keys of those whom a member follows.
pub fn followed_by(member: Uuid) -> SelectStatement {
    let rows = follow_row::Entity::find().select_only().column(follow_row::Column::FollowedId);
    rows.filter(follow_row::Column::FollowerId.eq(member)).into_query()
}

/// The head of a member who is there for certain: the one who acts.
pub async fn face(db: &impl ConnectionTrait, id: Uuid) -> Result<Face> {
    let rows = profile::Entity::find().filter(Column::Id.eq(id));
    let face = sql::shaped::<Face>(db, rows).await?.into_iter().next();
    face.ok_or_else(|| Error::bug("a member has no profile"))
}

/// The profile of a member who is there for certain: the one who acts, or whose row is locked.
pub async fn own(tx: &impl ConnectionTrait, me: Uuid) -> Result<profile::Model> {
    let row = profile::Entity::find_by_id(me).one(tx).await?;
    row.ok_or_else(|| Error::bug("a member has no profile"))
}
