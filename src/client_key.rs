//! Creates that are safe to repeat: the same `clientKey` from the same account within 24 hours answers
//! the first result again, and changes nothing.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QuerySelect as _};
use uuid::Uuid;

use crate::{Cx, Error, Result, entity::client_key, error::ErrorCode, sql};

/// How long a key counts.
const LIFE: TimeDelta = TimeDelta::hours(24);

/// Notes that `made` of `kind` is created under `key`; answers what was created under it before, if
/// something was. Call it in the transaction of the change, before anything else is written.
pub async fn claim(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    key: Option<&str>,
    kind: &'static str,
    made: Uuid,
) -> Result<Option<Uuid>> {
    let Some(key) = key else { return Ok(None) };
    let account = cx.actor.member()?.id;
    if key.is_empty() || key.len() > 100 || key.chars().any(char::is_control) {
        let message = "name the call with 1 to 100 plain characters";
        return Err(Error::refused(ErrorCode::Invalid, ["input", "clientKey"], message));
    }
    let row = client_key::ActiveModel {
        account_id: Set(account),
        key: Set(key.to_owned()),
        kind: Set(kind.to_owned()),
        made_id: Set(made),
        made_at: Set(cx.now()),
    };
    if sql::insert_new(tx, row.clone()).await? {
        return Ok(None);
    }
    // Locked, so that of those who come back at the same moment after a day only one makes a new one.
    let first = client_key::Entity::find_by_id((account, key.to_owned()));
    let first = first.lock_exclusive().one(tx).await?;
    match first {
        Some(first) if first.made_at + LIFE > cx.now() => {
            if first.kind == kind {
                Ok(Some(first.made_id))
            } else {
                let message = "this key named another kind of call: make a new one for each call";
                Err(Error::refused(ErrorCode::Duplicate, ["input", "clientKey"], message))
            }
        }
        _ => {
            client_key::Entity::update(row).exec(tx).await?;
            Ok(None)
        }
    }
}

/// What was created under a key cannot be shown again: it was deleted, or may not be seen any more.
pub fn gone(what: &str) -> Error {
    let message = format!("the {what} that this key named is gone: make a new key");
    Error::refused(ErrorCode::NotFound, ["input", "clientKey"], message)
}
