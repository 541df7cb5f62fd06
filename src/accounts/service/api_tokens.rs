//! API tokens, for programs.

use chrono::{DateTime, Utc};
use sea_orm::{IntoActiveModel as _, QuerySelect as _, prelude::*, sea_query::LockType};
use uuid::Uuid;

use super::authenticate::API_TOKEN;
use crate::{
    Cx, Error, Result,
    accounts::policy,
    check::Check,
    entity::{account, api_token},
    error::ErrorCode,
    infra::{bus::Note, secrets},
    scope::{Scope, Scopes},
};

/// Tokens that an account may have.
const QUOTA: u64 = 50;

/// Characters of the secret that are kept to tell tokens apart.
const PREFIX: usize = 8;

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What its owner calls it; 1 to 80 characters.
    pub name: String,
    /// What it may do; at least one.
    pub scopes: Vec<Scope>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token with its secret, which is not kept.
#[derive(Clone, Debug)]
pub struct MadeToken {
    /// The token.
    pub token: api_token::Model,
    /// What a program sends.
    pub secret: String,
}

/// Makes an API token of one's own. The password must have been proved within ten minutes.
pub async fn create_token(cx: Cx<'_>, new: NewToken) -> Result<MadeToken> {
    let owner = policy::recently_proved(cx.actor, cx.now())?.member;
    let mut check = Check::new();
    let name = check.line(&["name"], &new.name, 1..=80);
    if new.scopes.is_empty() {
        check.problem(ErrorCode::Required, &["scopes"], "choose at least one");
    }
    if new.expires_at.is_some_and(|end| end <= cx.now()) {
        check.problem(ErrorCode::OutOfRange, &["expiresAt"], "choose a time to come");
    }
    check.done()?;
    let secret = format!("{API_TOKEN}{}", secrets::token());
    let token = api_token::Model {
        id: cx.key(),
        account_id: owner.id,
        name,
        prefix: secret.chars().take(PREFIX).collect(),
        token_hash: secrets::hash(&secret),
        scopes: new.scopes.into_iter().collect::<Scopes>().to_string(),
        expires_at: new.expires_at,
        last_used_at: None,
    };
    let tx = cx.begin().await?;
    // In line with others of the same account, so that two do not pass the quota together.
    account::Entity::find_by_id(owner.id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    let own = api_token::Entity::find().filter(api_token::Column::AccountId.eq(owner.id));
    if own.count(&tx).await? >= QUOTA {
        let message = format!("you have {QUOTA} tokens: end one first");
        return Err(Error::refused(ErrorCode::QuotaExceeded, [""; 0], message));
    }
    api_token::Entity::insert(token.clone().into_active_model()).exec(&tx).await?;
    tx.commit().await?;
    Ok(MadeToken { token, secret })
}

/// Ends an API token of one's own.
pub async fn revoke_token(cx: Cx<'_>, id: Uuid) -> Result<Uuid> {
    let owner = policy::in_session(cx.actor)?.member;
    let tx = cx.begin().await?;
    let ended = api_token::Entity::delete_many()
        .filter(api_token::Column::Id.eq(id))
        .filter(api_token::Column::AccountId.eq(owner.id))
        .exec_with_returning(&tx)
        .await?;
    tx.commit().await?;
    let token = ended.first().ok_or_else(|| Error::not_found("token"))?;
    cx.app.passes.api_tokens.forget(&token.token_hash);
    cx.app.bus.publish(Note::Rights { member: owner.id });
    Ok(id)
}
