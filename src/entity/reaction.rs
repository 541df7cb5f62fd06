//! Somebody reacted to something with an emoji.

use sea_orm::entity::prelude::*;

/// Somebody reacted to something with an emoji.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reaction")]
pub struct Model {
    /// UUIDv7: when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who.
    pub profile_id: Uuid,
    /// With what: one emoji.
    pub emoji: String,
    /// To which post, or …
    pub post_id: Option<Uuid>,
    /// … to which comment, or …
    pub comment_id: Option<Uuid>,
    /// … to which message, or …
    pub message_id: Option<Uuid>,
    /// … to which portfolio item, or …
    pub portfolio_item_id: Option<Uuid>,
    /// … to which task: exactly one is set.
    pub task_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
