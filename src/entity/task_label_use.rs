//! A label on a task.

use sea_orm::entity::prelude::*;

/// A label on a task.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_label_use")]
pub struct Model {
    /// Which task.
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    /// Which label.
    #[sea_orm(primary_key, auto_increment = false)]
    pub label_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
