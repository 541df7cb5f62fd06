use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction,
    EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{desk::Desk, visible};
use crate::{
    Cx, Error, Result,
    boards::service::{self as boards, Standing, history::Line, told},
    entity::{
        board,
        board_member::Role,
        task::{self, Column},
        task_activity,
        task_relation::{self, Kind},
    },
    error::ErrorCode,
    scope::Scope,
    sql,
    streams::{Events, NewEvent, Stream},
};

/// Tasks that one is tied to.
const RELATIONS: u64 = 100;
/// How often boards are locked anew because what is tied leads to more of them.
const TRIES: usize = 5;

/// How a task hangs on another, read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Related {
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

impl Related {
    /// The row that says so of two tasks.
    fn row(self, task: Uuid, other: Uuid) -> (Uuid, Kind, Uuid) {
        match self {
            Self::Blocks => (task, Kind::Blocks, other),
            Self::BlockedBy => (other, Kind::Blocks, task),
            Self::RelatesTo => (task.min(other), Kind::RelatesTo, task.max(other)),
            Self::Duplicates => (task, Kind::Duplicates, other),
            Self::DuplicatedBy => (other, Kind::Duplicates, task),
        }
    }

    /// The same, read from the other.
    fn turned(self) -> Self {
        match self {
            Self::Blocks => Self::BlockedBy,
            Self::BlockedBy => Self::Blocks,
            Self::RelatesTo => Self::RelatesTo,
            Self::Duplicates => Self::DuplicatedBy,
            Self::DuplicatedBy => Self::Duplicates,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::BlockedBy => "is blocked by",
            Self::RelatesTo => "relates to",
            Self::Duplicates => "duplicates",
            Self::DuplicatedBy => "is duplicated by",
        }
    }
}

/// Ties a task to another that the actor may see, or unties them. What is so already stays.
pub async fn relate(
    cx: Cx<'_>,
    id: Option<Uuid>,
    how: Related,
    other: Option<Uuid>,
    related: bool,
) -> Result<task::Model> {
    cx.actor.member()?;
    cx.actor.allows(Scope::WriteTasks)?;
    let mut boards: Vec<Uuid> = Vec::new();
    for _ in 0..TRIES {
        let tx = cx.begin().await?;
        match tried(cx, tx, id, how, other, related, &mut boards).await? {
            Some(task) => return Ok(task),
            None => continue,
        }
    }
    Err(Error::Unavailable)
}

/// One try with these boards locked; nothing if more have to be, which are added.
async fn tried(
    cx: Cx<'_>,
    tx: DatabaseTransaction,
    id: Option<Uuid>,
    how: Related,
    other: Option<Uuid>,
    related: bool,
    boards: &mut Vec<Uuid>,
) -> Result<Option<task::Model>> {
    for board in boards.iter() {
        lock(&tx, *board).await?;
    }
    let missing = || Error::not_found("task");
    let task = found(cx, &tx, id).await?.ok_or_else(missing)?;
    let no_other = || Error::refused(ErrorCode::NotFound, ["other"], "there is no such task");
    let other = found(cx, &tx, other).await?.ok_or_else(no_other)?;
    let standing = boards::standing(cx, &tx, Some(task.board_id)).await?;
    standing.act(cx.actor, Role::Editor)?;
    if task.id == other.id {
        let message = "a task is not tied to itself";
        return Err(Error::refused(ErrorCode::Invalid, ["other"], message));
    }
    let (from, kind, to) = how.row(task.id, other.id);
    let mut wanted = vec![task.board_id, other.board_id];
    if related && kind == Kind::Blocks {
        let behind = behind(&tx, to).await?;
        if behind.iter().any(|(task, _)| *task == from) {
            let message = "then each would wait for the other";
            return Err(Error::refused(ErrorCode::Invalid, ["other"], message));
        }
        wanted.extend(behind.into_iter().map(|(_, board)| board));
    }
    // Whoever ties what leads from one of them locks its board, too: nothing can close a circle meanwhile.
    if wanted.iter().any(|board| !boards.contains(board)) {
        boards.extend(wanted);
        boards.sort_unstable();
        boards.dedup();
        tx.rollback().await?;
        return Ok(None);
    }
    if !write(&tx, (from, kind, to), related).await? {
        tx.rollback().await?;
        return Ok(Some(task));
    }
    tell(cx, tx, standing, (&task, &other), how, related).await?;
    Ok(Some(task))
}

