use async_graphql::{Enum, ID, InputObject, MaybeUndefined};
use uuid::Uuid;

use crate::{
    entity::board_column::Category,
    graph::{DateTimeRange, OrderDirection, decode},
    tasks::{
        TaskPriority,
        service::find::{Field, Filter, Order, Range},
    },
};

/// Narrows tasks. All given conditions hold, a list means any of; an empty list and null ask nothing. `and`, `or` and
/// `not` nest three deep at most. At most 50 conditions in all, a nested filter counting as one, and 100 members of a
/// list.
#[derive(Debug, Default, InputObject)]
pub struct TaskFilter {
    /// With all of these words in the title, key, description or checklist, up to 10 in up to 200 characters; the last
    /// may go on.
    pub text: Option<String>,
    /// On these boards.
    pub boards: Option<Vec<ID>>,
    /// In these columns.
    pub columns: Option<Vec<ID>>,
    /// In columns that mean this.
    pub categories: Option<Vec<Category>>,
    /// Done by any of these members: ids of profiles.
    pub assignees: Option<Vec<ID>>,
    /// True: done by nobody; false: by somebody.
    pub unassigned: Option<bool>,
    /// Made by this member: the id of a profile.
    pub creator: Option<ID>,
    /// With any of these labels.
    pub labels: Option<Vec<ID>>,
    /// As soon as this.
    pub priorities: Option<Vec<TaskPriority>>,
    /// Parts of this task.
    pub parent: Option<ID>,
    /// Due then; without ends, due at any time.
    pub due: Option<DateTimeRange>,
    /// True: due before now and still open; false: not so. A task that is due on a day is so until the day ends (UTC).
    pub overdue: Option<bool>,
    /// Made then.
    pub created: Option<DateTimeRange>,
    /// Changed last then.
    pub updated: Option<DateTimeRange>,
    /// Done or given up then; without ends, at any time.
    pub completed: Option<DateTimeRange>,
    /// True: another task that is still open blocks it; false: none does.
    pub blocked: Option<bool>,
    /// True: put away; false: not. Left out: not put away, unless the filter stands within another, where it asks
    /// nothing. Null asks nothing: put away or not.
    pub archived: MaybeUndefined<bool>,
    /// All of these hold.
    pub and: Option<Vec<TaskFilter>>,
    /// Any of these holds.
    pub or: Option<Vec<TaskFilter>>,
    /// This does not hold.
    pub not: Option<Box<TaskFilter>>,
}

/// An id that names nothing of this kind is something that no task has.
fn key(kind: &str, id: &ID) -> Uuid {
    decode(kind, id).unwrap_or_default()
}

fn keys(kind: &str, ids: Option<Vec<ID>>) -> Vec<Uuid> {
    ids.unwrap_or_default().iter().map(|id| key(kind, id)).collect()
}

fn range(range: DateTimeRange) -> Range {
    Range { from: range.from.map(|at| at.0), to: range.to.map(|at| at.0) }
}

impl TaskFilter {
    /// What is asked at the top, where what was put away is left out unless it is asked for.
    pub(super) fn top(filter: Option<Self>) -> Filter {
        let filter = filter.unwrap_or_default();
        let archived = match filter.archived {
            MaybeUndefined::Undefined => Some(false),
            MaybeUndefined::Null => None,
            MaybeUndefined::Value(archived) => Some(archived),
        };
        Filter { archived, ..filter.inner() }
    }

    fn inner(self) -> Filter {
        let all = |filters: Option<Vec<Self>>| {
            filters.unwrap_or_default().into_iter().map(Self::inner).collect()
        };
        Filter {
            text: self.text,
            boards: keys("board", self.boards),
            columns: keys("board_column", self.columns),
            categories: self.categories.unwrap_or_default(),
            assignees: keys("profile", self.assignees),
            unassigned: self.unassigned,
            creator: self.creator.map(|id| key("profile", &id)),
            labels: keys("task_label", self.labels),
            priorities: self
                .priorities
                .unwrap_or_default()
                .into_iter()
                .map(TaskPriority::number)
                .collect(),
            parent: self.parent.map(|id| key("task", &id)),
            due: self.due.map(range),
            overdue: self.overdue,
            created: self.created.map(range),
            updated: self.updated.map(range),
            completed: self.completed.map(range),
            blocked: self.blocked,
            archived: self.archived.take(),
            and: all(self.and),
            or: all(self.or),
            not: self.not.map(|filter| Box::new(filter.inner())),
        }
    }
}

/// How to order tasks; ties are broken by age, in the same direction.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct TaskOrder {
    /// By what.
    pub field: TaskOrderField,
    /// Which end comes first.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

/// What tasks can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum TaskOrderField {
    /// As they stand on the board: column by column, from the top. On one board alone; where tasks of several boards
    /// may come it is CREATED.
    Rank,
    /// When they are due; those without a date come last in both directions.
    Due,
    /// How soon they are wanted.
    Priority,
    /// When they were made.
    Created,
    /// When they were changed last.
    Updated,
    /// What is to be done, by letter.
    Title,
}

impl From<TaskOrder> for Order {
    fn from(order: TaskOrder) -> Self {
        let field = match order.field {
            TaskOrderField::Rank => Field::Rank,
            TaskOrderField::Due => Field::Due,
            TaskOrderField::Priority => Field::Priority,
            TaskOrderField::Created => Field::Created,
            TaskOrderField::Updated => Field::Updated,
            TaskOrderField::Title => Field::Title,
        };
        Self { field, descends: order.direction == OrderDirection::Desc }
    }
}
