//! A portfolio item that an applicant shows.

use sea_orm::entity::prelude::*;

/// A portfolio item that an applicant shows.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application_item")]
pub struct Model {
    /// Which application.
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: Uuid,
    /// Which item.
    #[sea_orm(primary_key, auto_increment = false)]
    pub portfolio_item_id: Uuid,
    /// Its place, from 0.
    pub position: i32,
}

impl ActiveModelBehavior for ActiveModel {}
