//! What a repeated create answers again: the key that a client named its call with.

use sea_orm::entity::prelude::*;

/// What a repeated create answers again: the key that a client named its call with.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_key")]
pub struct Model {
    /// Who called.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// What the client called it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// What was created: the prefix of its id.
    pub kind: String,
    /// The key of what was created.
    pub made_id: Uuid,
    /// When; it counts for 24 hours.
    pub made_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
