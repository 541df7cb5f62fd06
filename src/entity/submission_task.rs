//! The task that was made of a submission.

use sea_orm::entity::prelude::*;

/// The task that was made of a submission.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission_task")]
pub struct Model {
    /// Which submission.
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_id: Uuid,
    /// Which task.
    pub task_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
