//! What is told on the stream of a board.

use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Cx, Result,
    streams::{self, NewEvent, Stream},
};

/// A task was made, or came back from being archived. About the task; holds [`Added`].
pub const TASK_ADDED: &str = "task_added";
/// Fields of a task changed. About the task; holds [`Changed`].
pub const TASK_CHANGED: &str = "task_changed";
/// A task came into another place. About the task; holds [`Moved`].
pub const TASK_MOVED: &str = "task_moved";
/// A task was deleted or archived. About the task; holds nothing.
pub const TASK_REMOVED: &str = "task_removed";
/// The board, its columns, labels or members changed. About the board; holds nothing.
pub const BOARD_CHANGED: &str = "board_changed";

/// What [`TASK_ADDED`] holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Added {
    /// What the program of its maker called it.
    pub client_key: Option<String>,
}

/// What [`TASK_CHANGED`] holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Changed {
    /// The fields, as the graph calls them.
    pub fields: Vec<String>,
}

/// What [`TASK_MOVED`] holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Moved {
    /// The column that it left; the same when it only changed its place there.
    pub from_column: Uuid,
}

/// Writes that the board changed, last in its transaction, then commits and tells it. `access` is whether somebody may
/// hear it no more.
pub(super) async fn changed(
    cx: Cx<'_>,
    tx: DatabaseTransaction,
    board: Uuid,
    access: bool,
) -> Result<()> {
    let event = NewEvent::new(BOARD_CHANGED, board);
    let event = if access { event.changes_access() } else { event };
    streams::tell(cx, tx, Stream::board(board), [event]).await
}
