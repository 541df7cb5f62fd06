//! When a timer fired last.

use sea_orm::entity::prelude::*;

/// When a timer fired last.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "timer")]
pub struct Model {
    /// Which timer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The moment it fired for, not the one at which somebody saw to it.
    pub fired_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
