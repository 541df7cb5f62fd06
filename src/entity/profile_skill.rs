//! A skill that a member claims.

use sea_orm::entity::prelude::*;

/// A skill that a member claims.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile_skill")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// The skill.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_id: Uuid,
    /// Its place in their list, from 0.
    pub position: i32,
    /// How well, by their own word.
    pub level: Option<Level>,
    /// For how many years; 0 to 80.
    pub years: Option<i32>,
    /// How many vouch for it; kept by their writes.
    pub endorsement_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// How well, by their own word.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[graphql(name = "SkillLevel")]
pub enum Level {
    /// On the way.
    Learning,
    /// Good enough to be paid for.
    Working,
    /// Others ask them.
    Strong,
    /// Among the best.
    Expert,
}
