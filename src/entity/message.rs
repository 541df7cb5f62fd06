//! A message in a conversation.

use sea_orm::entity::prelude::*;

/// A message in a conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    /// UUIDv7: when it was sent.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Where.
    pub conversation_id: Uuid,
    /// Its place among all messages of the conversation: dense, from 1. Messages are ordered by it, never by
    /// their key: clocks differ, and commits overtake each other.
    pub position: i32,
    /// How many messages up to this one count as news (texts outside threads).
    pub number: i32,
    /// What it is.
    pub kind: Kind,
    /// Who wrote it, or did what it tells.
    pub author_id: Uuid,
    /// The message that its thread hangs on; empty outside threads.
    pub root_id: Option<Uuid>,
    /// The message that it answers.
    pub reply_to_id: Option<Uuid>,
    /// Markdown as it was typed; empty once removed. For a system message: the new title.
    pub body_source: String,
    /// The same, sanitized.
    pub body_html: String,
    /// The profiles named in it, as in `post`.
    pub mentions: Option<String>,
    /// What the sender's program called it.
    pub client_key: Option<String>,
    /// Messages in its thread that still stand; kept by their writes.
    pub reply_count: i32,
    /// When its thread was last answered in.
    pub last_reply_at: Option<DateTimeUtc>,
    /// Reactions of every kind; kept by their writes.
    pub reaction_count: i32,
    /// JSON, as in `post`.
    pub reactions: String,
    /// Counts its wordings, from 1.
    pub version: i32,
    /// When the text was last changed.
    pub edited_at: Option<DateTimeUtc>,
    /// When it was removed; a mark stays.
    pub deleted_at: Option<DateTimeUtc>,
    /// When it was pinned, if it is.
    pub pinned_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a message is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[graphql(name = "MessageKind")]
pub enum Kind {
    /// Written by somebody.
    Text,
    /// The system's: its author came in.
    MemberJoined,
    /// The system's: its author left, or was removed.
    MemberLeft,
    /// The system's: its author gave the conversation a new title, which is its body.
    TitleChanged,
    /// The system's: its author pinned the message that it answers.
    Pinned,
}
