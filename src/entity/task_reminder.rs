//! A moment at which those who do a task are reminded of it.

use sea_orm::entity::prelude::*;

/// A moment at which those who do a task are reminded of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_reminder")]
pub struct Model {
    /// Which task.
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    /// When.
    #[sea_orm(primary_key, auto_increment = false)]
    pub remind_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
