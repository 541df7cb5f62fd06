//! Something that happened, in the order in which it was committed.

use sea_orm::entity::prelude::*;

/// Something that happened, in the order in which it was committed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// The stream.
    #[sea_orm(primary_key, auto_increment = false)]
    pub stream_id: Uuid,
    /// Its number in the stream: dense, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When.
    pub at: DateTimeUtc,
    /// What, as its slice calls it: `message_added`.
    pub kind: String,
    /// The profile of who did it. No foreign key: an event outlives what it is about.
    pub actor: Option<Uuid>,
    /// The key of what it happened to.
    pub subject: Option<Uuid>,
    /// 1 when it may have changed who hears the stream, else 0.
    pub access: i32,
    /// JSON: what else its slice needs to tell it.
    pub payload: String,
}

impl ActiveModelBehavior for ActiveModel {}
