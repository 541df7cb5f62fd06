//! What somebody sets about their account.

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
};

use super::email::locked;
use crate::{
    Cx, Error, Result,
    accounts::policy,
    check::{self, Check},
    entity::account,
    error::ErrorCode,
};

/// Changes one's account: the language to be written to in.
pub async fn update_account(cx: Cx<'_>, locale: Option<&str>) -> Result<account::Model> {
    let id = policy::in_session(cx.actor)?.member.id;
    let mut check = Check::new();
    let locale = locale.map(|locale| language(&mut check, locale));
    check.done()?;
    let tx = cx.begin().await?;
    let account = locked(&tx, id).await?.ok_or(Error::Unauthenticated)?;
    let Some(locale) = locale else { return Ok(account) };
    let change =
        account::ActiveModel { id: Unchanged(id), locale: Set(locale), ..Default::default() };
    let account = change.update(&tx).await?;
    tx.commit().await?;
    Ok(account)
}

/// The tag of a language at `input.locale`, as it is kept.
pub(super) fn language(check: &mut Check, text: &str) -> String {
    check::language(text).unwrap_or_else(|| {
        let message = "write the tag of a language, such as en or pt-BR";
        check.problem(ErrorCode::Invalid, &["locale"], message);
        String::new()
    })
}
