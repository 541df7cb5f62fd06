//! Mails about an account.

use sea_orm::{QuerySelect as _, prelude::*};
use serde_json::{Value, json};
use uuid::Uuid;

use super::tokens;
use crate::{
    Cx, Result,
    entity::{account, account_token::Purpose, profile},
    mail::service::{NewMail, To, put},
};

/// Mails a link that proves the address of an account.
pub(super) async fn verification(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    account: &account::Model,
) -> Result<()> {
    let token = tokens::make(cx, tx, account.id, Purpose::Verify, &account.email).await?;
    let link = tokens::link(cx.app, Purpose::Verify, &token);
    secret(cx, tx, unproved(account, &account.email), "email_verification", &link).await
}

/// Mails a link by which an address takes the place of the account's.
pub(super) async fn change(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    account: &account::Model,
    email: &str,
    token: &str,
) -> Result<()> {
    let link = tokens::link(cx.app, Purpose::Change, token);
    secret(cx, tx, unproved(account, email), "email_change", &link).await
}

/// Mails a link by which a new password is set. `item` is the work that asked for it.
pub(super) async fn reset(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    account: &account::Model,
    item: Uuid,
) -> Result<()> {
    let token = tokens::make(cx, tx, account.id, Purpose::Reset, &account.email).await?;
    let link = tokens::link(cx.app, Purpose::Reset, &token);
    let to = unproved(account, &account.email);
    let mail = NewMail::of(to, "password_reset", json!({ "link": link }));
    put(cx, tx, NewMail { is_secret: true, batch: Some(item), ..mail }).await.map(|_| ())
}

/// Tells the owner of an address that somebody wanted to change theirs to it.
pub(super) async fn taken(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    owner: &account::Model,
) -> Result<()> {
    let to = unproved(owner, &owner.email);
    put(cx, tx, NewMail::of(to, "email_taken", json!({}))).await.map(|_| ())
}

/// Tells somebody by name, by a template whose mails hold nothing secret.
pub(super) async fn tell(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    account: &account::Model,
    template: &'static str,
    mut variables: Value,
) -> Result<()> {
    if let Value::Object(blanks) = &mut variables {
        blanks.insert("url".to_owned(), cx.app.config.front_url().into());
    }
    let name = profile::Entity::find_by_id(account.id)
        .select_only()
        .column(profile::Column::Name)
        .into_tuple::<String>()
        .one(tx)
        .await?;
    let to = To { name, ..unproved(account, &account.email) };
    put(cx, tx, NewMail::of(to, template, variables)).await.map(|_| ())
}

async fn secret(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    to: To,
    template: &'static str,
    link: &str,
) -> Result<()> {
    let mail = NewMail::of(to, template, json!({ "link": link }));
    put(cx, tx, NewMail { is_secret: true, ..mail }).await.map(|_| ())
}

/// Whoever reads the mail of an address. Not by name: it may be a stranger's address, and nobody shall be able to
/// make us write to strangers what they like.
fn unproved(account: &account::Model, email: &str) -> To {
    To {
        email: email.to_owned(),
        name: None,
        profile: Some(account.id),
        locale: account.locale.clone(),
    }
}
