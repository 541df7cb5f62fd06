//! A note of the team on an application; its applicant never sees it.

use sea_orm::entity::prelude::*;

/// A note of the team on an application; its applicant never sees it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application_note")]
pub struct Model {
    /// UUIDv7: when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which application.
    pub application_id: Uuid,
    /// Who wrote it.
    pub author_id: Option<Uuid>,
    /// The note.
    pub text: String,
}

impl ActiveModelBehavior for ActiveModel {}
