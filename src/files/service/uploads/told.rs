//! What is told of uploads: the kinds of events.

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{
    Cx, Result,
    streams::{Events, NewEvent, Stream},
};

/// More of an upload came, or it stands elsewhere now. About the upload.
pub const UPLOAD_CHANGED: &str = "upload_changed";
/// An upload was thrown away. About the upload.
pub const UPLOAD_REMOVED: &str = "upload_removed";

/// Writes that an upload changed, commits the change, and tells it.
pub(super) async fn changed(cx: Cx<'_>, tx: DatabaseTransaction, upload: Uuid) -> Result<()> {
    tell(cx, tx, upload, NewEvent::new(UPLOAD_CHANGED, upload)).await
}

/// Writes that an upload is gone, commits the change, and tells it: nobody may follow it any more.
pub(super) async fn removed(cx: Cx<'_>, tx: DatabaseTransaction, upload: Uuid) -> Result<()> {
    tell(cx, tx, upload, NewEvent::new(UPLOAD_REMOVED, upload).changes_access()).await
}

async fn tell(cx: Cx<'_>, tx: DatabaseTransaction, upload: Uuid, event: NewEvent) -> Result<()> {
    let mut events = Events::new();
    events.append(cx, &tx, Stream::upload(upload), event).await?;
    events.commit(cx, tx).await
}
