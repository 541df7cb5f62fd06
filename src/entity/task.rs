//! Something to do.

use sea_orm::entity::prelude::*;

/// Something to do.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    /// UUIDv7: when it was made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// On which board.
    pub board_id: Uuid,
    /// In which column.
    pub column_id: Uuid,
    /// Its number on the board, never given twice.
    pub number: i32,
    /// What is to be done.
    pub title: String,
    /// The same in lower case, to sort by.
    pub title_key: String,
    /// More about it: Markdown as it was typed.
    pub description_source: String,
    /// The same, sanitized.
    pub description_html: String,
    /// The profiles named in it, as in `post`.
    pub mentions: Option<String>,
    /// Who made it.
    pub creator_id: Option<Uuid>,
    /// The task that it is a part of; on the same board.
    pub parent_id: Option<Uuid>,
    /// How soon: 0 none, 1 low, 2 medium, 3 high, 4 urgent.
    pub priority: i32,
    /// How much work it is, in hundredths of whatever the team counts in.
    pub estimate: Option<i32>,
    /// When to begin.
    pub starts_on: Option<Date>,
    /// When it has to be done.
    pub due_at: Option<DateTimeUtc>,
    /// 1: the time of day of `due_at` counts, and not the day alone.
    pub due_has_time: i32,
    /// The `due_at` of which its assignees were told.
    pub due_told_at: Option<DateTimeUtc>,
    /// Its place within its column: to be compared byte by byte.
    pub rank: String,
    /// Small steps: a JSON list.
    pub checklist: String,
    /// What the program of its maker called it.
    pub client_key: Option<String>,
    /// Tasks that are part of it; kept by their writes.
    pub child_count: i32,
    /// Of these, those that are done; likewise.
    pub done_child_count: i32,
    /// Comments of every depth; kept by their writes.
    pub comment_count: i32,
    /// Reactions of every kind; kept by their writes.
    pub reaction_count: i32,
    /// JSON, as in `post`.
    pub reactions: String,
    /// When it was changed last.
    pub updated_at: DateTimeUtc,
    /// When somebody first was at it.
    pub started_at: Option<DateTimeUtc>,
    /// When it was done or given up.
    pub completed_at: Option<DateTimeUtc>,
    /// When it was put away.
    pub archived_at: Option<DateTimeUtc>,
    /// Grows by one with each change of its fields.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
