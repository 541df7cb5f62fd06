//! A handle that somebody gave up; it leads to them for 90 days.

use sea_orm::entity::prelude::*;

/// A handle that somebody gave up; it leads to them for 90 days.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "former_handle")]
pub struct Model {
    /// In lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub handle: String,
    /// Whom it leads to.
    pub profile_id: Uuid,
    /// Until when.
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
