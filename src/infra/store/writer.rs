use bytes::Bytes;
use object_store::{MultipartUpload, WriteMultipart};

use super::failed;
use crate::{Error, Result};

/// Bytes of one part of what is written piece by piece; S3 takes none below 5 MiB but the last.
const PART: usize = 8 * 1024 * 1024;

/// Keeps what comes in pieces. One that is dropped keeps nothing.
#[derive(Debug)]
pub struct Writer(Option<WriteMultipart>);

impl Writer {
    pub(super) fn new(upload: Box<dyn MultipartUpload>) -> Self {
        Self(Some(WriteMultipart::new_with_chunk_size(upload, PART)))
    }

    /// Takes a piece; waits while too many are on their way.
    pub async fn push(&mut self, piece: Bytes) -> Result<()> {
        let upload = self.0.as_mut().ok_or(Error::Unavailable)?;
        upload.wait_for_capacity(2).await.map_err(failed)?;
        upload.put(piece);
        Ok(())
    }

    /// Keeps it all: it is there, whole, or not at all.
    pub async fn finish(mut self) -> Result<()> {
        let upload = self.0.take().ok_or(Error::Unavailable)?;
        upload.finish().await.map(|_| ()).map_err(failed)
    }

    /// Keeps nothing of it.
    pub async fn abort(mut self) -> Result<()> {
        let upload = self.0.take().ok_or(Error::Unavailable)?;
        upload.abort().await.map_err(failed)
    }
}

impl Drop for Writer {
    /// Whoever sent it went away: S3 would keep the parts, and charge for them.
    fn drop(&mut self) {
        let Some(upload) = self.0.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "what was written in part could not be thrown away");
                }
            });
        }
    }
}
