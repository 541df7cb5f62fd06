//! Somebody who caused a notification.

use sea_orm::entity::prelude::*;

/// Somebody who caused a notification.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_actor")]
pub struct Model {
    /// Which one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub notification_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor_id: Uuid,
    /// When they did last.
    pub acted_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
