//! A long-lived token for programs; only its hash is kept.

use sea_orm::entity::prelude::*;

/// A long-lived token for programs; only its hash is kept.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    /// UUIDv7: when it was made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whom it acts for.
    pub account_id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// The first characters of the secret, to tell tokens apart.
    pub prefix: String,
    /// SHA-256 of the secret.
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    /// What it may do: names of scopes, separated by spaces.
    pub scopes: String,
    /// When it stops working.
    pub expires_at: Option<DateTimeUtc>,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
