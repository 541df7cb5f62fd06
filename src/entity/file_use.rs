//! Where a file is used.

use sea_orm::entity::prelude::*;

/// Where a file is used.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file_use")]
pub struct Model {
    /// UUIDv7: since when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which file.
    pub file_id: Uuid,
    /// As what.
    pub place: Place,
    /// Its place among those of the same `place`, from 0.
    pub position: i32,
    /// On which profile, or …
    pub profile_id: Option<Uuid>,
    /// … post, or …
    pub post_id: Option<Uuid>,
    /// … comment, or …
    pub comment_id: Option<Uuid>,
    /// … message, or …
    pub message_id: Option<Uuid>,
    /// … portfolio item, or …
    pub portfolio_item_id: Option<Uuid>,
    /// … mail, or …
    pub email_id: Option<Uuid>,
    /// … submission of a form, or …
    pub submission_id: Option<Uuid>,
    /// … mail of the talk about one, or …
    pub submission_message_id: Option<Uuid>,
    /// … task, or …
    pub task_id: Option<Uuid>,
    /// … organization, or …
    pub organization_id: Option<Uuid>,
    /// … application to a job: exactly one is set.
    pub application_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}

/// As what a file is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
pub enum Place {
    /// The face of a profile.
    Avatar,
    /// The wide picture on top of a profile.
    Banner,
    /// What hangs on something written.
    Attachment,
    /// The picture that stands for a portfolio item.
    Cover,
    /// One of the pictures of a portfolio item.
    Gallery,
    /// What was sent through a form.
    Answer,
    /// The sign of an organization.
    Logo,
    /// The resume that somebody applies with.
    Resume,
}