async fn found(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    id: Option<Uuid>,
) -> Result<Option<task::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(visible(cx).filter(Column::Id.eq(id)).one(tx).await?)
}

async fn lock(tx: &DatabaseTransaction, board: Uuid) -> Result<()> {
    sql::lock::<board::Entity>(tx, board::Column::Id, &[board]).await
}

/// All tasks that can't be done before this one, and itself, with their boards.
async fn behind(tx: &DatabaseTransaction, task: Uuid) -> Result<Vec<(Uuid, Uuid)>> {
    let text = "WITH RECURSIVE r (id) AS (SELECT id FROM task WHERE id = $1 UNION \
        SELECT x.other_id FROM task_relation x JOIN r ON x.task_id = r.id WHERE x.kind = 'blocks') \
        SELECT t.id, t.board_id FROM r JOIN task t ON t.id = r.id";
    let rows =
        tx.query_all_raw(sql::statement(tx.get_database_backend(), text, [task.into()])).await?;
    let row = |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(row).collect()
}

/// Writes that two tasks are tied, or no longer; answers whether that changed anything.
async fn write(
    tx: &DatabaseTransaction,
    (from, kind, to): (Uuid, Kind, Uuid),
    related: bool,
) -> Result<bool> {
    let key = (from, kind, to);
    if !related {
        let gone = task_relation::Entity::delete_by_id(key).exec(tx).await?;
        return Ok(gone.rows_affected > 0);
    }
    if task_relation::Entity::find_by_id(key).one(tx).await?.is_some() {
        return Ok(false);
    }
    for task in [from, to] {
        let is_its = Condition::any()
            .add(task_relation::Column::TaskId.eq(task))
            .add(task_relation::Column::OtherId.eq(task));
        if task_relation::Entity::find().filter(is_its).count(tx).await? >= RELATIONS {
            let message = format!("a task is tied to at most {RELATIONS} others");
            return Err(Error::refused(ErrorCode::QuotaExceeded, ["other"], message));
        }
    }
    let row = task_relation::ActiveModel { task_id: Set(from), kind: Set(kind), other_id: Set(to) };
    task_relation::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(true)
}

/// Writes it to the history of both, and tells it on both boards.
async fn tell(
    cx: Cx<'_>,
    tx: DatabaseTransaction,
    standing: Standing,
    (task, other): (&task::Model, &task::Model),
    how: Related,
    related: bool,
) -> Result<()> {
    let is_here = task.board_id == other.board_id;
    let its_board =
        if is_here { None } else { board::Entity::find_by_id(other.board_id).one(&tx).await? };
    let boards: BTreeMap<Uuid, board::Model> = [Some(standing.board), its_board]
        .into_iter()
        .flatten()
        .map(|board| (board.id, board))
        .collect();
    let mut events = Events::new();
    for (id, board) in &boards {
        let mut desk = Desk::of(board.clone());
        let sides = [(task, how, other), (other, how.turned(), task)];
        for (one, how, another) in sides.into_iter().filter(|(one, ..)| one.board_id == *id) {
            // Who reads the history of one board may not see the other.
            let words = match another.board_id == *id {
                true => format!("{} {}", how.words(), desk.key(another)),
                false => how.words().to_owned(),
            };
            let (before, after) = if related { (None, Some(words)) } else { (Some(words), None) };
            let line = Line::of_task(task_activity::Kind::Linked, one.id, one.number);
            desk.line(line.field("relations", before, after));
            let fields = ["relations".to_owned(), "isBlocked".to_owned()];
            let changed = told::Changed { fields: fields.to_vec() };
            desk.tell(NewEvent::new(told::TASK_CHANGED, one.id).with(&changed)?);
        }
        desk.append(cx, &tx, &mut events, Stream::board(*id)).await?;
    }
    events.commit(cx, tx).await
}
