//! Signing in.

use sea_orm::{
    ActiveValue::Set, QuerySelect as _, QueryTrait as _, prelude::*, sea_query::LockType,
};

use super::{
    password::{BAD_CREDENTIALS, too_many},
    sessions::{self, SignedIn},
};
use crate::{
    Cx, Error, Result,
    entity::{
        account::{self, State},
        profile,
    },
    error::ErrorCode,
    infra::throttle,
};

/// The most characters of an address or handle that are looked at.
const LOGIN: usize = 254;

/// Signs somebody in by e-mail address or handle. An unknown name and a wrong password are answered
/// alike, after the same work; that an account is suspended, only its owner hears.
pub async fn sign_in(cx: Cx<'_>, login: &str, password: &str, device: &str) -> Result<SignedIn> {
    let login = login_key(login);
    let (name, place) =
        (format!("sign-in {login}"), format!("sign-in {}", throttle::place(cx.address)));
    let throttle = &cx.app.throttle;
    throttle.take(&place, cx.now()).map_err(too_many)?;
    throttle.take(&name, cx.now()).map_err(too_many)?;

    let account = find(cx, &login).await?;
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let fits = cx.app.passwords.verify(password, hash).await?;
    let Some(account) = account.filter(|_| fits) else { return Err(bad_credentials()) };
    throttle.forgive(&name);
    throttle.give_back(&place);
    suspended(&account)?;

    let beginning = sessions::ready(cx, account.id, device).await?;
    let better = match cx.app.passwords.is_outdated(&account.password_hash) {
        true => Some(cx.app.passwords.hash(password).await?),
        false => None,
    };
    let tx = cx.begin().await?;
    let now = account::Entity::find_by_id(account.id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    // The password may have been changed while the old one was checked.
    let account =
        now.filter(|now| now.password_hash == account.password_hash).ok_or_else(bad_credentials)?;
    suspended(&account)?;
    if let Some(hash) = better {
        let account = account::ActiveModel { password_hash: Set(hash), ..Default::default() };
        account::Entity::update_many()
            .set(account)
            .filter(account::Column::Id.eq(beginning.account()))
            .exec(&tx)
            .await?;
    }
    beginning.write(&tx).await?;
    let ended = sessions::end_oldest(&tx, account.id).await?;
    tx.commit().await?;
    sessions::changed(cx.app, &ended);
    Ok(beginning.done(&account))
}

/// A suspended account may not come in, nor stay.
pub(super) fn suspended(account: &account::Model) -> Result<()> {
    match account.state {
        State::Active => Ok(()),
        State::Suspended => {
            let message = "this account is suspended";
            Err(Error::refused(ErrorCode::AccountSuspended, [""; 0], message))
        }
    }
}

fn bad_credentials() -> Error {
    Error::refused(ErrorCode::BadCredentials, [""; 0], BAD_CREDENTIALS)
}

/// What an account is found by: an address or a handle, in lower case.
fn login_key(login: &str) -> String {
    login.trim().trim_start_matches('@').chars().take(LOGIN).collect::<String>().to_lowercase()
}

async fn find(cx: Cx<'_>, login: &str) -> Result<Option<account::Model>> {
    let by_handle = profile::Entity::find()
        .select_only()
        .column(profile::Column::Id)
        .filter(profile::Column::Handle.eq(login))
        .into_query();
    let which = match login.contains('@') {
        true => account::Column::EmailKey.eq(login),
        false => account::Column::Id.in_subquery(by_handle),
    };
    // PostgreSQL can't be asked for NUL.
    let which = if login.contains('\0') { Expr::value(false) } else { which };
    Ok(account::Entity::find().filter(which).one(cx.db).await?)
}
