//! Words and layout for one purpose: the community's own, or its own wording of one of the system's.

use sea_orm::entity::prelude::*;

/// Words and layout for one purpose: the community's own, or its own wording of one of the system's.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_template")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What programs call it: `welcome`.
    #[sea_orm(unique)]
    pub key: String,
    /// What people call it.
    pub name: String,
    /// When it is sent.
    pub purpose: String,
    /// The blanks it fills: a JSON list.
    pub variables: String,
    /// Grows by one with each change.
    pub version: i32,
    /// When it was changed last.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
