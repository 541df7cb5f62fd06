use chrono::{DateTime, Utc};
use sea_orm::{
    DbBackend,
    sea_query::{self, Expr},
};

use super::Found;
use crate::{
    entity::task::Column,
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

    /// How the database orders by it.
    pub(super) fn by(self, backend: DbBackend) -> By {
        use sea_query::Order::{Asc, Desc};
        let order = if self.descends { Desc } else { Asc };
        match self.field {
            Field::Rank => By::lettered(Expr::cust(standing(backend)), Column::Id, order),
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

    /// Where a task stands in it.
    pub(super) fn place(self, found: &Found) -> Place {
        let row = &found.row;
        let rank = match self.field {
            Field::Created => return Place::key(row.id),
            Field::Rank => Rank::Text(format!("{:05}{}", found.position, row.rank)),
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

/// The place of the task's column on the board.
pub(super) const POSITION: &str =
    "(SELECT c.position FROM board_column c WHERE c.id = \"task\".\"column_id\")";

/// The place of a task on its board, as a text that is compared byte by byte.
fn standing(backend: DbBackend) -> String {
    match backend {
        DbBackend::Postgres => {
            format!("(lpad(CAST({POSITION} AS text), 5, '0') || \"task\".\"rank\") COLLATE \"C\"")
        }
        _ => format!("(printf('%05d', {POSITION}) || \"task\".\"rank\")"),
    }
}
