//! How much news somebody wants of one thing.

use sea_orm::entity::prelude::*;

/// How much news somebody wants of one thing.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "watch")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who.
    pub profile_id: Uuid,
    /// How much.
    pub level: Level,
    /// Of which post, or …
    pub post_id: Option<Uuid>,
    /// … portfolio item, or …
    pub portfolio_item_id: Option<Uuid>,
    /// … conversation, or …
    pub conversation_id: Option<Uuid>,
    /// … submission, or …
    pub submission_id: Option<Uuid>,
    /// … task: exactly one is set.
    pub task_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How much news somebody wants.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "WatchLevel")]
pub enum Level {
    /// Everything.
    All,
    /// Replies and mentions.
    Participating,
    /// Mentions only.
    Mentions,
    /// Nothing.
    Nothing,
}
