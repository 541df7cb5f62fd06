use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Value,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{
    history::{self, Line},
    locked, rank, told,
    words::{self, COLUMNS, NAME},
};
use crate::{
    Cx, Error, Result,
    boards::policy,
    check::Check,
    entity::{
        board,
        board_column::{self, Category, Column},
        board_member::Role,
        task,
        task_activity::Kind,
    },
    error::ErrorCode,
    sql,
};

/// A column, new or changed: `None` stays, `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct ColumnChanges {
    /// What it is called.
    pub name: Option<String>,
    /// What it means.
    pub category: Option<Category>,
    /// As #rrggbb.
    pub color: Option<Option<String>>,
    /// How many tasks are to stand there at most.
    pub limit: Option<Option<i32>>,
    /// The column behind which it stands; `Some(None)` is the first place, `Some(Some(None))` an id that names none.
    pub after: Option<Option<Option<Uuid>>>,
}

/// Makes a column (`id` is left out) of a board, at its end when nothing else is said, or changes one; answers the board.
/// Tasks of a column that comes to mean something else are done, or not, from then on.
pub async fn save_column(
    cx: Cx<'_>,
    board: Option<Uuid>,
    id: Option<Option<Uuid>>,
    changes: ColumnChanges,
) -> Result<board::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, board).await.map_err(words::of_board)?;
    standing.act(cx.actor, Role::Admin).map_err(words::of_board)?;
    let mut board = standing.board;
    let before = columns(&tx, board.id).await?;
    let old = match id {
        None => None,
        Some(id) => {
            let old = before.iter().find(|row| Some(row.id) == id);
            Some(old.ok_or_else(|| Error::not_found("column"))?)
        }
    };
    if old.is_none() && before.len() >= COLUMNS {
        let message = format!("a board has at most {COLUMNS} columns");
        return Err(Error::refused(ErrorCode::QuotaExceeded, ["board"], message));
    }
    let mut check = Check::new();
    let row = changed(&mut check, old, &changes, || empty(cx.key(), board.id));
    let rest: Vec<_> = before.iter().filter(|other| other.id != row.id).cloned().collect();
    let place = match changes.after {
        None => before.iter().position(|other| other.id == row.id).unwrap_or(rest.len()),
        Some(None) => 0,
        Some(Some(after)) => {
            let found = rest.iter().position(|other| Some(other.id) == after);
            if found.is_none() {
                check.problem(ErrorCode::NotFound, &["after"], "there is no such other column");
            }
            found.map_or(0, |at| at + 1)
        }
    };
    check.done()?;
    let mut after = rest;
    after.insert(place.min(after.len()), row.clone());
    for (column, position) in after.iter_mut().zip(0..) {
        column.position = position;
    }
    if before == after {
        return Ok(board);
    }
    for column in after {
        match before.iter().find(|other| other.id == column.id) {
            Some(other) if *other == column => {}
            Some(_) => {
                column.into_active_model().reset_all().update(&tx).await?;
            }
            None => {
                let column = column.into_active_model().reset_all();
                board_column::Entity::insert(column).exec_without_returning(&tx).await?;
            }
        }
    }
    if old.is_some_and(|old| old.category != row.category) {
        board = settle(cx, &tx, board, &row).await?;
    }
    let line = Line::of_board(Kind::BoardUpdated);
    let line = line.field("column", old.map(|old| old.name.clone()), Some(row.name.clone()));
    history::write(cx, &tx, &board, [line]).await?;
    told::changed(cx, tx, board.id, false).await?;
    Ok(board)
}

/// Deletes a column; its tasks move to the end of another one of the board, in their order and whatever its limit.
/// Answers the board.
pub async fn delete_column(
    cx: Cx<'_>,
    id: Option<Uuid>,
    move_to: Option<Uuid>,
) -> Result<board::Model> {
    policy::write(cx.actor)?;
    let missing = || Error::not_found("column");
    let tx = cx.begin().await?;
    let found = match id {
        Some(id) => board_column::Entity::find_by_id(id).one(&tx).await?,
        None => None,
    };
    let standing = locked(cx, &tx, found.map(|row| row.board_id)).await.map_err(|_| missing())?;
    standing.act(cx.actor, Role::Admin)?;
    let board = standing.board;
    // Once more: it may have been deleted before the lock was had.
    let all = columns(&tx, board.id).await?;
    let gone = all.iter().find(|row| Some(row.id) == id).ok_or_else(missing)?;
    if all.len() == 1 {
        let message = "a board has a column at least";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["id"], message));
    }
    let to = all.iter().find(|row| Some(row.id) == move_to && row.id != gone.id);
    let no_target = || {
        let message = "there is no such other column of the board";
        Error::refused(ErrorCode::NotFound, ["moveTo"], message)
    };
    let to = to.ok_or_else(no_target)?;
    move_tasks(&tx, gone.id, to.id).await?;
    board_column::Entity::delete_by_id(gone.id).exec(&tx).await?;
    let rest = all.iter().filter(|row| row.id != gone.id);
    for (column, position) in rest.zip(0..) {
        let task_count = if column.id == to.id { gone.task_count } else { 0 } + column.task_count;
        if (column.position, column.task_count) != (position, task_count) {
            let row = board_column::Model { position, task_count, ..column.clone() };
            row.into_active_model().reset_all().update(&tx).await?;
        }
    }
    let line = Line::of_board(Kind::BoardUpdated);
    let line = line.field("column", Some(gone.name.clone()), None);
    history::write(cx, &tx, &board, [line]).await?;
    let board = settle(cx, &tx, board, to).await?;
    told::changed(cx, tx, board.id, false).await?;
    Ok(board)
}

