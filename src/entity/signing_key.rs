//! A key that access tokens are signed with, sealed by the server's secret.

use sea_orm::entity::prelude::*;

/// A key that access tokens are signed with, sealed by the server's secret.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_key")]
pub struct Model {
    /// UUIDv7: when it was made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The Ed25519 key, PKCS#8, encrypted.
    pub sealed: Vec<u8>,
    /// Since when it signs no more; it still verifies for the life of a token.
    pub retired_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
