//! Somebody is in a conversation.

use sea_orm::entity::prelude::*;

/// Somebody is in a conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_member")]
pub struct Model {
    /// UUIDv7: since when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The conversation.
    pub conversation_id: Uuid,
    /// Who.
    pub profile_id: Uuid,
    /// What they are in it.
    pub role: Role,
    /// The position up to which they have read.
    pub read_position: i32,
    /// The number of the message there: what is unread is what was numbered since.
    pub read_number: i32,
    /// How many messages name them after what they have read; kept by the writes.
    pub mention_count: i32,
    /// When they last read on.
    pub read_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What somebody is in a conversation; the later may do what the earlier may.
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
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[graphql(name = "ConversationRole")]
pub enum Role {
    /// Reads and writes.
    Member,
    /// Also invites, removes members, deletes and pins messages.
    Moderator,
    /// Also names moderators and owners, and changes the conversation.
    Owner,
}
