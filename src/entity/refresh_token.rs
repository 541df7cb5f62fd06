//! A refresh token, used or not; only its hash is kept.

use sea_orm::entity::prelude::*;

/// A refresh token, used or not; only its hash is kept.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    /// The session that it renews.
    pub session_id: Uuid,
    /// When it was handed out.
    pub made_at: DateTimeUtc,
    /// When it was used; one that comes back after that ends the session.
    pub used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
