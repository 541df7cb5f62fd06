//! Somebody wants to hear no more of somebody, who does not notice.

use sea_orm::entity::prelude::*;

/// Somebody wants to hear no more of somebody, who does not notice.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mute")]
pub struct Model {
    /// UUIDv7: since when; orders the pages.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who mutes.
    pub muter_id: Uuid,
    /// Whom.
    pub muted_id: Uuid,
    /// Until when; `None` is until they are unmuted.
    pub until: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
