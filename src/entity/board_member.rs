//! Somebody who works on a board.

use sea_orm::entity::prelude::*;

/// Somebody who works on a board.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "board_member")]
pub struct Model {
    /// Which board.
    #[sea_orm(primary_key, auto_increment = false)]
    pub board_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// What they may do there.
    pub role: Role,
    /// Since when.
    pub since: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// What somebody may do on a board.
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
#[graphql(name = "BoardRole")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Comments and reacts, too.
    Commenter,
    /// Makes, changes and moves tasks, too.
    Editor,
    /// Changes the board, and who works on it, too.
    Admin,
}
