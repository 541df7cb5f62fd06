//! A filter as one SQL condition. Each part is true or false, never unknown, so that `not` means what it says: a column
//! that may be null is asked whether it is first.

use chrono::{DateTime, NaiveTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, DbBackend, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use super::{Filter, Range};
use crate::{
    Result,
    clock::first_key,
    entity::{
        board_column,
        task::{self, Column},
        task_assignee, task_label_use,
        task_relation::{self, Kind},
    },
    index::{self, Look},
    sql,
};

/// The latest moment that both databases hold as the text of four digits for the year.
const LAST: &str = "9999-12-31T23:59:59.999Z";
/// The first.
const FIRST: &str = "0001-01-01T00:00:00Z";

impl Filter {
    /// What it asks of rows of `task`, now.
    pub fn condition(&self, backend: DbBackend, now: DateTime<Utc>) -> Result<Condition> {
        self.check()?;
        self.compile(backend, now)
    }

    fn compile(&self, backend: DbBackend, now: DateTime<Utc>) -> Result<Condition> {
        let mut all = self.of_row(backend, now).into_iter().fold(Condition::all(), Condition::add);
        if let Some(text) = self.text.as_deref().filter(|text| !text.trim().is_empty()) {
            all = all.add(found(backend, text)?);
        }
        for inner in &self.and {
            all = all.add(inner.compile(backend, now)?);
        }
        if !self.or.is_empty() {
            let mut any = Condition::any();
            for inner in &self.or {
                any = any.add(inner.compile(backend, now)?);
            }
            all = all.add(any);
        }
        if let Some(inner) = &self.not {
            all = all.add(inner.compile(backend, now)?.not());
        }
        // A condition of nothing would be left out, and within `or` that is not the same.
        Ok(if all.is_empty() { all.add(Expr::cust("TRUE")) } else { all })
    }

    /// What it asks but words and other filters.
    fn of_row(&self, backend: DbBackend, now: DateTime<Utc>) -> Vec<Condition> {
        let mut parts = Vec::new();
        let mut add = |part: SimpleExpr| parts.push(Condition::all().add(part));
        if !self.boards.is_empty() {
            add(among(backend, Column::BoardId, &self.boards));
        }
        if !self.columns.is_empty() {
            add(among(backend, Column::ColumnId, &self.columns));
        }
        if !self.categories.is_empty() {
            let columns =
                board_column::Entity::find().select_only().column(board_column::Column::Id);
            let meant = self.categories.iter().copied();
            let columns = columns.filter(board_column::Column::Category.is_in(meant));
            add(Column::ColumnId.in_subquery(columns.into_query()));
        }
        if !self.assignees.is_empty() {
            add(Column::Id.in_subquery(assigned(backend, &self.assignees)));
        }
        if let Some(unassigned) = self.unassigned {
            add(either(assigned_at_all(), !unassigned));
        }
        if let Some(creator) = self.creator {
            add(Column::CreatorId.is_not_null().and(Column::CreatorId.eq(creator)));
        }
        if !self.labels.is_empty() {
            use task_label_use::Column::{LabelId, TaskId};
            let labelled = task_label_use::Entity::find().select_only().column(TaskId);
            let labelled = labelled.filter(sql::key_in(backend, LabelId, &self.labels));
            add(Column::Id.in_subquery(labelled.into_query()));
        }
        if !self.priorities.is_empty() {
            add(Column::Priority.is_in(self.priorities.iter().copied()));
        }
        if let Some(parent) = self.parent {
            add(Column::ParentId.is_not_null().and(Column::ParentId.eq(parent)));
        }
        if let Some(overdue) = self.overdue {
            add(either(is_overdue(now), overdue));
        }
        if let Some(blocked) = self.blocked {
            add(either(is_blocked(), blocked));
        }
        if let Some(archived) = self.archived {
            add(match archived {
                true => Column::ArchivedAt.is_not_null(),
                false => Column::ArchivedAt.is_null(),
            });
        }
        let ranges = [
            (Column::DueAt, self.due),
            (Column::UpdatedAt, self.updated),
            (Column::CompletedAt, self.completed),
        ];
        for (column, range) in ranges {
            parts.extend(range.map(|range| lies_in(column, range)));
        }
        parts.extend(self.created.map(made_in));
        parts
    }
}

/// One key is asked for by itself: an index that begins with the column then gives its rows in order.
fn among(backend: DbBackend, column: Column, keys: &[Uuid]) -> SimpleExpr {
    match keys {
        [key] => column.eq(*key),
        keys => sql::key_in(backend, column, keys),
    }
}

fn either(expression: SimpleExpr, holds: bool) -> SimpleExpr {
    if holds { expression } else { expression.not() }
}

/// The tasks that any of these members do.
pub(super) fn assigned(backend: DbBackend, to: &[Uuid]) -> SelectStatement {
    use task_assignee::Column::{ProfileId, TaskId};
    let rows = task_assignee::Entity::find().select_only().column(TaskId);
    rows.filter(sql::key_in(backend, ProfileId, to)).into_query()
}

fn assigned_at_all() -> SimpleExpr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(task_assignee::Entity)
        .and_where(
            Expr::col((task_assignee::Entity, task_assignee::Column::TaskId))
                .equals((task::Entity, Column::Id)),
        )
        .take();
    Expr::exists(rows)
}

/// Whether another task that is still open comes before it.
fn is_blocked() -> SimpleExpr {
    use task_relation::Column::{OtherId, TaskId};
    Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from(task_relation::Entity)
            .join_as(
                sea_orm::JoinType::InnerJoin,
                task::Entity,
                "before",
                Expr::col(("before", Column::Id)).equals((task_relation::Entity, TaskId)),
            )
            .and_where(
                Expr::col((task_relation::Entity, OtherId)).equals((task::Entity, Column::Id)),
            )
            .and_where(task_relation::Column::Kind.eq(Kind::Blocks))
            .and_where(Expr::col(("before", Column::CompletedAt)).is_null())
            .take(),
    )
}

fn is_overdue(now: DateTime<Utc>) -> SimpleExpr {
    let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let by_time = Column::DueHasTime.eq(1).and(Column::DueAt.lt(now));
    let by_day = Column::DueHasTime.eq(0).and(Column::DueAt.lt(today));
    Column::CompletedAt.is_null().and(Column::DueAt.is_not_null()).and(by_time.or(by_day))
}

fn lies_in(column: Column, range: Range) -> Condition {
    let set = Condition::all().add(column.is_not_null());
    let set = set.add_option(range.from.map(|from| column.gte(within_reach(from))));
    set.add_option(range.to.map(|to| column.lt(within_reach(to))))
}

/// When a task was made stands in its key.
fn made_in(range: Range) -> Condition {
    let from = range.from.map(|from| Column::Id.gte(first_key(within_reach(from))));
    let to = range.to.map(|to| Column::Id.lt(first_key(within_reach(to))));
    let made = Condition::all().add_option(from).add_option(to);
    if made.is_empty() { made.add(Expr::cust("TRUE")) } else { made }
}

fn within_reach(at: DateTime<Utc>) -> DateTime<Utc> {
    let read = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_default();
    at.clamp(read(FIRST), read(LAST))
}

fn found(backend: DbBackend, text: &str) -> Result<SimpleExpr> {
    let look = Look::of(backend, text, &["en"])?;
    // What has no words is in no task.
    let nothing = || Expr::cust("FALSE");
    Ok(look.map_or_else(nothing, |look| look.found_in(index::Kind::Task, "\"task\".\"id\"")))
}
