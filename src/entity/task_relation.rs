//! How a task hangs on another.

use sea_orm::entity::prelude::*;

/// How a task hangs on another.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_relation")]
pub struct Model {
    /// Which task.
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    /// How.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Kind,
    /// On which: for `RelatesTo`, the one of the greater key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub other_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}

/// How a task hangs on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
pub enum Kind {
    /// The other can't be done before it.
    Blocks,
    /// They have to do with each other.
    RelatesTo,
    /// The other says the same.
    Duplicates,
}
