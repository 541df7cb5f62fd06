//! Accounts as staff see them, and their roles.

use sea_orm::{
    ActiveValue::Set,
    ExprTrait as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    prelude::*,
    sea_query::{LikeExpr, LockType, SimpleExpr},
};
use uuid::Uuid;

use super::invitations;
use crate::{
    Cx, Error, Result,
    accounts::policy,
    cx::Member,
    entity::{
        account::{self, Role, State},
        profile,
    },
    error::ErrorCode,
    infra::bus::Note,
    page::{self, By, Page, Place},
};

/// Which accounts to list: all conditions hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Found in the handle, the name or the address, without regard to case.
    pub text: Option<String>,
    /// Any of these roles.
    pub roles: Option<Vec<Role>>,
    /// Any of these states.
    pub states: Option<Vec<State>>,
}

/// A page of the accounts, newest first.
pub async fn members(cx: Cx<'_>, filter: Filter, ask: &page::Ask) -> Result<Page<account::Model>> {
    policy::list_members(cx.actor)?;
    let mut rows = account::Entity::find().filter(policy::accounts_visible_to(cx.actor));
    if let Some(text) = filter.text.filter(|text| !text.trim().is_empty()) {
        rows = rows.filter(holding(&text)?);
    }
    if let Some(roles) = filter.roles {
        rows = rows.filter(account::Column::Role.is_in(roles));
    }
    if let Some(states) = filter.states {
        rows = rows.filter(account::Column::State.is_in(states));
    }
    By::newest(account::Column::Id).page(cx.db, rows, ask, |row| Place::key(row.id)).await
}

fn holding(text: &str) -> Result<SimpleExpr> {
    let text = text.trim().to_lowercase();
    if text.chars().count() > 100 || text.contains('\0') {
        return Err(Error::BadRequest("`text` is at most 100 characters".into()));
    }
    let plain = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    let like = || LikeExpr::new(format!("%{plain}%")).escape('\\');
    let profiles = profile::Entity::find()
        .select_only()
        .column(profile::Column::Id)
        .filter(profile::Column::Handle.like(like()).or(profile::Column::NameKey.like(like())))
        .into_query();
    Ok(account::Column::EmailKey.like(like()).or(account::Column::Id.in_subquery(profiles)))
}

/// The account of the one who asks.
pub async fn own_account(cx: Cx<'_>, member: Member) -> Result<account::Model> {
    account::Entity::find_by_id(member.id).one(cx.db).await?.ok_or(Error::Unauthenticated)
}

/// Sets what somebody is in the community: exactly one role. The last admin stays one.
pub async fn set_roles(cx: Cx<'_>, id: Option<Uuid>, roles: &[Role]) -> Result<account::Model> {
    policy::manage_members(cx.actor)?;
    let [role] = roles else {
        return Err(Error::refused(ErrorCode::Invalid, ["roles"], "choose exactly one role"));
    };
    let nobody = || Error::refused(ErrorCode::NotFound, ["account"], "there is no such account");
    let id = id.ok_or_else(nobody)?;
    let tx = cx.begin().await?;
    // All admins are held in one order, so that two do not step down at the same time.
    let admins = account::Entity::find()
        .filter(account::Column::Role.eq(Role::Admin))
        .order_by_asc(account::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(&tx)
        .await?;
    let account = account::Entity::find_by_id(id).one(&tx).await?.ok_or_else(nobody)?;
    let others = admins.iter().any(|admin| admin.id != id && admin.state == State::Active);
    if account.role == Role::Admin && *role != Role::Admin && !others {
        let message = "the last admin stays one: make somebody else an admin first";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["roles"], message));
    }
    let change = account::ActiveModel { role: Set(*role), ..Default::default() };
    account::Entity::update_many().set(change).filter(account::Column::Id.eq(id)).exec(&tx).await?;
    invitations::revoke_beyond(&tx, id, *role, cx.now()).await?;
    tx.commit().await?;
    cx.app.passes.accounts.forget(&id);
    cx.app.bus.publish(Note::Rights { member: id });
    Ok(account::Model { role: *role, ..account })
}
