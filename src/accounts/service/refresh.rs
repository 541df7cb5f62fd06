//! Renewing a session: a refresh token is good once.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, QuerySelect as _, prelude::*, sea_query::LockType};

use super::{
    keys,
    sessions::{self, SignedIn},
    sign_in::suspended,
};
use crate::{
    Cx, Error, Result,
    entity::{account, refresh_token, session},
    infra::secrets,
};

/// Within this time a used token that comes back is a second tab, or a lost answer: it is refused,
/// and nothing more. After it, somebody else has the token, and the session ends for both.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// Renews the session that a refresh token belongs to, and takes the token out of use.
pub async fn refresh(cx: Cx<'_>, token: &str, device: &str) -> Result<SignedIn> {
    let (now, hash) = (cx.now(), secrets::hash(token));
    let find = || refresh_token::Entity::find_by_id(hash.clone());
    let found = find().one(cx.db).await?.ok_or(Error::Unauthenticated)?;
    let session = session::Entity::find_by_id(found.session_id).one(cx.db).await?;
    let session = session.ok_or(Error::Unauthenticated)?;
    // Signed before the transaction, which must not wait for a key to be read.
    let session = renewed(cx, session, device, now);
    let access = keys::access_token(cx.app, &session).await?;
    let next = secrets::token();

    let tx = cx.begin().await?;
    // All that renew one session stand in line here, and then see what the one before did.
    let kept = session::Entity::find_by_id(session.id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    let kept = kept.filter(|kept| now < kept.expires_at).ok_or(Error::Unauthenticated)?;
    let found = find().one(&tx).await?.ok_or(Error::Unauthenticated)?;
    if let Some(used_at) = found.used_at {
        if now - used_at > GRACE {
            let ended = sessions::end(&tx, session::Column::Id.eq(kept.id)).await?;
            tx.commit().await?;
            sessions::changed(cx.app, &ended);
            tracing::warn!(session = %kept.id, "a used refresh token came back: session ended");
        }
        return Err(Error::Unauthenticated);
    }
    let account = account::Entity::find_by_id(kept.account_id).one(&tx).await?;
    let account = account.ok_or(Error::Unauthenticated)?;
    suspended(&account)?;
    refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now))
        .filter(refresh_token::Column::TokenHash.eq(hash))
        .exec(&tx)
        .await?;
    sessions::hand_out(&tx, &next, kept.id, now).await?;
    write(&tx, &session).await?;
    tx.commit().await?;
    sessions::changed(cx.app, &[session.id]);
    let session = session::Model { proved_at: kept.proved_at, ..session };
    Ok(sessions::signed_in(session, account.role, access, next))
}

/// The session as it is after this use.
fn renewed(cx: Cx<'_>, old: session::Model, device: &str, now: DateTime<Utc>) -> session::Model {
    session::Model {
        // What the person called the device stays; what it says of itself changes with its versions.
        device: if old.device.is_empty() { sessions::device_name(device) } else { old.device },
        ip_address: cx.address.to_canonical().to_string(),
        last_used_at: now,
        expires_at: sessions::expiry(cx.app, now),
        ..old
    }
}

async fn write(tx: &impl ConnectionTrait, session: &session::Model) -> Result<()> {
    let change = session::ActiveModel {
        device: Set(session.device.clone()),
        ip_address: Set(session.ip_address.clone()),
        last_used_at: Set(session.last_used_at),
        expires_at: Set(session.expires_at),
        ..Default::default()
    };
    session::Entity::update_many()
        .set(change)
        .filter(session::Column::Id.eq(session.id))
        .exec(tx)
        .await?;
    Ok(())
}
