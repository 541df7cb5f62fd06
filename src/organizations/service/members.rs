use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{locked, role_in, save::owns_one_more};
use crate::{
    Cx, Error, Result,
    entity::{
        organization,
        organization_member::{self, Column, Role},
        profile,
    },
    error::ErrorCode,
    members,
    organizations::policy,
    sql,
};

/// The most who belong to one organization.
const MEMBERS: usize = 500;

/// Adds somebody to an organization, changes what they are there, or removes them (`None`). Whoever belongs to it may
/// leave; its last owner stays one.
pub async fn set_member(
    cx: Cx<'_>,
    id: Option<Uuid>,
    who: Option<Uuid>,
    role: Option<Role>,
) -> Result<organization::Model> {
    let me = policy::write(cx.actor)?.id;
    let tx = cx.begin().await?;
    let row = locked(cx, &tx, id).await?;
    let mine = role_in(cx, &tx, row.id).await?;
    let leaves = role.is_none() && who == Some(me) && mine.is_some();
    if !leaves {
        policy::edit(cx.actor, mine)?;
    }
    let nobody = || Error::refused(ErrorCode::NotFound, ["profile"], "there is no such profile");
    let who = who.ok_or_else(nobody)?;
    let old = organization_member::Entity::find_by_id((row.id, who)).one(&tx).await?;
    let was = old.as_ref().map(|old| old.role);
    if was == role && was.is_some() {
        return Ok(row);
    }
    if was == Some(Role::Owner) && owners(&tx, row.id).await? < 2 {
        let message = "an organization keeps an owner: make somebody else one first";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["role"], message));
    }
    if role == Some(Role::Owner) {
        owns_one_more(&tx, who, &["role"]).await?;
    }
    match (old, role) {
        (None, None) => return Err(nobody()),
        (Some(old), None) => {
            organization_member::Entity::delete_by_id((old.organization_id, old.profile_id))
                .exec(&tx)
                .await?;
        }
        (Some(old), Some(role)) => {
            let mut old = old.into_active_model();
            old.role = Set(role);
            old.update(&tx).await?;
        }
        (None, Some(role)) => {
            may_join(cx, &tx, me, who).await?;
            room(&tx, row.id).await?;
            let new = organization_member::ActiveModel {
                organization_id: Set(row.id),
                profile_id: Set(who),
                role: Set(role),
                since: Set(cx.now()),
            };
            organization_member::Entity::insert(new).exec_without_returning(&tx).await?;
        }
    }
    tx.commit().await?;
    Ok(row)
}

/// Nobody is added by whom they blocked, or who blocked them.
async fn may_join(cx: Cx<'_>, tx: &impl ConnectionTrait, me: Uuid, who: Uuid) -> Result<()> {
    let nobody = || Error::refused(ErrorCode::NotFound, ["profile"], "there is no such profile");
    // A block at the same moment waits, or is seen.
    sql::lock::<profile::Entity>(tx, profile::Column::Id, &[me, who]).await?;
    let found = members::service::visible(cx).filter(profile::Column::Id.eq(who)).one(tx).await?;
    if found.is_none_or(|found| found.kind != profile::Kind::Person) {
        return Err(nobody());
    }
    if members::service::apart_from(tx, me, &[who]).await?.is_empty() {
        return Ok(());
    }
    let message = "one of you blocked the other";
    Err(Error::refused(ErrorCode::Blocked, ["profile"], message))
}

async fn room(tx: &impl ConnectionTrait, organization: Uuid) -> Result<()> {
    let rows = organization_member::Entity::find().select_only().column(Column::ProfileId);
    let rows = rows.filter(Column::OrganizationId.eq(organization));
    if rows.into_tuple::<Uuid>().all(tx).await?.len() < MEMBERS {
        return Ok(());
    }
    let message = format!("an organization has at most {MEMBERS} members");
    Err(Error::refused(ErrorCode::QuotaExceeded, [""; 0], message))
}

async fn owners(tx: &impl ConnectionTrait, organization: Uuid) -> Result<usize> {
    let rows = organization_member::Entity::find().select_only().column(Column::ProfileId);
    let rows =
        rows.filter(Column::OrganizationId.eq(organization)).filter(Column::Role.eq(Role::Owner));
    Ok(rows.into_tuple::<Uuid>().all(tx).await?.len())
}
