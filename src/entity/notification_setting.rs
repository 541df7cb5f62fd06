//! Whether a kind of news comes into the inbox; whether it comes by mail says `email_choice`.

use sea_orm::entity::prelude::*;

/// Whether a kind of news comes into the inbox; whether it comes by mail says `email_choice`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_setting")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// What kind.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: super::notification::Kind,
    /// 1: it does.
    pub in_app: i32,
}

impl ActiveModelBehavior for ActiveModel {}
