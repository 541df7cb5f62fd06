//! What subscriptions of boards tell.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Union};
use uuid::Uuid;

use super::{
    Board, Loaders,
    service::told::{
        Added, BOARD_CHANGED, Changed, Moved, TASK_ADDED, TASK_CHANGED, TASK_MOVED, TASK_REMOVED,
    },
};
use crate::{
    Result,
    graph::{
        Common, ContextExt, DateTime, EventCursor, Happening, StreamReady, StreamReset, encode,
    },
    members::Profile,
    tasks::{self, Task},
};

/// What happens on a board.
#[derive(Union)]
pub enum BoardEvent {
    /// The stream stands.
    StreamReady(StreamReady),
    /// What was missed cannot be told.
    StreamReset(StreamReset),
    /// A task was made.
    TaskAdded(TaskAdded),
    /// A task was changed.
    TaskChanged(TaskChanged),
    /// A task came into another place.
    TaskMoved(TaskMoved),
    /// A task is gone.
    TaskRemoved(TaskRemoved),
    /// The board was changed.
    BoardChanged(BoardChanged),
}

impl From<Common> for BoardEvent {
    fn from(common: Common) -> Self {
        match common {
            Common::Ready(ready) => Self::StreamReady(ready),
            Common::Reset(reset) => Self::StreamReset(reset),
        }
    }
}

/// A task was made, or came back from being archived.
#[derive(SimpleObject)]
pub struct TaskAdded {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The task as it is now.
    pub task: Task,
    /// Who did it.
    pub actor: Option<Profile>,
    /// What the program of its maker called the call.
    pub client_key: Option<String>,
}

/// Fields of a task changed.
#[derive(SimpleObject)]
pub struct TaskChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The task as it is now.
    pub task: Task,
    /// Who did it.
    pub actor: Option<Profile>,
    /// The fields that changed.
    pub changed: Vec<String>,
}

/// A task came into another place.
#[derive(SimpleObject)]
pub struct TaskMoved {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The task as it is now.
    pub task: Task,
    /// Who did it.
    pub actor: Option<Profile>,
    /// The global id of the column that it left; the same when it only changed its place there.
    pub from_column: ID,
}

/// A task was deleted or archived.
#[derive(SimpleObject)]
pub struct TaskRemoved {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The task's global id.
    pub id: ID,
}

/// The board's settings, columns, labels or members changed. When a column was deleted, or means something else, so did
/// its tasks: read them again.
#[derive(SimpleObject)]
pub struct BoardChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The board as it is now.
    pub board: Board,
}

impl BoardEvent {
    /// What to tell of a happening; `None` of what can't be shown any more.
    pub(super) async fn of(ctx: &Context<'_>, happening: Arc<Happening>) -> Result<Option<Self>> {
        if let Some(common) = happening.common() {
            return Ok(Some(common.into()));
        }
        let Some((event, subject)) = happening.event() else { return Ok(None) };
        let (cursor, at) = happening.moment();
        match event.kind.as_str() {
            TASK_REMOVED => {
                let id = encode("task", subject);
                return Ok(Some(Self::TaskRemoved(TaskRemoved { cursor, at, id })));
            }
            BOARD_CHANGED => {
                let row = ctx.loaders().of::<Loaders>().by_id(subject, 0).await?;
                let told = |row| BoardChanged { cursor, at, board: Board(row) };
                return Ok(row.map(|row| Self::BoardChanged(told(row))));
            }
            _ => {}
        }
        let Some(row) = ctx.loaders().of::<tasks::Loaders>().by_id(subject, 0).await? else {
            return Ok(None);
        };
        let (task, actor) = (Task(row), person(ctx, event.actor).await?);
        Ok(match event.kind.as_str() {
            TASK_ADDED => {
                let Added { client_key } = event.payload()?;
                Some(Self::TaskAdded(TaskAdded { cursor, at, task, actor, client_key }))
            }
            TASK_CHANGED => {
                let Changed { fields: changed } = event.payload()?;
                Some(Self::TaskChanged(TaskChanged { cursor, at, task, actor, changed }))
            }
            TASK_MOVED => {
                let Moved { from_column } = event.payload()?;
                let from_column = encode("board_column", from_column);
                Some(Self::TaskMoved(TaskMoved { cursor, at, task, actor, from_column }))
            }
            _ => None,
        })
    }
}

async fn person(ctx: &Context<'_>, id: Option<Uuid>) -> Result<Option<Profile>> {
    let Some(id) = id else { return Ok(None) };
    Ok(ctx.loaders().of::<Loaders>().face(id, 0).await?.map(Profile::face))
}
