//! A posting that a saved search told of: it never does so again.

use sea_orm::entity::prelude::*;

/// A posting that a saved search told of: it never does so again.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_search_job")]
pub struct Model {
    /// Which search.
    #[sea_orm(primary_key, auto_increment = false)]
    pub saved_search_id: Uuid,
    /// Which job.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
