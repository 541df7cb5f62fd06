use async_graphql::{Context, Enum, ID, Object};

use super::Task;
use crate::{
    boards,
    graph::{ContextExt, Date, Result, encode, lane},
    members::Profile,
    tasks::{
        Loaders,
        service::{Item, Related},
    },
};

/// How soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum TaskPriority {
    /// Nobody said.
    None,
    /// Whenever there is time.
    Low,
    /// In its turn.
    Medium,
    /// Before others.
    High,
    /// Now.
    Urgent,
}

impl TaskPriority {
    /// All of them, as they are counted in the table.
    const ALL: [Self; 5] = [Self::None, Self::Low, Self::Medium, Self::High, Self::Urgent];

    pub(super) fn of(number: i32) -> Self {
        let found = usize::try_from(number).ok().and_then(|at| Self::ALL.get(at).copied());
        found.unwrap_or(Self::None)
    }

    /// Its number in the table.
    pub fn number(self) -> i32 {
        match self {
            Self::None => 0,
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 3,
            Self::Urgent => 4,
        }
    }
}

/// How a task hangs on another.
#[derive(Debug)]
pub struct TaskRelation {
    pub(super) kind: RelationKind,
    pub(super) other: uuid::Uuid,
}

/// How a task hangs on another.
#[Object]
impl TaskRelation {
    /// How, read from this task to the other.
    async fn kind(&self) -> RelationKind {
        self.kind
    }

    /// The other; null when you may not see it.
    async fn task(&self, ctx: &Context<'_>) -> Option<Result<Task>> {
        let task = ctx.loaders().of::<Loaders>().by_id(self.other, lane(ctx)).await;
        task.map(|task| task.map(Task)).map_err(Into::into).transpose()
    }
}

/// Read from this task to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RelationKind {
    /// The other can't be done before it.
    Blocks,
    /// It can't be done before the other.
    BlockedBy,
    /// They have to do with each other.
    RelatesTo,
    /// The other says the same.
    Duplicates,
    /// It says what the other says.
    DuplicatedBy,
}

impl From<RelationKind> for Related {
    fn from(kind: RelationKind) -> Self {
        match kind {
            RelationKind::Blocks => Self::Blocks,
            RelationKind::BlockedBy => Self::BlockedBy,
            RelationKind::RelatesTo => Self::RelatesTo,
            RelationKind::Duplicates => Self::Duplicates,
            RelationKind::DuplicatedBy => Self::DuplicatedBy,
        }
    }
}

/// A small step inside a task.
#[derive(Debug)]
pub struct ChecklistItem(pub(super) Item);

/// A small step inside a task.
#[Object]
impl ChecklistItem {
    /// Its id: it keeps it for as long as it stands in the list.
    async fn id(&self) -> ID {
        encode("checklist_item", self.0.id)
    }

    /// What is to be done.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether it is.
    async fn done(&self) -> bool {
        self.0.done
    }

    /// Who does it; null when you may not see them.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let face = ctx.loaders().of::<boards::Loaders>().face(self.0.assignee?, lane(ctx)).await;
        face.map(|face| face.map(Profile::face)).map_err(Into::into).transpose()
    }

    /// When it has to be done.
    async fn due_on(&self) -> Option<Date> {
        self.0.due_on.map(Date)
    }
}
