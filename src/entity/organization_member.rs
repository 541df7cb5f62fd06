//! Somebody who belongs to an organization.

use sea_orm::entity::prelude::*;

/// Somebody who belongs to an organization.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organization_member")]
pub struct Model {
    /// Which organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// What they may do for it.
    pub role: Role,
    /// Since when.
    pub since: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// What somebody may do for an organization.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "OrganizationRole")]
pub enum Role {
    /// Belongs to it.
    Member,
    /// Posts jobs, and sees to applications.
    Moderator,
    /// Changes it, and who belongs to it.
    Owner,
}
