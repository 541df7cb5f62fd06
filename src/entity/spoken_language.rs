//! A language that somebody speaks.

use sea_orm::entity::prelude::*;

/// A language that somebody speaks.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spoken_language")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// Which: a BCP 47 tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub language: String,
    /// Its place in the list, from 0.
    pub position: i32,
    /// How well.
    pub level: Level,
    /// JSON: what of an imported JSON Resume has no column, kept for its export.
    pub details: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// How well somebody speaks a language: the usual five steps.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "LanguageLevel")]
pub enum Level {
    /// A few words.
    Elementary,
    /// Enough to get by.
    Limited,
    /// Enough to work in it.
    Professional,
    /// At ease in it.
    FullProfessional,
    /// From childhood.
    Native,
}
