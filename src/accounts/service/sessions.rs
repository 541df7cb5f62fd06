//! Sessions: how they begin and how they end.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ExprTrait as _, IntoActiveModel as _, QueryOrder as _, QuerySelect as _,
    prelude::*, sea_query::SimpleExpr,
};
use uuid::Uuid;

use super::keys::{self, AccessToken};
use crate::{
    Cx, Error, Result,
    accounts::policy,
    app::App,
    cx::{Means, Member},
    entity::{account, refresh_token, session},
    infra::{bus::Note, secrets},
};

/// The most sessions of one account; the oldest end when there are more.
const MOST: u64 = 100;

/// The most characters of what a device says it is.
const DEVICE: usize = 200;

/// Somebody who has just come in, or has stayed.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who they are.
    pub member: Member,
    /// The session.
    pub session: session::Model,
    /// The JWT for further calls.
    pub access_token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// What renews the session, once.
    pub refresh_token: String,
}

/// A session that is about to begin.
pub(super) struct Beginning {
    session: session::Model,
    access: AccessToken,
    refresh: String,
}

/// Readies a session of `account`, whose password was proved just now. Signs its token here, so that
/// no transaction waits for a key to be read.
pub(super) async fn ready(cx: Cx<'_>, account: Uuid, device: &str) -> Result<Beginning> {
    let now = cx.now();
    let session = session::Model {
        id: cx.key(),
        account_id: account,
        device: device_name(device),
        ip_address: cx.address.to_canonical().to_string(),
        proved_at: now,
        last_used_at: now,
        expires_at: expiry(cx.app, now),
    };
    let access = keys::access_token(cx.app, &session).await?;
    Ok(Beginning { session, access, refresh: secrets::token() })
}

impl Beginning {
    /// Writes the session.
    pub(super) async fn write(&self, tx: &impl ConnectionTrait) -> Result<()> {
        session::Entity::insert(self.session.clone().into_active_model()).exec(tx).await?;
        hand_out(tx, &self.refresh, self.session.id, self.session.last_used_at).await
    }

    /// Whose it will be.
    pub(super) fn account(&self) -> Uuid {
        self.session.account_id
    }

    /// Once it is committed.
    pub(super) fn done(self, account: &account::Model) -> SignedIn {
        signed_in(self.session, account.role, self.access, self.refresh)
    }
}

pub(super) fn signed_in(
    session: session::Model,
    role: account::Role,
    access: AccessToken,
    refresh_token: String,
) -> SignedIn {
    let means = Means::Session { id: session.id, proved_at: session.proved_at };
    SignedIn {
        member: Member { id: session.account_id, role, means },
        session,
        access_token: access.token,
        expires_at: access.expires_at,
        refresh_token,
    }
}

/// Notes that a refresh token was handed out.
pub(super) async fn hand_out(
    tx: &impl ConnectionTrait,
    token: &str,
    session: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = refresh_token::ActiveModel {
        token_hash: Set(secrets::hash(token)),
        session_id: Set(session),
        made_at: Set(now),
        used_at: Set(None),
    };
    refresh_token::Entity::insert(row).exec(tx).await?;
    Ok(())
}

/// When a session that is used at `now` ends.
pub(super) fn expiry(app: &App, now: DateTime<Utc>) -> DateTime<Utc> {
    TimeDelta::from_std(app.config.session_life)
        .ok()
        .and_then(|life| now.checked_add_signed(life))
        .unwrap_or(now)
}

/// Ends the oldest sessions of an account that has too many.
pub(super) async fn end_oldest(tx: &impl ConnectionTrait, account: Uuid) -> Result<Vec<Uuid>> {
    let oldest = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::AccountId.eq(account))
        .order_by_desc(session::Column::Id)
        .offset(MOST)
        .limit(MOST)
        .into_tuple::<Uuid>()
        .all(tx)
        .await?;
    if !oldest.is_empty() {
        end(tx, session::Column::Id.is_in(oldest.iter().copied())).await?;
    }
    Ok(oldest)
}

/// Ends one session: one's own, or for an admin anybody's. Without a key, the one of the call.
pub async fn revoke_session(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    let own = policy::in_session(cx.actor)?;
    let id = id.unwrap_or(own.id);
    let tx = cx.begin().await?;
    let session = session::Entity::find_by_id(id).one(&tx).await?;
    session
        .filter(|session| policy::end_session(cx.actor, session))
        .ok_or_else(|| Error::not_found("session"))?;
    end(&tx, session::Column::Id.eq(id)).await?;
    tx.commit().await?;
    changed(cx.app, &[id]);
    Ok(id)
}

/// Ends all one's sessions but that of the call.
pub async fn revoke_others(cx: Cx<'_>) -> Result<Vec<Uuid>> {
    let own = policy::in_session(cx.actor)?;
    let tx = cx.begin().await?;
    let ended = end(&tx, others(own)).await?;
    tx.commit().await?;
    changed(cx.app, &ended);
    Ok(ended)
}

/// All of somebody's sessions but the one they are in.
pub(super) fn others(own: policy::InSession) -> SimpleExpr {
    session::Column::AccountId.eq(own.member.id).and(session::Column::Id.ne(own.id))
}

/// Ends sessions, and their refresh tokens with them; answers which. After the commit the caller
/// must tell that they have [`changed`].
pub(super) async fn end(tx: &impl ConnectionTrait, which: SimpleExpr) -> Result<Vec<Uuid>> {
    let ended = session::Entity::delete_many().filter(which).exec_with_returning(tx).await?;
    Ok(ended.into_iter().map(|session| session.id).collect())
}

/// What was known of these sessions is worth nothing in this process from now on, and in the others once they
/// hear of it. To be called after the commit.
pub(super) fn changed(app: &App, sessions: &[Uuid]) {
    for session in sessions.iter().copied() {
        app.passes.sessions.forget(&session);
        app.bus.publish(Note::Session { session });
    }
}

/// What a device says it is, cut to what is kept.
pub(super) fn device_name(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(DEVICE).collect()
}
