//! A line of the history of a board.

use sea_orm::entity::prelude::*;

/// A line of the history of a board.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_activity")]
pub struct Model {
    /// UUIDv7: when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which board.
    pub board_id: Uuid,
    /// To which task it happened, if it is still there.
    pub task_id: Option<Uuid>,
    /// How people called it: GLD-42.
    pub task_key: Option<String>,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// To whom: who was assigned, added or removed.
    pub member_id: Option<Uuid>,
    /// What happened.
    pub kind: Kind,
    /// What was changed, as the graph calls it.
    pub field: Option<String>,
    /// What it was, in words.
    pub before: Option<String>,
    /// What it became, in words.
    pub after: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What happened.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "ActivityKind")]
pub enum Kind {
    /// A task was made.
    Created,
    /// A field of a task was changed.
    Updated,
    /// A task came into another column.
    Moved,
    /// Somebody is to do a task, or no longer.
    Assigned,
    /// A task was done.
    Completed,
    /// A task is to be done after all.
    Reopened,
    /// Somebody commented on a task.
    Commented,
    /// Files were hung on a task.
    Attached,
    /// Two tasks were tied, or untied.
    Linked,
    /// A task or the board was put away, or taken out again.
    Archived,
    /// A task was deleted.
    Deleted,
    /// Somebody came to the board, or got another role.
    MemberAdded,
    /// Somebody left the board.
    MemberRemoved,
    /// The board, a column or a label was changed.
    BoardUpdated,
}
