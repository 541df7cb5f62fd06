//! Taking away what is of no use any more.

use chrono::TimeDelta;
use sea_orm::prelude::*;

use super::keys;
use crate::{
    Result,
    app::App,
    entity::{account_token, client_key, refresh_token, session},
};

/// How long a used refresh token is kept to be recognised if it comes back; after that it is unknown.
const USED: TimeDelta = TimeDelta::days(7);

/// How long a client's key for a create counts.
const CLIENT_KEY: TimeDelta = TimeDelta::hours(24);

/// Deletes sessions that have ended, refresh tokens that were used a week ago, keys of repeatable
/// calls a day old, tokens of mails whose time is over, and signing keys that nothing in use was signed with. To be called hourly.
pub async fn prune(app: &App) -> Result<()> {
    let now = app.clock.now();
    let db = &app.db.write;
    session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now)).exec(db).await?;
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::UsedAt.lt(now - USED))
        .exec(db)
        .await?;
    client_key::Entity::delete_many()
        .filter(client_key::Column::MadeAt.lt(now - CLIENT_KEY))
        .exec(db)
        .await?;
    account_token::Entity::delete_many()
        .filter(account_token::Column::ExpiresAt.lte(now))
        .exec(db)
        .await?;
    keys::delete_old(app, db).await
}
