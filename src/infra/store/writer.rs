use bytes::{Bytes, BytesMut};
use object_store::MultipartUpload;

use super::failed;
use crate::{Error, Result};

/// Bytes of one part of what is written piece by piece; S3 takes none below 5 MiB but the last.
const PART: u64 = 5 * 1024 * 1024;
/// Parts that S3 takes of one thing.
const PARTS: u64 = 10_000;
/// Turns that who held a buffer is given to let go of it.
const LETS_GO: usize = 100;

/// Keeps what comes in pieces. One that is dropped keeps nothing.
#[derive(Debug)]
pub struct Writer {
    /// None once it was ended, or has failed.
    upload: Option<Box<dyn MultipartUpload>>,
    /// The part at hand.
    part: BytesMut,
    /// Bytes of a part.
    size: usize,
}

impl Writer {
    pub(super) fn new(upload: Box<dyn MultipartUpload>, size: u64) -> Result<Self> {
        let size = usize::try_from(PART.max(size.div_ceil(PARTS))).map_err(Error::internal)?;
        Ok(Self { upload: Some(upload), part: BytesMut::new(), size })
    }

    /// Takes a piece; waits while a part is on its way, so that no more than one is held.
    pub async fn push(&mut self, mut piece: Bytes) -> Result<()> {
        while !piece.is_empty() {
            let room = self.size.saturating_sub(self.part.len()).min(piece.len());
            self.part.reserve(self.size.saturating_sub(self.part.len()));
            self.part.extend_from_slice(&piece.split_to(room));
            if self.part.len() >= self.size {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Keeps it all: it is there, whole, or not at all.
    pub async fn finish(mut self) -> Result<()> {
        if !self.part.is_empty() {
            self.flush().await?;
        }
        let mut upload = self.upload.take().ok_or(Error::Unavailable)?;
        match upload.complete().await {
            Ok(_) => Ok(()),
            Err(error) => {
                throw_away(upload).await;
                Err(failed(error))
            }
        }
    }

    /// Keeps nothing of it.
    pub async fn abort(mut self) -> Result<()> {
        let mut upload = self.upload.take().ok_or(Error::Unavailable)?;
        upload.abort().await.map_err(failed)
    }

    async fn flush(&mut self) -> Result<()> {
        let upload = self.upload.as_mut().ok_or(Error::Unavailable)?;
        let part = std::mem::take(&mut self.part).freeze();
        let put = upload.put_part(part.clone().into()).await;
        if let Err(error) = put {
            if let Some(upload) = self.upload.take() {
                throw_away(upload).await;
            }
            return Err(failed(error));
        }
        self.part = emptied(part).await;
        Ok(())
    }
}

impl Drop for Writer {
    /// Whoever sent it went away: S3 would keep the parts, and charge for them.
    fn drop(&mut self) {
        let Some(upload) = self.upload.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(throw_away(upload));
        }
    }
}

async fn throw_away(mut upload: Box<dyn MultipartUpload>) {
    if let Err(error) = upload.abort().await {
        tracing::warn!(%error, "what was written in part could not be thrown away");
    }
}

/// The same memory to be filled again, where nobody else holds it: large buffers that are made anew by one thread after
/// the other stay with each of them.
pub async fn emptied(mut bytes: Bytes) -> BytesMut {
    // Whoever sent it may let go of it a moment after the answer came.
    for _ in 0..LETS_GO {
        match bytes.try_into_mut() {
            Ok(mut buffer) => {
                buffer.clear();
                return buffer;
            }
            Err(held) => bytes = held,
        }
        tokio::task::yield_now().await;
    }
    BytesMut::new()
}
