//! The keys that access tokens are signed with: kept sealed in the database, read by every process.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, IntoActiveModel as _, QueryOrder as _, prelude::*};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Result,
    app::App,
    entity::{session, signing_key},
    infra::tokens::{Bad, Claims, Key},
    typeid,
};

/// How old the keys in memory may be.
const STALE: TimeDelta = TimeDelta::minutes(1);

/// How often a token of an unknown key makes the server read the keys again.
const EAGER: TimeDelta = TimeDelta::seconds(10);

/// How long another process may go on signing with a key that was retired.
const LAG: TimeDelta = TimeDelta::minutes(2);

/// Reads the keys, and makes the first one: to be called before the server listens.
pub async fn prepare(app: &App) -> Result<()> {
    load(app).await?;
    if !app.tokens.can_sign() {
        insert(app, &app.db.write).await?;
        load(app).await?;
    }
    Ok(())
}

/// Retires the key that signs and makes a new one. Tokens of the old one are good until they end.
pub async fn rotate_keys(app: &App) -> Result<()> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let retired = signing_key::ActiveModel { retired_at: Set(Some(now)), ..Default::default() };
    signing_key::Entity::update_many()
        .set(retired)
        .filter(signing_key::Column::RetiredAt.is_null())
        .exec(&tx)
        .await?;
    insert(app, &tx).await?;
    delete_old(app, &tx).await?;
    tx.commit().await?;
    load(app).await
}

/// Deletes the keys that no token in use was signed with.
pub(super) async fn delete_old(app: &App, db: &impl ConnectionTrait) -> Result<()> {
    let old = app.clock.now() - overlap(app);
    signing_key::Entity::delete_many()
        .filter(signing_key::Column::RetiredAt.lt(old))
        .exec(db)
        .await?;
    Ok(())
}

/// The public keys, as a JSON Web Key Set, for whoever verifies access tokens elsewhere.
pub fn jwks(app: &App) -> Value {
    app.tokens.jwks(app.clock.now())
}

/// A signed access token, and when it ends.
pub(super) async fn access_token(app: &App, session: &session::Model) -> Result<AccessToken> {
    read_again(app, STALE).await?;
    if !app.tokens.can_sign() {
        prepare(app).await?;
    }
    let claims = claims(app, session.account_id, session.id, session.last_used_at);
    let token = app.tokens.sign(&claims)?;
    let expires_at = DateTime::from_timestamp(claims.exp, 0).unwrap_or_default();
    Ok(AccessToken { token, expires_at })
}

/// A signed access token.
pub(super) struct AccessToken {
    /// The JWT.
    pub(super) token: String,
    /// When it ends.
    pub(super) expires_at: DateTime<Utc>,
}

/// What a token says, if this server made it and it is good now.
pub(super) async fn verify(app: &App, token: &str) -> Result<Claims> {
    read_again(app, STALE).await?;
    let verify = || app.tokens.verify(token, &app.config.public_url(), app.clock.now());
    let mut claims = verify();
    if claims == Err(Bad::UnknownKey) {
        read_again(app, EAGER).await?;
        claims = verify();
    }
    claims.map_err(|_| Error::Unauthenticated)
}

/// Reads the keys again if they are older than that. While the database is away the old ones do.
async fn read_again(app: &App, than: TimeDelta) -> Result<()> {
    let read_at = app.tokens.read_at();
    if read_at.is_some_and(|at| app.clock.now() - at < than) {
        return Ok(());
    }
    match load(app).await {
        Err(error) if read_at.is_some() => {
            tracing::warn!(%error, "can't read the signing keys again");
            Ok(())
        }
        read => read,
    }
}

async fn load(app: &App) -> Result<()> {
    let rows = signing_key::Entity::find()
        .order_by_asc(signing_key::Column::Id)
        .all(app.db.fresh())
        .await?;
    let keys = rows.into_iter().map(|row| {
        let good_until = row.retired_at.map(|retired| retired + overlap(app));
        Key::read(row.id, &app.vault.open(&row.sealed)?, good_until)
    });
    app.tokens.put(keys.collect::<Result<_>>()?, app.clock.now());
    Ok(())
}

async fn insert(app: &App, db: &impl ConnectionTrait) -> Result<()> {
    let key = signing_key::Model {
        id: app.clock.key(),
        sealed: app.vault.seal(&Key::generate()?)?,
        retired_at: None,
    };
    signing_key::Entity::insert(key.into_active_model()).exec(db).await?;
    Ok(())
}

/// How long an access token is good for: an hour at most.
pub(super) fn life(app: &App) -> TimeDelta {
    let longest = TimeDelta::hours(1);
    TimeDelta::from_std(app.config.access_token_life).map_or(longest, |life| life.min(longest))
}

/// How long a retired key still verifies.
fn overlap(app: &App) -> TimeDelta {
    life(app) + LAG
}

fn claims(app: &App, account: Uuid, session: Uuid, now: DateTime<Utc>) -> Claims {
    let server = app.config.public_url();
    Claims {
        iss: server.clone(),
        aud: server,
        sub: typeid::encode("account", account),
        sid: typeid::encode("session", session),
        iat: now.timestamp(),
        exp: (now + life(app)).timestamp(),
        jti: app.clock.key().simple().to_string(),
        nbf: None,
    }
}

/// The keys of the account and of the session that `claims` name.
pub(super) fn named(claims: &Claims) -> Option<(Uuid, Uuid)> {
    Some((typeid::decode("account", &claims.sub)?, typeid::decode("session", &claims.sid)?))
}
