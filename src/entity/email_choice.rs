//! Whether an address wants mail about a topic.

use sea_orm::entity::prelude::*;

/// Whether an address wants mail about a topic.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_choice")]
pub struct Model {
    /// The address in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email_key: String,
    /// Which topic.
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic_id: Uuid,
    /// 1: it does.
    pub subscribed: i32,
    /// Since when.
    pub chosen_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
