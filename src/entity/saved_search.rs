//! A search for jobs that keeps looking.

use sea_orm::entity::prelude::*;

/// A search for jobs that keeps looking.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_search")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub profile_id: Uuid,
    /// What they call it.
    pub name: String,
    /// What it looks for: JSON, as the graph's JobFilter.
    pub filter: String,
    /// How often to tell.
    pub alert: Alert,
    /// What was published since then is new.
    pub looked_at: DateTimeUtc,
    /// When a mail told of something last.
    pub sent_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How often to tell.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "AlertFrequency")]
pub enum Alert {
    /// Never.
    Off,
    /// At once.
    Instant,
    /// Once a day.
    Daily,
    /// Once a week.
    Weekly,
}
