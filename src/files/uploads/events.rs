//! What comes of an upload, as its owner is told.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject, Union};

use super::{Loaders, UploadSession};
use crate::{
    files::service::uploads::told,
    graph::{Common, ContextExt, DateTime, EventCursor, Happening, StreamReady, StreamReset, What},
};

/// More of an upload came, or it stands elsewhere now: it is a file, or was refused.
#[derive(SimpleObject)]
pub struct UploadChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// The upload as it is now.
    pub upload: UploadSession,
}

/// What comes of an upload.
#[derive(Union)]
pub enum UploadEvent {
    /// The stream stands.
    StreamReady(StreamReady),
    /// What was missed cannot be told.
    StreamReset(StreamReset),
    /// More of it came, or it stands elsewhere now.
    UploadChanged(UploadChanged),
}

impl From<Common> for UploadEvent {
    fn from(common: Common) -> Self {
        match common {
            Common::Ready(ready) => Self::StreamReady(ready),
            Common::Reset(reset) => Self::StreamReset(reset),
        }
    }
}

impl UploadEvent {
    /// What a happening is to the one who asks; `None` is nothing: an upload that was thrown away ends the
    /// subscription.
    pub(super) async fn of(
        ctx: &Context<'_>,
        happening: Arc<Happening>,
    ) -> crate::Result<Option<Self>> {
        if let Some(common) = happening.common() {
            return Ok(Some(common.into()));
        }
        let What::Event(event) = &happening.what else { return Ok(None) };
        let Some(key) = event.subject.filter(|_| event.kind == told::UPLOAD_CHANGED) else {
            return Ok(None);
        };
        let (cursor, at) = happening.moment();
        let upload = ctx.loaders().of::<Loaders>().by_id(key).await?.map(UploadSession);
        Ok(upload.map(|upload| Self::UploadChanged(UploadChanged { cursor, at, upload })))
    }
}
