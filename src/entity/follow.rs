//! Somebody follows somebody.

use sea_orm::entity::prelude::*;

/// Somebody follows somebody.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow")]
pub struct Model {
    /// UUIDv7: since when; orders the pages.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who follows.
    pub follower_id: Uuid,
    /// Whom.
    pub followed_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
