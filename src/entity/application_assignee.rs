//! Somebody of the team who looks after an application.

use sea_orm::entity::prelude::*;

/// Somebody of the team who looks after an application.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application_assignee")]
pub struct Model {
    /// Which application.
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
