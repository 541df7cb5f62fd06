//! A signed-in device. It ends by being deleted, and its refresh tokens with it.

use sea_orm::entity::prelude::*;

/// A signed-in device. It ends by being deleted, and its refresh tokens with it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// UUIDv7: when the person signed in.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// What the device says it is; at most 200 characters.
    pub device: String,
    /// The address it was last used from.
    pub ip_address: String,
    /// When the person last proved their password in it.
    pub proved_at: DateTimeUtc,
    /// When it was last renewed.
    pub last_used_at: DateTimeUtc,
    /// When it ends unless it is renewed.
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
