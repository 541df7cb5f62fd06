//! A proof of work that was used: it is good once.

use sea_orm::entity::prelude::*;

/// A proof of work that was used: it is good once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spent_challenge")]
pub struct Model {
    /// SHA-256 of the challenge.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    /// When it would be refused anyway.
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
