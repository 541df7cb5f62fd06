//! Somebody vouches for a skill of somebody.

use sea_orm::entity::prelude::*;

/// Somebody vouches for a skill of somebody.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "skill_endorsement")]
pub struct Model {
    /// UUIDv7: when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose skill.
    pub profile_id: Uuid,
    /// Which skill.
    pub tag_id: Uuid,
    /// Who vouches.
    pub endorser_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
