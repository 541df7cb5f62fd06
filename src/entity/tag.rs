//! A topic or a skill: one vocabulary for posts and profiles.

use sea_orm::entity::prelude::*;

/// A topic or a skill: one vocabulary for posts and profiles.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tag")]
pub struct Model {
    /// UUIDv7: when it was first used.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// In lower case, without the `#`.
    #[sea_orm(unique)]
    pub name: String,
    /// As it was first written.
    pub label: String,
    /// Posts and profiles that carry it; kept by their writes.
    pub use_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}
