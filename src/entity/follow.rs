//! Somebody follows somebody.

use sea_orm::entity::prelude::*;

/// Somebody follows somebody.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow")]
pub struct Model {
    /// Who follows.
    #[sea_orm(primary_key, auto_increment = false)]
    pub follower_id: Uuid,
    /// Whom.
    #[sea_orm(primary_key, auto_increment = false)]
    pub followed_id: Uuid,
    /// UUIDv7: since when; orders the pages.
    #[sea_orm(unique)]
    pub id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
