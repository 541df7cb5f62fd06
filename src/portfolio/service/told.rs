//! What is told of portfolio items, on the streams of their discussions.

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{
    Cx, Result,
    streams::{self, NewEvent, Stream},
};

/// An item, what hangs on it, who is credited or who may see it changed. About the item.
pub const ITEM_CHANGED: &str = "portfolio_item_changed";
/// An item was deleted with all that stood under it. About the item.
pub const ITEM_REMOVED: &str = "portfolio_item_removed";

/// Writes what happened to an item, commits the change, and tells it; `hides` is whether somebody may not see it
/// any more.
pub(super) async fn tell(
    cx: Cx<'_>,
    tx: DatabaseTransaction,
    item: Uuid,
    kind: &'static str,
    hides: bool,
) -> Result<()> {
    let event = NewEvent::new(kind, item);
    let event = if hides { event.changes_access() } else { event };
    streams::tell(cx, tx, Stream::discussion(item), [event]).await
}
