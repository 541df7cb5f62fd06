//! The history of a board: a line for each thing that happened, written with it.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};
use uuid::Uuid;

use crate::{
    Cx, Result,
    entity::{
        board,
        task_activity::{self, Kind},
    },
};

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Line {
    kind: Kind,
    task: Option<(Option<Uuid>, i32)>,
    member: Option<Uuid>,
    field: Option<&'static str>,
    before: Option<String>,
    after: Option<String>,
}

impl Line {
    /// Something that happened to the board.
    pub fn of_board(kind: Kind) -> Self {
        Self { kind, task: None, member: None, field: None, before: None, after: None }
    }

    /// Something that happened to a task, by its key and its number.
    pub fn of_task(kind: Kind, task: Uuid, number: i32) -> Self {
        Self { task: Some((Some(task), number)), ..Self::of_board(kind) }
    }

    /// Something that happened to a task that is no more, by its number.
    pub fn of_gone(kind: Kind, number: i32) -> Self {
        Self { task: Some((None, number)), ..Self::of_board(kind) }
    }

    /// The same, to this member.
    #[must_use]
    pub fn member(self, member: Uuid) -> Self {
        Self { member: Some(member), ..self }
    }

    /// The same, of a field that was this and became that.
    #[must_use]
    pub fn field(self, field: &'static str, before: Option<String>, after: Option<String>) -> Self {
        Self { field: Some(field), before, after, ..self }
    }
}

/// Writes what the actor did, in one statement and in the transaction of the change.
pub async fn write(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    board: &board::Model,
    lines: impl IntoIterator<Item = Line> + Send,
) -> Result<()> {
    let row = |line: Line| task_activity::ActiveModel {
        id: Set(cx.key()),
        board_id: Set(board.id),
        task_id: Set(line.task.and_then(|(task, _)| task)),
        task_key: Set(line.task.map(|(_, number)| format!("{}-{number}", board.key))),
        actor_id: Set(cx.actor.id()),
        member_id: Set(line.member),
        kind: Set(line.kind),
        field: Set(line.field.map(str::to_owned)),
        before: Set(line.before),
        after: Set(line.after),
    };
    let rows: Vec<_> = lines.into_iter().map(row).collect();
    if !rows.is_empty() {
        task_activity::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
