//! What a member has not read.

use sea_orm::entity::prelude::*;

/// What a member has not read.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_box")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// Unread notifications.
    pub unread_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}
