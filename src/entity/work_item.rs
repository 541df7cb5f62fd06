//! A piece of background work that waits, runs or failed; what is done is deleted.

use sea_orm::entity::prelude::*;

/// A piece of background work that waits, runs or failed; what is done is deleted.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_item")]
pub struct Model {
    /// UUIDv7: when it was asked for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which queue it waits in.
    pub queue: String,
    /// What is to be done, as its slice calls it.
    pub kind: String,
    /// What its handler needs to know: JSON.
    pub payload: String,
    /// While one with the same key waits, no other is written.
    pub dedupe: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Not before this.
    pub run_at: DateTimeUtc,
    /// How often it was begun.
    pub attempts: i32,
    /// How often it is begun at most.
    pub max_attempts: i32,
    /// The claim that holds it.
    pub worker: Option<Uuid>,
    /// Until when nobody else may run it.
    pub leased_until: Option<DateTimeUtc>,
    /// When it was begun last.
    pub started_at: Option<DateTimeUtc>,
    /// When it was given up.
    pub finished_at: Option<DateTimeUtc>,
    /// Why its last run failed.
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Where a piece of work stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "WorkState")]
pub enum State {
    /// Waits for its turn, or for another try.
    Queued,
    /// Somebody does it.
    Running,
    /// Was tried as often as it may be.
    Failed,
    /// Somebody of the staff gave it up.
    Cancelled,
}
