//! A skill that a job asks.

use sea_orm::entity::prelude::*;

/// A skill that a job asks.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_tag")]
pub struct Model {
    /// Which job.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    /// Which tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_id: Uuid,
    /// Its place, from 0.
    pub position: i32,
}

impl ActiveModelBehavior for ActiveModel {}