/// The columns of a board, in their order.
async fn columns(db: &impl ConnectionTrait, board: Uuid) -> Result<Vec<board_column::Model>> {
    let rows = board_column::Entity::find().filter(Column::BoardId.eq(board));
    Ok(rows.order_by_asc(Column::Position).order_by_asc(Column::Id).all(db).await?)
}

fn empty(id: Uuid, board: Uuid) -> board_column::Model {
    board_column::Model {
        id,
        board_id: board,
        name: String::new(),
        category: Category::Todo,
        color: None,
        position: 0,
        task_limit: None,
        task_count: 0,
    }
}

/// The column as it should be.
fn changed(
    check: &mut Check,
    old: Option<&board_column::Model>,
    changes: &ColumnChanges,
    empty: impl FnOnce() -> board_column::Model,
) -> board_column::Model {
    let mut row = old.cloned().unwrap_or_else(empty);
    if old.is_none() && changes.category.is_none() {
        check.problem(ErrorCode::Required, &["category"], "say what the column means");
    }
    if old.is_none() || changes.name.is_some() {
        let name = changes.name.as_deref().unwrap_or_default();
        row.name = check.line(&["name"], name, 1..=NAME);
    }
    row.category = changes.category.unwrap_or(row.category);
    if let Some(text) = &changes.color {
        row.color = text.as_deref().map(|text| words::color(check, &["color"], text));
    }
    if let Some(limit) = changes.limit {
        row.task_limit = limit.inspect(|limit| words::task_limit(check, &["limit"], *limit));
    }
    row
}

/// How many tasks are moved by one statement.
const MOVED: usize = 200;

/// Moves all tasks of a column to the end of another, in their order.
async fn move_tasks(tx: &impl ConnectionTrait, from: Uuid, to: Uuid) -> Result<()> {
    use task::Column::{ColumnId, Id, Rank};
    let last: Option<String> = task::Entity::find()
        .select_only()
        .column(Rank)
        .filter(ColumnId.eq(to))
        .order_by_desc(Rank)
        .into_tuple()
        .one(tx)
        .await?;
    let tasks: Vec<Uuid> = task::Entity::find()
        .select_only()
        .column(Id)
        .filter(ColumnId.eq(from))
        .order_by_asc(Rank)
        .order_by_asc(Id)
        .into_tuple()
        .all(tx)
        .await?;
    let ranks = rank::spread(last.as_deref(), None, tasks.len());
    let moves: Vec<_> = tasks.into_iter().zip(ranks).collect();
    for part in moves.chunks(MOVED) {
        let mut values: Vec<Value> = vec![to.into()];
        let mut lists = Vec::with_capacity(part.len());
        for (task, rank) in part {
            lists.push(format!("(${}, ${})", values.len() + 1, values.len() + 2));
            values.extend([(*task).into(), rank.clone().into()]);
        }
        let text = format!(
            "WITH moved (id, rank) AS (VALUES {}) \
             UPDATE task SET column_id = $1, rank = moved.rank FROM moved WHERE task.id = moved.id",
            lists.join(", ")
        );
        tx.execute_raw(sql::statement(tx.get_database_backend(), text, values)).await?;
    }
    Ok(())
}

/// Sets right what the tasks of a column are by what it means now, and what is counted of them.
async fn settle(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    board: board::Model,
    column: &board_column::Model,
) -> Result<board::Model> {
    use task::Column::{ColumnId, CompletedAt, StartedAt};
    let now = Expr::value(Some(cx.now()));
    let of_column = || task::Entity::update_many().filter(ColumnId.eq(column.id));
    match column.category {
        Category::Done | Category::Cancelled => {
            let open = of_column().filter(CompletedAt.is_null());
            open.col_expr(CompletedAt, now).exec(tx).await?;
        }
        category => {
            let done = of_column().filter(CompletedAt.is_not_null());
            let never = Expr::value(None::<chrono::DateTime<chrono::Utc>>);
            done.col_expr(CompletedAt, never).exec(tx).await?;
            if matches!(category, Category::Doing | Category::Review) {
                let fresh = of_column().filter(StartedAt.is_null());
                fresh.col_expr(StartedAt, now).exec(tx).await?;
            }
        }
    }
    let parts = "UPDATE task SET done_child_count = (SELECT COUNT(*) FROM task AS part \
                 WHERE part.parent_id = task.id AND part.archived_at IS NULL \
                 AND part.completed_at IS NOT NULL) WHERE board_id = $1 AND child_count > 0";
    let count = "UPDATE board SET done_count = (SELECT COUNT(*) FROM task WHERE board_id = $1 \
                 AND archived_at IS NULL AND completed_at IS NOT NULL) WHERE id = $1";
    for text in [parts, count] {
        tx.execute_raw(sql::statement(cx.backend(), text, [board.id.into()])).await?;
    }
    let row = board::Entity::find_by_id(board.id).one(tx).await?;
    row.ok_or_else(|| Error::bug("a board went away while it was locked"))
}
