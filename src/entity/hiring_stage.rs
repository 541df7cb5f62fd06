//! A step of a team's own process.

use sea_orm::entity::prelude::*;

/// A step of a team's own process.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hiring_stage")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// For which job.
    pub job_id: Uuid,
    /// What the team calls it.
    pub name: String,
    /// Its place, from 0.
    pub position: i32,
    /// What it means to applicants.
    pub kind: Kind,
    /// Applications that stand there; kept by their writes.
    pub application_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a step means to the applicant.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "HiringStageKind")]
pub enum Kind {
    /// Nobody has looked yet.
    New,
    /// Somebody looks.
    Review,
    /// They talk.
    Interview,
    /// An offer was made.
    Offer,
    /// They came together.
    Hired,
    /// They did not.
    Rejected,
}
