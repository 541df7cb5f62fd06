//! A kind of mail that people can leave without leaving the others.

use sea_orm::entity::prelude::*;

/// A kind of mail that people can leave without leaving the others.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_topic")]
pub struct Model {
    /// Fixed for those of the system.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What programs call it: `mention`.
    #[sea_orm(unique)]
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What comes under it.
    pub description: Option<String>,
    /// 1: whoever said nothing gets it.
    pub default_on: i32,
    /// 1: it belongs to the server, and stays.
    pub is_system: i32,
}

impl ActiveModelBehavior for ActiveModel {}
