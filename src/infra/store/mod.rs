//! Where bytes are kept: on this machine's disk, or in any store that speaks S3. Nobody above knows which.
//!
//! What [`Store::put`] and [`Writer::finish`] answer is durable: on a disk it was synced before they return.

mod open;
mod place;

use std::{ops::Range, sync::Arc};

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
const PART: usize = 8 * 1024 * 1024;

/// A store of bytes, each under a place of its own.
#[derive(Clone, Debug)]
pub struct Store(Arc<dyn ObjectStore>);

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
        open::open(config).map(Self)
    }

    /// Keeps `bytes`, in place of what was there.
    pub async fn put(&self, place: &Place, bytes: Bytes) -> Result<()> {
        self.0.put(&place.path(), bytes.into()).await.map_err(Error::internal)?;
        Ok(())
    }

    /// Begins to keep what comes in pieces; nothing is there until [`Writer::finish`].
    pub async fn write(&self, place: &Place) -> Result<Writer> {
        let upload = self.0.put_multipart(&place.path()).await.map_err(Error::internal)?;
        Ok(Writer(WriteMultipart::new_with_chunk_size(upload, PART)))
    }

    /// How many bytes are kept there; `None` is nothing.
    pub async fn size(&self, place: &Place) -> Result<Option<u64>> {
        found(self.0.head(&place.path()).await.map(|kept| kept.size))
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
        let found = found(self.0.get_opts(&place.path(), options).await)?;
        Ok(found.map(|found| found.into_stream().map_err(Error::internal).boxed()))
    }

    /// All bytes, which are few enough to hold at once.
    pub async fn bytes(&self, place: &Place) -> Result<Option<Bytes>> {
        let Some(kept) = found(self.0.get(&place.path()).await)? else { return Ok(None) };
        kept.bytes().await.map(Some).map_err(Error::internal)
    }

    /// Keeps no longer what is there, if anything is.
    pub async fn delete(&self, place: &Place) -> Result<()> {
        found(self.0.delete(&place.path()).await).map(|_| ())
    }

    /// Everything of one kind, in no order; what others put into the store is passed over.
    pub fn list(&self, kind: &'static str) -> BoxStream<'static, Result<Kept>> {
        let all = self.0.list(Some(&object_store::path::Path::from(kind)));
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
    /// Takes a piece; waits while too many are on their way.
    pub async fn push(&mut self, piece: Bytes) -> Result<()> {
        self.0.wait_for_capacity(2).await.map_err(Error::internal)?;
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
