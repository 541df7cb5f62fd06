//! How much a member stores; kept by the writes of their files, under its lock.

use sea_orm::entity::prelude::*;

/// How much a member stores; kept by the writes of their files, under its lock.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "storage")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// Bytes of their files.
    pub used: i64,
    /// Bytes announced by their uploads on the way.
    pub reserved: i64,
    /// Their files.
    pub file_count: i32,
    /// Their uploads on the way.
    pub upload_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}
