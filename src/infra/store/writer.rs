use bytes::Bytes;
use object_store::{MultipartUpload, WriteMultipart};

use super::failed;
use crate::{Error, Result};

/// Bytes of one part of what is written piece by piece; S3 takes none below 5 MiB but the last.
const PART: u64 = 5 * 1024 * 1024;
/// Parts that S3 takes of one thing.
const PARTS: u64 = 10_000;

/// Keeps what comes in pieces. One that is dropped keeps nothing.
#[derive(Debug)]
pub struct Writer(Option<WriteMultipart>);

impl Writer {
    pub(super) fn new(upload: Box<dyn MultipartUpload>, size: u64) -> Result<Self> {
        let part = usize::try_from(PART.max(size.div_ceil(PARTS))).map_err(Error::internal)?;
        Ok(Self(Some(WriteMultipart::new_with_chunk_size(upload, part))))
    }

    /// Takes a piece; waits while another is on its way, so that no more than two parts are held.
    pub async fn push(&mut self, piece: Bytes) -> Result<()> {
        let upload = self.0.as_mut().ok_or(Error::Unavailable)?;
        upload.wait_for_capacity(1).await.map_err(failed)?;
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
