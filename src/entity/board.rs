//! A board: columns, labels and tasks.

use sea_orm::entity::prelude::*;

/// A board: columns, labels and tasks.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "board")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What its tasks' keys begin with: GLD in GLD-42.
    #[sea_orm(unique)]
    pub key: String,
    /// What it is called.
    pub name: String,
    /// The same in lower case, to find by.
    pub name_key: String,
    /// About it: Markdown as it was typed.
    pub description_source: String,
    /// The same, sanitized.
    pub description_html: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// As #rrggbb.
    pub color: Option<String>,
    /// Who made it.
    pub creator_id: Option<Uuid>,
    /// The number of its latest task: none is given twice.
    pub last_number: i32,
    /// Tasks that are not archived; kept by their writes.
    pub task_count: i32,
    /// Of these, those that are done; likewise.
    pub done_count: i32,
    /// When it was put away.
    pub archived_at: Option<DateTimeUtc>,
    /// Grows by one with each change of its settings.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Who sees a board.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "BoardVisibility")]
pub enum Visibility {
    /// Everybody, signed in or not.
    Public,
    /// Who is signed in.
    Members,
    /// Its members alone.
    Private,
}
