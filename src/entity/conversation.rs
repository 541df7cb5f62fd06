//! A direct talk, a circle of people, or a channel of the community.

use sea_orm::entity::prelude::*;

/// A direct talk, a circle of people, or a channel of the community.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    /// UUIDv7: when it was made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// A channel's name in addresses, in lower case: `[a-z0-9-]{2,50}`.
    #[sea_orm(unique)]
    pub slug: Option<String>,
    /// Its own title; at most 80 characters.
    pub title: Option<String>,
    /// A line on what it is for; at most 500 characters.
    pub topic: Option<String>,
    /// Who may find and read it.
    pub visibility: Visibility,
    /// Who is in it, for finding it again: the keys of a direct talk's or new circle's people, sorted, in hex.
    /// Empty once a circle's people changed.
    #[sea_orm(unique)]
    pub people: Option<String>,
    /// How many are in it; kept by their coming and going.
    pub member_count: i32,
    /// The position of its latest message; 0 before the first.
    pub last_position: i32,
    /// How many messages count as news: texts outside threads.
    pub last_number: i32,
    /// The key of its latest news, or its own: newest-first is keyset on it.
    pub latest: Uuid,
    /// When it was put away: it can be read, not written.
    pub archived_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a conversation is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[graphql(name = "ConversationKind")]
pub enum Kind {
    /// Two people.
    Direct,
    /// Some people.
    Circle,
    /// A place.
    Channel,
}

/// Who may find and read a conversation.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[graphql(name = "ConversationVisibility")]
pub enum Visibility {
    /// Every member of the community.
    Public,
    /// Who is in it.
    Private,
}
