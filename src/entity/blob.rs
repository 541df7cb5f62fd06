//! Bytes that are kept, named by their hash: the same bytes are kept once.

use sea_orm::entity::prelude::*;

/// Bytes that are kept, named by their hash: the same bytes are kept once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "blob")]
pub struct Model {
    /// SHA-256 of the bytes, in lower-case hexadecimal digits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// When a file last began to use them; what no file uses is swept some time after.
    pub touched_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
