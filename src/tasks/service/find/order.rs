use chrono::{DateTime, Utc};
use sea_orm::sea_query::{self, Expr};

use crate::{
    entity::task::{self, Column},
    page::{By, Place, Rank},
};

/// Stands for the moment of a task that is never due, after all that are: as the index says it.
const NEVER: &str = "9999-12-31T23:59:59.999+00:00";
/// The same where the latest come first.
const EVER: &str = "0001-01-01T00:00:00+00:00";

/// What tasks are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Their column's place, and theirs within it; on one board alone.
    Rank,
    /// When they are due; those that are never due come last whatever the direction.
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

/// An order of tasks; ties are broken by key, in the same direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// By what.
    pub field: Field,
    /// Whether the greatest comes first.
    pub descends: bool,
}

impl Order {
    /// The least first.
    pub fn ascending(field: Field) -> Self {
        Self { field, descends: false }
    }

    /// The greatest first.
    pub fn descending(field: Field) -> Self {
        Self { field, descends: true }
    }

    /// The same for tasks of several boards: their places in columns are not comparable, so these are by age.
    #[must_use]
    pub(super) fn across_boards(self) -> Self {
        match self.field {
            Field::Rank => Self { field: Field::Created, ..self },
            _ => self,
        }
    }

    fn undated(self) -> &'static str {
        if self.descends { EVER } else { NEVER }
    }

    /// Which end comes first.
    pub(super) fn direction(self) -> sea_query::Order {
        if self.descends { sea_query::Order::Desc } else { sea_query::Order::Asc }
    }

    /// How the database orders by it; by rank only what stands in one column.
    pub(super) fn by(self) -> By {
        let order = self.direction();
        match self.field {
            Field::Rank => By::lettered(Column::Rank, Column::Id, order),
            Field::Due => {
                // Written out, not bound: only so it is what the index holds.
                let due = format!("COALESCE(\"task\".\"due_at\", '{}')", self.undated());
                By::dated(Expr::cust(due), Column::Id, order)
            }
            Field::Priority => By::ranked(Column::Priority, Column::Id, order),
            Field::Created if self.descends => By::newest(Column::Id),
            Field::Created => By::oldest(Column::Id),
            Field::Updated => By::dated(Column::UpdatedAt, Column::Id, order),
            Field::Title => By::lettered(Column::TitleKey, Column::Id, order),
        }
    }

    /// Where a task stands in it; by rank, in its column.
    pub(super) fn place(self, row: &task::Model) -> Place {
        let rank = match self.field {
            Field::Created => return Place::key(row.id),
            Field::Rank => Rank::Text(row.rank.clone()),
            Field::Due => {
                let undated = || self.undated().parse::<DateTime<Utc>>().unwrap_or_default();
                Rank::Moment(row.due_at.unwrap_or_else(undated).timestamp_millis())
            }
            Field::Priority => Rank::Number(row.priority),
            Field::Updated => Rank::Moment(row.updated_at.timestamp_millis()),
            Field::Title => Rank::Text(row.title_key.clone()),
        };
        Place { rank: Some(rank), id: row.id }
    }
}
