//! Locked by whoever changes the notifications of a member, so that alike ones meet.

use sea_orm::entity::prelude::*;

/// Locked by whoever changes the notifications of a member, so that alike ones meet.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_box")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
