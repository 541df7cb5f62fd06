//! A message names somebody who is in its conversation.

use sea_orm::entity::prelude::*;

/// A message names somebody who is in its conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_mention")]
pub struct Model {
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    /// Whom it names.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// The message's conversation.
    pub conversation_id: Uuid,
    /// The message's position.
    pub position: i32,
}

impl ActiveModelBehavior for ActiveModel {}
