use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Value,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    Result,
    entity::{board, task},
    sql,
};

/// What a change adds to, and takes from, what boards, columns and tasks count.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Numbers that were given.
    pub(super) numbers: i32,
    tasks: i32,
    done: i32,
    columns: BTreeMap<Uuid, i32>,
    /// Parts of a task, and how many of them are done.
    pub(super) parents: BTreeMap<Uuid, (i32, i32)>,
}

impl Counts {
    /// Notes that a task was this and became that; nothing is one that is not there.
    pub(super) fn note(&mut self, before: Option<&task::Model>, after: Option<&task::Model>) {
        for (task, by) in [(before, -1), (after, 1)] {
            let Some(task) = task.filter(|task| task.archived_at.is_none()) else { continue };
            let done = if task.completed_at.is_some() { by } else { 0 };
            self.tasks += by;
            self.done += done;
            *self.columns.entry(task.column_id).or_default() += by;
            if let Some(parent) = task.parent_id {
                let (parts, done_parts) = self.parents.entry(parent).or_default();
                *parts += by;
                *done_parts += done;
            }
        }
    }

    /// How many more stand in a column than before.
    pub(super) fn came_into(&self, column: Uuid) -> i32 {
        self.columns.get(&column).copied().unwrap_or_default()
    }

    /// Tasks of whose parts another number is there, or done.
    pub(super) fn changed_parents(&self) -> impl Iterator<Item = (Uuid, (i32, i32))> {
        let parents = self.parents.iter().map(|(parent, by)| (*parent, *by));
        parents.filter(|(_, by)| *by != (0, 0))
    }

    /// Writes them: at most a statement for the board, one for its columns and one for its tasks.
    pub(super) async fn write(&self, tx: &impl ConnectionTrait, board: Uuid) -> Result<()> {
        if (self.tasks, self.done, self.numbers) != (0, 0, 0) {
            use board::Column::{DoneCount, Id, LastNumber, TaskCount};
            board::Entity::update_many()
                .col_expr(TaskCount, Expr::col(TaskCount).add(self.tasks))
                .col_expr(DoneCount, Expr::col(DoneCount).add(self.done))
                .col_expr(LastNumber, Expr::col(LastNumber).add(self.numbers))
                .filter(Id.eq(board))
                .exec(tx)
                .await?;
        }
        let columns = self.columns.iter().filter(|(_, by)| **by != 0);
        let columns = columns.map(|(column, by)| (*column, vec![*by])).collect();
        add(tx, "board_column", &["task_count"], columns).await?;
        let parents = self.changed_parents().map(|(id, (parts, done))| (id, vec![parts, done]));
        add(tx, "task", &["child_count", "done_child_count"], parents.collect()).await
    }
}

/// Adds numbers to columns of rows, in one statement.
async fn add(
    tx: &impl ConnectionTrait,
    table: &str,
    columns: &[&str],
    rows: Vec<(Uuid, Vec<i32>)>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut values: Vec<Value> = Vec::new();
    let mut lists = Vec::with_capacity(rows.len());
    for (id, numbers) in rows {
        let first = values.len() + 1;
        values.push(id.into());
        values.extend(numbers.into_iter().map(Value::from));
        let places: Vec<_> = (first..=values.len()).map(|place| format!("${place}")).collect();
        lists.push(format!("({})", places.join(", ")));
    }
    let named: Vec<_> = columns.iter().map(|column| format!("by_{column}")).collect();
    let sums: Vec<_> =
        columns.iter().map(|column| format!("{column} = {column} + v.by_{column}")).collect();
    let text = format!(
        "WITH v (id, {}) AS (VALUES {}) UPDATE {table} SET {} FROM v WHERE {table}.id = v.id",
        named.join(", "),
        lists.join(", "),
        sums.join(", ")
    );
    tx.execute_raw(sql::statement(tx.get_database_backend(), text, values)).await?;
    Ok(())
}
