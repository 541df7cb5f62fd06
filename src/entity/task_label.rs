//! A coloured word of a board.

use sea_orm::entity::prelude::*;

/// A coloured word of a board.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_label")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which board.
    pub board_id: Uuid,
    /// The word.
    pub name: String,
    /// The same in lower case; one of its kind on its board.
    pub name_key: String,
    /// As #rrggbb.
    pub color: String,
    /// What it is for.
    pub description: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
