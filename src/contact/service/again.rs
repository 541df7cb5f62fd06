//! The same call again: members' by their keys, guests' by what they call it and all that it says.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    check::Check,
    client_key,
    clock::made_at,
    entity::{form, submission},
    error::ErrorCode,
    fields::Answer,
    infra::secrets,
};

/// How long the same call answers the same.
const REPEATED: TimeDelta = TimeDelta::hours(24);

/// Checks what the caller calls the call.
pub(super) fn key(check: &mut Check, key: Option<&str>) {
    let good = |key: &str| (1..=100).contains(&key.len()) && !key.chars().any(char::is_control);
    if key.is_some_and(|key| !good(key)) {
        let message = "name the call with 1 to 100 plain characters";
        check.problem(ErrorCode::Invalid, &["clientKey"], message);
    }
}

/// What a guest's call is known by: its name and all it says, so that nobody is answered another's receipt.
pub(super) fn guest_key(
    cx: Cx<'_>,
    key: Option<&str>,
    answers: &[Answer],
) -> Result<Option<Vec<u8>>> {
    let Some(key) = key.filter(|_| cx.actor.id().is_none()) else { return Ok(None) };
    let said = serde_json::to_string(&(key, answers)).map_err(Error::internal)?;
    Ok(Some(secrets::hash(&said)))
}

/// What the same call made before, if it did.
pub(super) async fn repeated(
    cx: Cx<'_>,
    form: &form::Model,
    client_key: Option<&str>,
    guest_key: Option<&Vec<u8>>,
) -> Result<Option<submission::Model>> {
    if client_key.is_none() {
        return Ok(None);
    }
    let tx = cx.begin().await?;
    let first = if cx.actor.id().is_some() {
        client_key::claim(cx, &tx, client_key, "submission", cx.key()).await?
    } else {
        claim_as_guest(&tx, form, guest_key, cx.now()).await?
    };
    tx.rollback().await?;
    let Some(first) = first else { return Ok(None) };
    let first = submission::Entity::find_by_id(first).one(cx.db).await?;
    first.map(Some).ok_or_else(|| client_key::gone("submission"))
}

/// What a guest sent by the same call in the last day; what is older lets its name go.
pub(super) async fn claim_as_guest(
    tx: &impl ConnectionTrait,
    form: &form::Model,
    key: Option<&Vec<u8>>,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>> {
    let Some(key) = key else { return Ok(None) };
    let first = submission::Entity::find()
        .filter(submission::Column::FormId.eq(form.id))
        .filter(submission::Column::GuestKey.eq(key.clone()))
        .one(tx)
        .await?;
    match first {
        Some(first) if made_at(first.id) + REPEATED > now => Ok(Some(first.id)),
        Some(first) => {
            let mut old = first.into_active_model();
            old.guest_key = Set(None);
            old.update(tx).await?;
            Ok(None)
        }
        None => Ok(None),
    }
}
