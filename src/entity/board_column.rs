//! A column of a board.

use sea_orm::entity::prelude::*;

/// A column of a board.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "board_column")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which board.
    pub board_id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it means.
    pub category: Category,
    /// As #rrggbb.
    pub color: Option<String>,
    /// Its place, from 0.
    pub position: i32,
    /// How many tasks are to stand there at most.
    pub task_limit: Option<i32>,
    /// How many do, not counting archived ones; kept by their writes.
    pub task_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a column means, so that progress can be counted across boards.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "TaskCategory")]
pub enum Category {
    /// Some day.
    Backlog,
    /// Next.
    Todo,
    /// Somebody is at it.
    Doing,
    /// Somebody looks at it.
    Review,
    /// Done.
    Done,
    /// Not to be done.
    Cancelled,
}
