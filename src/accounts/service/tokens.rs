//! Secrets that are mailed to somebody: to prove an address, or to set a new password. Only their hashes are kept.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{IntoActiveModel as _, QueryOrder as _, QuerySelect as _, prelude::*};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    app::App,
    clock::{first_key, made_at},
    entity::{
        account_token::{self, Column, Purpose},
        email,
    },
    error::ErrorCode,
    infra::secrets,
};

/// How long a mailed link is good.
pub(super) const LIFE: TimeDelta = TimeDelta::hours(1);

/// Mails with such a link that one address gets within [`LIFE`]: nobody's mailbox is filled by us.
const MAILS: u64 = 5;

/// The templates whose mails are counted.
const COUNTED: [&str; 4] = ["email_verification", "email_change", "email_taken", "password_reset"];

/// Makes a token for an account and the address that it is mailed to; what is answered is kept nowhere.
pub(super) async fn make(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    account: Uuid,
    purpose: Purpose,
    email: &str,
) -> Result<String> {
    let token = secrets::token();
    let row = account_token::Model {
        hash: secrets::hash(&token),
        account_id: account,
        purpose,
        email: email.to_owned(),
        expires_at: cx.now() + LIFE,
    };
    account_token::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(token)
}

/// Where somebody goes with a token: a page of the front end, or the server's own.
pub(super) fn link(app: &App, purpose: Purpose, token: &str) -> String {
    let (page, own) = match purpose {
        Purpose::Verify | Purpose::Change => ("verify-email", "verify"),
        Purpose::Reset => ("reset-password", "reset"),
    };
    match app.config.app_url {
        Some(_) => format!("{}/{page}?token={token}", app.config.front_url()),
        None => format!("{}/account/{own}/{token}", app.config.public_url()),
    }
}

/// The row of a token that is still good for one of these purposes.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    token: &str,
    purposes: &[Purpose],
    now: DateTime<Utc>,
) -> Result<Option<account_token::Model>> {
    let row = account_token::Entity::find_by_id(secrets::hash(token))
        .filter(Column::Purpose.is_in(purposes.iter().copied()))
        .filter(Column::ExpiresAt.gt(now));
    Ok(row.one(db).await?)
}

/// Uses a token up; answers whether it was still there.
pub(super) async fn use_up(tx: &impl ConnectionTrait, hash: &[u8]) -> Result<bool> {
    let used = account_token::Entity::delete_by_id(hash.to_vec()).exec(tx).await?;
    Ok(used.rows_affected > 0)
}

/// Makes an account's tokens for these purposes worth nothing.
pub(super) async fn void(
    tx: &impl ConnectionTrait,
    account: Uuid,
    purposes: &[Purpose],
) -> Result<()> {
    account_token::Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Purpose.is_in(purposes.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// When an address may get the next mail with a link; `None` is now.
pub(super) async fn wait(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    address: &str,
) -> Result<Option<std::time::Duration>> {
    let now = cx.now();
    let sent = email::Entity::find()
        .select_only()
        .column(email::Column::Id)
        .filter(email::Column::ToKey.eq(address.to_lowercase()))
        .filter(email::Column::Id.gte(first_key(now - LIFE)))
        .filter(email::Column::TemplateKey.is_in(COUNTED))
        .order_by_desc(email::Column::Id)
        .limit(MAILS)
        .into_tuple::<Uuid>()
        .all(tx)
        .await?;
    let oldest = sent.last().filter(|_| u64::try_from(sent.len()).is_ok_and(|n| n >= MAILS));
    Ok(oldest.and_then(|id| (made_at(*id) + LIFE - now).to_std().ok()))
}

/// The answer to a link that leads nowhere: unknown, used, too old, or made worth nothing by a later change.
pub(super) fn dead(path: &[&'static str]) -> Error {
    let message = "this link was used before, or its time is over: ask for another";
    Error::refused(ErrorCode::Expired, path.iter().copied(), message)
}
