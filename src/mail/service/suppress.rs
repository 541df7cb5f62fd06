//! Addresses that get no mail.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{
        email,
        suppression::{self, Column, Reason},
    },
    infra::mailer::{Step, Try, Verdict},
    mail::policy,
    page::{self, By, Page, Place},
    sql,
};

/// Whether a server said of the recipient that there is no such address. What it refuses by its own rules (`5.7.1`), or
/// because a mailbox is full (`5.2.2`), says nothing about the address; nor does what it says about ours (`5.1.8`).
pub(super) fn is_hard_bounce(attempt: &Try) -> bool {
    let about_address = attempt.enhanced_code.as_deref().is_some_and(|code| {
        code.strip_prefix("5.1.").is_some_and(|detail| !matches!(detail, "7" | "8" | "9"))
    });
    attempt.verdict == Verdict::Never
        && attempt.step == Step::Recipient
        && matches!(attempt.code, Some(550 | 551 | 553))
        && about_address
}

/// Nothing is sent any more to an address that is not there.
pub(super) async fn bounced(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    mail: &email::Model,
    attempt: &Try,
) -> Result<()> {
    let row = suppression::ActiveModel {
        id: Set(cx.key()),
        email: Set(mail.to_email.clone()),
        email_key: Set(mail.to_key.clone()),
        reason: Set(Reason::HardBounce),
        detail: Set(Some(attempt.response.chars().take(500).collect())),
    };
    sql::insert_new(tx, row).await?;
    Ok(())
}

/// A page of the addresses that get no mail, latest first; those that begin with `email` alone, if it is given.
pub async fn suppressions(
    cx: Cx<'_>,
    email: Option<&str>,
    ask: &page::Ask,
) -> Result<Page<suppression::Model>> {
    policy::read_outbox(cx.actor)?;
    let mut rows = suppression::Entity::find();
    if let Some(prefix) = email {
        rows = rows.filter(super::outbox::begins(Column::EmailKey, prefix, "email")?);
    }
    By::newest(Column::Id).page(cx.db, rows, ask, |row| Place::key(row.id)).await
}

/// No mail to an address, because staff say so. One that gets none already keeps its reason, unless it was that its
/// reader wants none: then it is closed for good.
pub async fn suppress(cx: Cx<'_>, email: &str, detail: Option<&str>) -> Result<suppression::Model> {
    policy::close_addresses(cx.actor)?;
    let mut check = Check::new();
    let email = check.email(&["email"], email);
    let detail = detail.and_then(|text| check.optional_line(&["detail"], text, 500));
    check.done().map_err(Error::outside_input)?;
    let key = email.to_lowercase();
    let tx = cx.begin().await?;
    let row = suppression::ActiveModel {
        id: Set(cx.key()),
        email: Set(email),
        email_key: Set(key.clone()),
        reason: Set(Reason::Manual),
        detail: Set(detail.clone()),
    };
    if !sql::insert_new(&tx, row).await? {
        let more = suppression::ActiveModel {
            reason: Set(Reason::Manual),
            detail: Set(detail),
            ..Default::default()
        };
        suppression::Entity::update_many()
            .set(more)
            .filter(Column::EmailKey.eq(&key))
            .filter(Column::Reason.eq(Reason::UnsubscribedAll))
            .exec(&tx)
            .await?;
    }
    let row = suppression::Entity::find().filter(Column::EmailKey.eq(&key)).one(&tx).await?;
    let row = row.ok_or_else(|| Error::bug("a suppression is gone as it is written"))?;
    tx.commit().await?;
    Ok(row)
}

/// Mail to an address again. What its reader asked for themselves, only they take back.
pub async fn lift(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    policy::close_addresses(cx.actor)?;
    let missing = || Error::not_found("suppression");
    let id = id.ok_or_else(missing)?;
    let tx = cx.begin().await?;
    let row = suppression::Entity::find_by_id(id).one(&tx).await?.ok_or_else(missing)?;
    policy::lift(&row)?;
    suppression::Entity::delete_by_id(id).exec(&tx).await?;
    tx.commit().await?;
    Ok(id)
}
