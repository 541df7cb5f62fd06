//! A new password for who forgot theirs, by a link in a mail.

use sea_orm::{ActiveValue::Set, prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    email::locked,
    letters,
    password::{too_many, weakness},
    sessions, tokens,
};
use crate::{
    Cx, Error, Result,
    accounts::work::RESET,
    check::Check,
    cx::Hand,
    entity::{
        account::{self, State},
        account_token::Purpose,
        api_token, email, profile, session,
    },
    infra::{bus::Note, throttle},
    queue::{self, Job, NewItem, Outcome},
};

/// What is known when somebody asks.
#[derive(Serialize, Deserialize)]
struct Asked {
    /// The address, in lower case.
    address: String,
}

/// Asks for a link to be mailed to an address. Whether it is anybody's is looked at later, by the work queue, so that
/// neither the answer nor its time tells.
pub async fn send_reset(cx: Cx<'_>, address: &str) -> Result<()> {
    let mut check = Check::new();
    let address = check.email(&["email"], address).to_lowercase();
    check.done().map_err(Error::outside_input)?;
    let place = format!("reset {}", throttle::place(cx.address));
    cx.app.throttle.take(&place, cx.now()).map_err(too_many)?;
    cx.app.throttle.take(&format!("reset {address}"), cx.now()).map_err(too_many)?;
    let tx = cx.begin().await?;
    let once = format!("{} {address}", RESET.name);
    queue::add(cx, &tx, NewItem::new(&RESET, &Asked { address })?.once(once)).await?;
    tx.commit().await?;
    Ok(())
}

/// Mails the link, if the address is that of an active account that did not get too many.
pub async fn mail_reset(job: Job) -> Result<Outcome> {
    let Asked { address } = job.payload()?;
    let hand = Hand::of_server(&job.app);
    let cx = hand.cx(&job.app);
    let tx = cx.begin().await?;
    let found =
        account::Entity::find().filter(account::Column::EmailKey.eq(&address)).one(&tx).await?;
    let Some(found) = found else { return Ok(Outcome::Done) };
    let account = locked(&tx, found.id).await?;
    let account =
        account.filter(|account| account.state == State::Active && account.email_key == address);
    let Some(account) = account else { return Ok(Outcome::Done) };
    // The work may have been done before, and be done again because nobody heard of it.
    let written = email::Entity::find().filter(email::Column::Batch.eq(job.item.id)).one(&tx);
    if written.await?.is_some() || tokens::wait(cx, &tx, &address).await?.is_some() {
        return Ok(Outcome::Done);
    }
    letters::reset(cx, &tx, &account, job.item.id).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Sets a new password by the token of a mail, and ends all sessions. Signs nobody in. Who read that mail has proved
/// the address; if nobody had before, whoever made the account may have been a stranger, and API tokens end too.
pub async fn reset_password(cx: Cx<'_>, token: &str, password: &str) -> Result<()> {
    let dead = || tokens::dead(&["input", "token"]);
    let place = format!("token {}", throttle::place(cx.address));
    cx.app.throttle.take(&place, cx.now()).map_err(too_many)?;
    let found = tokens::find(cx.db, token, &[Purpose::Reset], cx.now()).await?.ok_or_else(dead)?;
    cx.app.throttle.give_back(&place);
    let id = found.account_id;
    let profile = profile::Entity::find_by_id(id).one(cx.db).await?.ok_or_else(dead)?;
    let words = [found.email.as_str(), &profile.handle, &profile.name];
    if let Some(problem) = weakness(cx.app, &["input", "password"], password, &words).await? {
        return Err(problem.into());
    }
    let hash = cx.app.passwords.hash(password).await?;

    let tx = cx.begin().await?;
    let account = locked(&tx, id).await?;
    let is_good = |account: &account::Model| {
        account.state == State::Active && account.email_key == found.email.to_lowercase()
    };
    let account = account.filter(is_good).ok_or_else(dead)?;
    if !tokens::use_up(&tx, &found.hash).await? {
        return Err(dead());
    }
    let change = account::ActiveModel {
        password_hash: Set(hash),
        email_verified_at: Set(Some(account.email_verified_at.unwrap_or(cx.now()))),
        ..Default::default()
    };
    account::Entity::update_many().set(change).filter(account::Column::Id.eq(id)).exec(&tx).await?;
    tokens::void(&tx, id, &[Purpose::Reset, Purpose::Change]).await?;
    let ended = sessions::end(&tx, session::Column::AccountId.eq(id)).await?;
    let ended_tokens = match account.email_verified_at {
        Some(_) => Vec::new(),
        None => {
            let all = api_token::Entity::delete_many();
            all.filter(api_token::Column::AccountId.eq(id)).exec_with_returning(&tx).await?
        }
    };
    letters::tell(cx, &tx, &account, "password_changed", json!({})).await?;
    tx.commit().await?;
    sessions::changed(cx.app, &ended);
    for token in &ended_tokens {
        cx.app.passes.api_tokens.forget(&token.token_hash);
    }
    if !ended_tokens.is_empty() {
        cx.app.bus.publish(Note::Rights { member: id });
    }
    // Who tried too often before asking for the link need not wait now.
    for name in [&account.email_key, &profile.handle] {
        cx.app.throttle.forgive(&format!("sign-in {name}"));
    }
    Ok(())
}
