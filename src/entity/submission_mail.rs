//! A mail about a submission: to its sender, or to the team.

use sea_orm::entity::prelude::*;

/// A mail about a submission: to its sender, or to the team.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission_mail")]
pub struct Model {
    /// The mail.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email_id: Uuid,
    /// What it is about.
    pub submission_id: Uuid,
    /// 1: it goes to the sender; 0: to the team.
    pub to_sender: i32,
}

impl ActiveModelBehavior for ActiveModel {}
