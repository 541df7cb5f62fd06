//! Bytes of an upload, as they came in one piece; its key names them in the store.

use sea_orm::entity::prelude::*;

/// Bytes of an upload, as they came in one piece; its key names them in the store.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_part")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which upload.
    pub upload_id: Uuid,
    /// Where they stand in the file.
    pub start: i64,
    /// How many.
    pub size: i64,
}

impl ActiveModelBehavior for ActiveModel {}
