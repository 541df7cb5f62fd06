//! A stream of events about one thing.

use sea_orm::entity::prelude::*;

/// A stream of events about one thing.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stream")]
pub struct Model {
    /// The key of what it is about: of a conversation, a post, a profile.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is about, for people who look into the table.
    pub kind: String,
    /// The number of its latest event; the first is 1, and none is left out.
    pub last_seq: i64,
}

impl ActiveModelBehavior for ActiveModel {}
