//! Addresses: proving them, and changing them.

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    QuerySelect as _, SqlErr,
    prelude::*,
    sea_query::LockType,
};
use serde_json::json;
use uuid::Uuid;

use super::{letters, password::too_many, tokens};
use crate::{
    Cx, Error, Result,
    accounts::policy,
    check::Check,
    clock::first_key,
    entity::{
        account::{self, State},
        account_token::{self, Purpose},
        email,
    },
    error::ErrorCode,
    infra::throttle,
    sql,
};

/// Mails about changes of its address that an account causes within a day.
const CHANGES: u64 = 10;

/// Mails the caller another link that proves their address.
pub async fn send_verification(cx: Cx<'_>) -> Result<()> {
    let id = policy::in_session(cx.actor)?.member.id;
    let tx = cx.begin().await?;
    let account = locked(&tx, id).await?.ok_or(Error::Unauthenticated)?;
    if account.email_verified_at.is_some() {
        let message = "your address is proved already";
        return Err(Error::refused(ErrorCode::StateNotAllowed, [""; 0], message));
    }
    if let Some(wait) = tokens::wait(cx, &tx, &account.email).await? {
        return Err(too_many(wait));
    }
    letters::verification(cx, &tx, &account).await?;
    tx.commit().await?;
    Ok(())
}

/// Asks for another address: it takes the place of the old one when its reader has followed a link. Whether it is in
/// use, nobody is told but its owner.
pub async fn change_email(cx: Cx<'_>, new: &str) -> Result<account::Model> {
    let id = policy::recently_proved(cx.actor, cx.now())?.member.id;
    let mut check = Check::new();
    let new = check.email(&["email"], new);
    check.done().map_err(Error::outside_input)?;
    let key = new.to_lowercase();
    let tx = cx.begin().await?;
    let account = locked(&tx, id).await?.ok_or(Error::Unauthenticated)?;
    if key == account.email_key {
        let message = "this is your address already";
        return Err(Error::refused(ErrorCode::Duplicate, ["email"], message));
    }
    let told = email::Entity::find()
        .filter(email::Column::ToKey.eq(&account.email_key))
        .filter(email::Column::Id.gte(first_key(cx.now() - chrono::TimeDelta::days(1))))
        .filter(email::Column::TemplateKey.eq("email_changed"));
    if told.count(&tx).await? >= CHANGES {
        let message = "you changed your address too often today: try again tomorrow";
        return Err(Error::refused(ErrorCode::QuotaExceeded, [""; 0], message));
    }
    // From here on the same is done whether the address is somebody's or not.
    let owner = account::Entity::find().filter(account::Column::EmailKey.eq(&key)).one(&tx).await?;
    tokens::void(&tx, id, &[Purpose::Change]).await?;
    let token = tokens::make(cx, &tx, id, Purpose::Change, &new).await?;
    if tokens::wait(cx, &tx, &new).await?.is_none() {
        match &owner {
            Some(owner) => letters::taken(cx, &tx, owner).await?,
            None => letters::change(cx, &tx, &account, &new, &token).await?,
        }
    }
    let told = json!({ "address": new, "done": false });
    letters::tell(cx, &tx, &account, "email_changed", told).await?;
    tx.commit().await?;
    Ok(account)
}

