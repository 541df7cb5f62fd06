//! Somebody who does a task.

use sea_orm::entity::prelude::*;

/// Somebody who does a task.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_assignee")]
pub struct Model {
    /// Which task.
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// Since when.
    pub since: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
