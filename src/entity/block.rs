//! Somebody wants nothing to do with somebody.

use sea_orm::entity::prelude::*;

/// Somebody wants nothing to do with somebody.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "block")]
pub struct Model {
    /// UUIDv7: since when; orders the pages.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who blocks.
    pub blocker_id: Uuid,
    /// Whom.
    pub blocked_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
