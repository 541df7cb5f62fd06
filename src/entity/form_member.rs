//! Somebody who answers what comes through a form.

use sea_orm::entity::prelude::*;

/// Somebody who answers what comes through a form.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "form_member")]
pub struct Model {
    /// Which form.
    #[sea_orm(primary_key, auto_increment = false)]
    pub form_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
