//! A remark under something; they nest.

use sea_orm::entity::prelude::*;

/// A remark under something; they nest.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comment")]
pub struct Model {
    /// UUIDv7: when it was written.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// On which post, or …
    pub post_id: Option<Uuid>,
    /// … on which portfolio item, or …
    pub portfolio_item_id: Option<Uuid>,
    /// … on which task: exactly one is set.
    pub task_id: Option<Uuid>,
    /// The comment that it answers.
    pub parent_id: Option<Uuid>,
    /// Who wrote it.
    pub author_id: Uuid,
    /// How deep it stands: 0 right under the post.
    pub depth: i32,
    /// Markdown as it was typed; empty once removed.
    pub body_source: String,
    /// The same, sanitized.
    pub body_html: String,
    /// The profiles named in it, as in `post`.
    pub mentions: Option<String>,
    /// Direct answers; kept by their writes.
    pub reply_count: i32,
    /// Reactions of every kind; kept by their writes.
    pub reaction_count: i32,
    /// JSON, as in `post`.
    pub reactions: String,
    /// When the text was last changed.
    pub edited_at: Option<DateTimeUtc>,
    /// When it was removed; its place is kept for its answers.
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
