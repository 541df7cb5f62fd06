//! What a password must be, and changing it.

use std::{borrow::Cow, time::Duration};

use sea_orm::{ActiveValue::Set, QuerySelect as _, prelude::*, sea_query::LockType};
use serde_json::json;
use zxcvbn::{Score, zxcvbn};

use super::{letters, sessions, tokens};
use crate::{
    Cx, Error, Result,
    accounts::policy,
    app::App,
    entity::{account, account_token::Purpose, profile, session},
    error::{Detail, ErrorCode, Problem},
};

/// The least and the most characters.
const LENGTH: (usize, usize) = (8, 256);

/// Characters that are weighed; the time it takes grows with their square.
const WEIGHED: usize = 100;

/// The answer to a wrong password, and to a name that nobody has.
pub(super) const BAD_CREDENTIALS: &str = "unknown name or wrong password";

/// What is wrong with a new password of somebody who is known by `words`, if anything is.
pub(super) async fn weakness(
    app: &App,
    path: &[&'static str],
    password: &str,
    words: &[&str],
) -> Result<Option<Problem>> {
    let length = password.chars().count();
    let (min, max) = LENGTH;
    let (code, message): (_, Cow<'_, _>) = match () {
        () if length < min => {
            (ErrorCode::TooShort, format!("write at least {min} characters").into())
        }
        () if length > max => {
            (ErrorCode::TooLong, format!("write at most {max} characters").into())
        }
        () if is_weak(app, password, words).await? => {
            let message = "this is easy to guess: add words, or let a password manager make one";
            (ErrorCode::PasswordTooWeak, message.into())
        }
        () => return Ok(None),
    };
    let problem = Problem::at(code, path.iter().copied(), message);
    let number = |n: usize| u32::try_from(n).ok().map(f64::from);
    Ok(Some(match code {
        ErrorCode::PasswordTooWeak => problem,
        _ => problem.with(Detail::Limit {
            min: number(min),
            max: number(max),
            actual: number(length),
        }),
    }))
}

async fn is_weak(app: &App, password: &str, words: &[&str]) -> Result<bool> {
    let password: String = password.chars().take(WEIGHED).collect();
    let names = words.iter().copied().chain([app.config.name.as_str(), "guildhall"]);
    let known: Vec<String> = names.flat_map(forms).collect();
    let weigh = move || {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        zxcvbn(&password, &known).score() < Score::Two
    };
    app.passwords.run(weigh).await
}

/// A name as people put it into passwords: whole, in one word, and its parts.
fn forms(name: &str) -> impl Iterator<Item = String> {
    let name = name.to_lowercase();
    let between = |c: char| c == '@' || c.is_whitespace();
    let parts: Vec<_> = name.split(between).map(str::to_owned).collect();
    let one_word = name.split_whitespace().collect();
    parts.into_iter().chain([one_word, name])
}

/// Changes one's password, by the old one. That proves it anew; `sign_out_others` ends all sessions
/// but that of the call. Links in mails that set a password or an address are worth nothing any more.
pub async fn change_password(
    cx: Cx<'_>,
    current: &str,
    next: &str,
    sign_out_others: bool,
) -> Result<()> {
    let own = policy::in_session(cx.actor)?;
    let id = own.member.id;
    let name = format!("password {id}");
    let gone = || Error::Unauthenticated;
    let account = account::Entity::find_by_id(id).one(cx.db).await?.ok_or_else(gone)?;
    let profile = profile::Entity::find_by_id(id).one(cx.db).await?.ok_or_else(gone)?;
    cx.app.throttle.take(&name, cx.now()).map_err(too_many)?;
    if !cx.app.passwords.verify(current, Some(&account.password_hash)).await? {
        return Err(wrong_password());
    }
    cx.app.throttle.forgive(&name);
    let words = [account.email.as_str(), &profile.handle, &profile.name];
    if let Some(problem) = weakness(cx.app, &["input", "next"], next, &words).await? {
        return Err(problem.into());
    }
    let hash = cx.app.passwords.hash(next).await?;

    let tx = cx.begin().await?;
    let now = account::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    // Somebody else may have changed it while the old one was checked.
    let account =
        now.filter(|now| now.password_hash == account.password_hash).ok_or_else(wrong_password)?;
    let change = account::ActiveModel { password_hash: Set(hash), ..Default::default() };
    account::Entity::update_many().set(change).filter(account::Column::Id.eq(id)).exec(&tx).await?;
    session::Entity::update_many()
        .col_expr(session::Column::ProvedAt, Expr::value(cx.now()))
        .filter(session::Column::Id.eq(own.id))
        .exec(&tx)
        .await?;
    tokens::void(&tx, id, &[Purpose::Reset, Purpose::Change]).await?;
    letters::tell(cx, &tx, &account, "password_changed", json!({})).await?;
    let mut changed = vec![own.id];
    if sign_out_others {
        changed.extend(sessions::end(&tx, sessions::others(own)).await?);
    }
    tx.commit().await?;
    sessions::changed(cx.app, &changed);
    Ok(())
}

fn wrong_password() -> Error {
    let message = "this is not your password";
    Error::refused(ErrorCode::BadCredentials, ["input", "current"], message)
}

/// The refusal of one who tried too often.
pub(super) fn too_many(wait: Duration) -> Error {
    Problem::at(ErrorCode::RateLimited, [""; 0], "too many tries: wait, then try again")
        .with(Detail::RetryAfter(wait))
        .into()
}
