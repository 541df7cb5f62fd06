//! Where bytes are kept: on this machine's disk, or in any store that speaks S3. Nobody above knows which.
//!
//! What [`Store::put`] and [`Writer::finish`] answer is durable: on a disk it was synced before they return.
//! A store that fails is [`Error::Unavailable`]; why is logged here, and told to nobody.

mod disk;
mod open;
mod place;
mod writer;

use std::{
    ops::Range,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use object_store::{GetResultPayload, ObjectStore, ObjectStoreExt as _};

pub use place::Place;
pub use writer::{Writer, emptied};

use crate::{Error, Result, config::Config};

/// A store of bytes, each under a place of its own.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// The folder, if it is one on this machine.
    folder: Option<PathBuf>,
    /// Whether the bucket was seen to be there.
    is_seen: Arc<AtomicBool>,
}

/// How long a store that is elsewhere is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until it takes a connection.
    pub connect: Duration,
    /// While nothing comes from it. What failed is not tried again after as long.
    pub silence: Duration,
    /// How often what failed is tried again.
    pub retries: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), silence: Duration::from_secs(30), retries: 3 }
    }
}

/// Something that is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Where.
    pub place: Place,
    /// Bytes.
    pub size: u64,
    /// When it was written.
    pub at: DateTime<Utc>,
}

impl Store {
    /// The store that `config` names. A folder is made if it is missing; nothing is asked of S3 yet.
    pub fn open(config: &Config) -> Result<Self> {
        Self::open_with(config, Patience::default())
    }

    /// [`Store::open`] with other patience.
    pub fn open_with(config: &Config, patience: Patience) -> Result<Self> {
        let (objects, folder) = open::open(config, patience)?;
        Ok(Self { objects, folder, is_seen: Arc::default() })
    }

    /// Whether it works, by something that costs next to nothing: a folder takes a byte, S3 lets us look for what
    /// is not there. Looking can't tell that a whole bucket is missing, so at first something is listed.
    pub async fn check(&self) -> Result<()> {
        if let Some(folder) = self.folder.clone() {
            return on_disk(move || disk::check(&folder)).await;
        }
        if self.is_seen.load(Ordering::Relaxed) {
            return self.size(&Place::Part(uuid::Uuid::nil())).await.map(|_| ());
        }
        self.list(Place::PARTS).next().await.transpose()?;
        self.is_seen.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps `bytes`, in place of what was there.
    pub async fn put(&self, place: &Place, bytes: Bytes) -> Result<()> {
        self.objects.put(&place.path(), bytes.into()).await.map_err(failed)?;
        Ok(())
    }

    /// Begins to keep what comes in pieces, `size` bytes in all; nothing is there until [`Writer::finish`].
    pub async fn write(&self, place: &Place, size: u64) -> Result<Writer> {
        let upload = self.objects.put_multipart(&place.path()).await.map_err(failed)?;
        Writer::new(upload, size)
    }

    /// How many bytes are kept there; `None` is nothing.
    pub async fn size(&self, place: &Place) -> Result<Option<u64>> {
        found(self.objects.head(&place.path()).await.map(|kept| kept.size))
    }

    /// The bytes of a range, in pieces; `None` is nothing there. The range lies within them.
    pub async fn read(&self, place: &Place, range: Range<u64>) -> Result<Option<Pieces>> {
        if range.is_empty() {
            return Ok(self.size(place).await?.map(|_| stream::empty().boxed()));
        }
        let options = object_store::GetOptions {
            range: Some(object_store::GetRange::Bounded(range)),
            ..Default::default()
        };
        let found = found(self.objects.get_opts(&place.path(), options).await)?;
        Ok(found.map(|found| match found.payload {
            GetResultPayload::File(file, _) => disk::pieces(file, found.range),
            GetResultPayload::Stream(pieces) => pieces.map_err(failed).boxed(),
        }))
    }

    /// All bytes, which are few enough to hold at once.
    pub async fn bytes(&self, place: &Place) -> Result<Option<Bytes>> {
        let Some(kept) = found(self.objects.get(&place.path()).await)? else { return Ok(None) };
        kept.bytes().await.map(Some).map_err(failed)
    }

    /// Keeps no longer what is there, if anything is.
    pub async fn delete(&self, place: &Place) -> Result<()> {
        found(self.objects.delete(&place.path()).await).map(|_| ())
    }

    /// Everything of one kind, in no order; what others put into the store is passed over.
    pub fn list(&self, kind: &'static str) -> BoxStream<'static, Result<Kept>> {
        self.below(&object_store::path::Path::from(kind))
    }

    /// What was made of a picture.
    pub fn thumbnails(&self, sha256: &str) -> BoxStream<'static, Result<Kept>> {
        self.below(&place::thumbnails(sha256))
    }

    fn below(&self, path: &object_store::path::Path) -> BoxStream<'static, Result<Kept>> {
        let all = self.objects.list(Some(path));
        let kept = |found: object_store::ObjectMeta| {
            let place = Place::parse(found.location.as_ref())?;
            Some(Kept { place, size: found.size, at: found.last_modified })
        };
        all.map_err(failed).try_filter_map(move |found| std::future::ready(Ok(kept(found)))).boxed()
    }

    /// Removes what was begun before `before` and never finished, as when the power failed; answers how many there
    /// were. No list has them. S3 has rules of its own for that (`AbortIncompleteMultipartUpload`).
    pub async fn clear_unfinished(&self, before: DateTime<Utc>) -> Result<u64> {
        match self.folder.clone() {
            None => Ok(0),
            Some(folder) => on_disk(move || disk::clear_unfinished(folder, before)).await,
        }
    }
}

/// Bytes as they come.
pub type Pieces = BoxStream<'static, Result<Bytes>>;

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
    done.map_err(|error| {
        tracing::error!(%error, "the folder of files failed");
        Error::Unavailable
    })
}

/// Nothing there is an answer, not a failure.
fn found<T>(result: object_store::Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: object_store::Error) -> Error {
    tracing::error!(%error, "the store of files failed");
    Error::Unavailable
}
