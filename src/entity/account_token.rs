//! A secret that was mailed to somebody, to prove an address or to set a new password.

use sea_orm::entity::prelude::*;

/// A secret that was mailed to somebody, to prove an address or to set a new password.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_token")]
pub struct Model {
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    /// Whose account.
    pub account_id: Uuid,
    /// What it is good for.
    pub purpose: Purpose,
    /// The address that it was sent to.
    pub email: String,
    /// When it is good for nothing.
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a mailed token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
pub enum Purpose {
    /// Proves the address of the account.
    Verify,
    /// Proves a new address, which takes the place of the old.
    Change,
    /// Sets a new password.
    Reset,
}
