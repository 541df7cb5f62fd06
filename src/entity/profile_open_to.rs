//! Something that a member wants to be asked about.

use sea_orm::entity::prelude::*;

/// Something that a member wants to be asked about.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile_open_to")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// What.
    #[sea_orm(primary_key, auto_increment = false)]
    pub open_to: OpenTo,
}

impl ActiveModelBehavior for ActiveModel {}

/// What somebody wants to be asked about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum OpenTo {
    /// A job.
    Work,
    /// A contract.
    Freelance,
    /// Being a mentor.
    Mentoring,
    /// Having a mentor.
    BeingMentored,
    /// Doing something together.
    Collaboration,
    /// They look for people.
    Hiring,
    /// A talk.
    Speaking,
}
