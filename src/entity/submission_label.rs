//! A label on a submission.

use sea_orm::entity::prelude::*;

/// A label on a submission.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission_label")]
pub struct Model {
    /// Which submission.
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_id: Uuid,
    /// The label.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}
