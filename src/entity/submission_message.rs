//! A mail of the talk between a team and whoever sent a submission.

use sea_orm::entity::prelude::*;

/// A mail of the talk between a team and whoever sent a submission.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission_message")]
pub struct Model {
    /// UUIDv7: when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which submission.
    pub submission_id: Uuid,
    /// 1: the team wrote it; 0: the sender.
    pub from_team: i32,
    /// The member who wrote it.
    pub author_id: Option<Uuid>,
    /// The mail that carried it.
    pub email_id: Option<Uuid>,
    /// Markdown as written.
    pub body_source: String,
    /// The same as sanitized HTML.
    pub body_html: String,
}

impl ActiveModelBehavior for ActiveModel {}
