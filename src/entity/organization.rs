//! Who hires: a company, a co-op, the community itself.

use sea_orm::entity::prelude::*;

/// Who hires: a company, a co-op, the community itself.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    /// UUIDv7: since when it is here.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name in addresses.
    #[sea_orm(unique)]
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// The same in lower case, to find by.
    pub name_key: String,
    /// About it: Markdown as it was typed.
    pub about_source: String,
    /// The same, sanitized.
    pub about_html: String,
    /// Its own site.
    pub website: Option<String>,
    /// Where it sits, in words.
    pub location: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Head count.
    pub size: Option<Size>,
    /// What it does, in a word or two.
    pub industry: Option<String>,
    /// Since when it exists.
    pub founded_year: Option<i32>,
    /// When staff found that it is who it says.
    pub verified_at: Option<DateTimeUtc>,
    /// Postings that are open; kept by their writes.
    pub open_job_count: i32,
    /// Grows by one with each change.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Head count.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "OrganizationSize")]
pub enum Size {
    /// One person.
    One,
    /// 2 to 10.
    #[sea_orm(string_value = "up_to_10")]
    #[graphql(name = "UP_TO_10")]
    UpTo10,
    /// 11 to 50.
    #[sea_orm(string_value = "up_to_50")]
    #[graphql(name = "UP_TO_50")]
    UpTo50,
    /// 51 to 200.
    #[sea_orm(string_value = "up_to_200")]
    #[graphql(name = "UP_TO_200")]
    UpTo200,
    /// 201 to 1,000.
    #[sea_orm(string_value = "up_to_1000")]
    #[graphql(name = "UP_TO_1000")]
    UpTo1000,
    /// More.
    #[sea_orm(string_value = "over_1000")]
    #[graphql(name = "OVER_1000")]
    Over1000,
}