/// Proves an address by the token of a mail. Signs nobody in; a link that did its work once may be followed again
/// while it lasts, and changes nothing then.
pub async fn verify_email(cx: Cx<'_>, token: &str) -> Result<()> {
    let dead = || tokens::dead(&["token"]);
    let place = format!("token {}", throttle::place(cx.address));
    cx.app.throttle.take(&place, cx.now()).map_err(too_many)?;
    let good = [Purpose::Verify, Purpose::Change];
    let found = tokens::find(cx.db, token, &good, cx.now()).await?.ok_or_else(dead)?;
    cx.app.throttle.give_back(&place);
    let tx = cx.begin().await?;
    let account = locked(&tx, found.account_id).await?;
    let account = account.filter(|account| account.state == State::Active).ok_or_else(dead)?;
    // It may have been used, or made worth nothing, a moment ago.
    let used = tokens::find(&tx, token, &good, cx.now()).await?.ok_or_else(dead)?;
    let is_first = account.email_verified_at.is_none();
    let account = match used.purpose {
        Purpose::Change => moved(cx, &tx, account, &used).await?,
        _ if used.email.to_lowercase() != account.email_key => return Err(dead()),
        _ if is_first => proved(cx, &tx, account).await?,
        _ => return Ok(()),
    };
    if is_first {
        letters::tell(cx, &tx, &account, "welcome", json!({})).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn proved(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    account: account::Model,
) -> Result<account::Model> {
    let change = account::ActiveModel {
        id: Unchanged(account.id),
        email_verified_at: Set(Some(cx.now())),
        ..Default::default()
    };
    Ok(change.update(tx).await?)
}

/// Puts the address of a token in the place of the account's.
async fn moved(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    account: account::Model,
    used: &account_token::Model,
) -> Result<account::Model> {
    let change = account::ActiveModel {
        id: Unchanged(account.id),
        email: Set(used.email.clone()),
        email_key: Set(used.email.to_lowercase()),
        email_verified_at: Set(Some(cx.now())),
        ..Default::default()
    };
    let now = change.update(tx).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            let message = "there is an account with this address by now";
            Error::refused(ErrorCode::Taken, ["token"], message)
        }
        _ => error.into(),
    })?;
    // What was sent to the old address is worth nothing. This link has done its work: followed again, it proves what
    // is proved.
    account_token::Entity::delete_many()
        .filter(account_token::Column::AccountId.eq(account.id))
        .filter(account_token::Column::Hash.ne(used.hash.clone()))
        .exec(tx)
        .await?;
    account_token::Entity::update_many()
        .col_expr(account_token::Column::Purpose, Expr::value(Purpose::Verify))
        .filter(account_token::Column::Hash.eq(used.hash.clone()))
        .exec(tx)
        .await?;
    take_choices_along(cx, tx, &account.email_key, &now.email_key).await?;
    let told = json!({ "address": now.email, "done": true });
    letters::tell(cx, tx, &account, "email_changed", told).await?;
    Ok(now)
}

/// What the reader of one address wants to get goes with them to another; of two choices about the same, the later
/// holds. That they want nothing at all goes with them too.
async fn take_choices_along(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    from: &str,
    to: &str,
) -> Result<()> {
    let run = async |text: &str, values: Vec<sea_orm::Value>| {
        tx.execute_raw(sql::statement(cx.backend(), text, values)).await
    };
    let both = || vec![from.into(), to.into()];
    run(
        "INSERT INTO email_choice (email_key, topic_id, subscribed, chosen_at) \
         SELECT $2, topic_id, subscribed, chosen_at FROM email_choice WHERE email_key = $1 \
         ON CONFLICT (email_key, topic_id) DO UPDATE \
         SET subscribed = excluded.subscribed, chosen_at = excluded.chosen_at \
         WHERE excluded.chosen_at > email_choice.chosen_at",
        both(),
    )
    .await?;
    run("DELETE FROM email_choice WHERE email_key = $1", vec![from.into()]).await?;
    run(
        "INSERT INTO suppression (id, email, email_key, reason, detail) \
         SELECT $3, $2, $2, reason, detail FROM suppression \
         WHERE email_key = $1 AND reason = 'unsubscribed_all' \
         ON CONFLICT (email_key) DO NOTHING",
        [both(), vec![cx.key().into()]].concat(),
    )
    .await?;
    Ok(())
}

/// An account, held until the transaction ends.
pub(super) async fn locked(tx: &impl ConnectionTrait, id: Uuid) -> Result<Option<account::Model>> {
    Ok(account::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}
