//! Where bytes are kept: on this machine's disk, or in any store that speaks S3. Nobody above knows which.
//!
//! What [`Store::put`] and [`Writer::finish`] answer is durable: on a disk it was synced before they return.

mod drafts;
mod open;
mod place;

use std::{ops::Range, path::Path, sync::Arc};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use object_store::{ObjectStore, ObjectStoreExt as _, WriteMultipart};

pub use place::Place;

use crate::{Error, Result, config::Config};

/// Bytes of one part of what is written piece by piece; S3 takes none below 5 MiB but the last.
const PART: u64 = 5 * 1024 * 1024;
/// Parts that S3 takes of one thing.
const PARTS: u64 = 10_000;

/// A store of bytes, each under a place of its own.
#[derive(Clone, Debug)]
pub struct Store {
    kept: Arc<dyn ObjectStore>,
    /// The folder, on a disk of this machine.
    folder: Option<Arc<Path>>,
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
        let (kept, folder) = open::open(config)?;
        Ok(Self { kept, folder })
    }

    /// Keeps `bytes`, in place of what was there.
    pub async fn put(&self, place: &Place, bytes: Bytes) -> Result<()> {
        self.kept.put(&place.path(), bytes.into()).await.map_err(Error::internal)?;
        Ok(())
    }

    /// Begins to keep `size` bytes that come in pieces; nothing is there until [`Writer::finish`].
    pub async fn write(&self, place: &Place, size: u64) -> Result<Writer> {
        let part = usize::try_from(PART.max(size.div_ceil(PARTS))).map_err(Error::internal)?;
        let upload = self.kept.put_multipart(&place.path()).await.map_err(Error::internal)?;
        Ok(Writer(WriteMultipart::new_with_chunk_size(upload, part)))
    }

    /// How many bytes are kept there; `None` is nothing.
    pub async fn size(&self, place: &Place) -> Result<Option<u64>> {
        found(self.kept.head(&place.path()).await.map(|kept| kept.size))
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
        let found = found(self.kept.get_opts(&place.path(), options).await)?;
        Ok(found.map(|found| found.into_stream().map_err(Error::internal).boxed()))
    }

    /// All bytes, which are few enough to hold at once.
    pub async fn bytes(&self, place: &Place) -> Result<Option<Bytes>> {
        let Some(kept) = found(self.kept.get(&place.path()).await)? else { return Ok(None) };
        kept.bytes().await.map(Some).map_err(Error::internal)
    }

    /// Keeps no longer what is there, if anything is.
    pub async fn delete(&self, place: &Place) -> Result<()> {
        found(self.kept.delete(&place.path()).await).map(|_| ())
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
        let all = self.kept.list(Some(path));
        let kept = |found: object_store::ObjectMeta| {
            let place = Place::parse(found.location.as_ref())?;
            Some(Kept { place, size: found.size, at: found.last_modified })
        };
        all.map_err(Error::internal)
            .try_filter_map(move |found| std::future::ready(Ok(kept(found))))
            .boxed()
    }
}

/// Bytes as they come.
pub type Pieces = BoxStream<'static, Result<Bytes>>;

/// Keeps what comes in pieces.
#[derive(Debug)]
pub struct Writer(WriteMultipart);

impl Writer {
    /// Takes a piece; waits while another is on its way, so that no more than two parts are held.
    pub async fn push(&mut self, piece: Bytes) -> Result<()> {
        self.0.wait_for_capacity(1).await.map_err(Error::internal)?;
        self.0.put(piece);
        Ok(())
    }

    /// Keeps it all: it is there, whole, or not at all.
    pub async fn finish(self) -> Result<()> {
        self.0.finish().await.map_err(Error::internal)?;
        Ok(())
    }

    /// Keeps nothing of it.
    pub async fn abort(self) -> Result<()> {
        self.0.abort().await.map_err(Error::internal)
    }
}

/// Nothing there is an answer, not a failure.
fn found<T>(result: object_store::Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(Error::internal(error)),
    }
}
