//! A step that the applicant was told of.

use sea_orm::entity::prelude::*;

/// A step that the applicant was told of.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application_event")]
pub struct Model {
    /// UUIDv7: when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which application.
    pub application_id: Uuid,
    /// Where it stood then.
    pub state: super::application::State,
    /// What the team wrote: Markdown as it was typed.
    pub message_source: Option<String>,
    /// The same, sanitized.
    pub message_html: Option<String>,
    /// Who did it.
    pub by_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
