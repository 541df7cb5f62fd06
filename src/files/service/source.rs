use std::{fs::File, io::SeekFrom, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use uuid::Uuid;

use crate::{
    Error, Result,
    infra::{
        secrets::{HashKind, Hasher},
        sniff,
        store::{Pieces, Place, Store},
    },
};

/// Bytes that are read of a spooled file at once.
const PIECE: usize = 1024 * 1024;

/// Where bytes lie before they are kept: they can be read again and again, and are held whole only if they are few.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// In memory.
    Held(Bytes),
    /// In a file of ours that nobody else sees.
    Spooled(Arc<File>),
    /// In the store, in pieces as they were sent.
    Parts(Arc<[(Uuid, u64)]>),
}

/// What reading it all told.
#[derive(Debug)]
pub(super) struct Seen {
    /// The first [`sniff::HEAD`] bytes.
    pub(super) head: Vec<u8>,
    /// All of them.
    pub(super) size: u64,
    /// SHA-256 in hexadecimal digits.
    pub(super) sha256: String,
}

impl Source {
    /// The bytes, from the first.
    pub(super) fn pieces(&self, store: &Store) -> Pieces {
        match self {
            Self::Held(bytes) => stream::iter([Ok(bytes.clone())]).boxed(),
            Self::Spooled(file) => spooled(file.clone()),
            Self::Parts(parts) => {
                let store = store.clone();
                let parts = (0..parts.len()).filter_map({
                    let parts = parts.clone();
                    move |at| parts.get(at).copied()
                });
                let part = move |(id, size)| part(store.clone(), id, size);
                stream::iter(parts).then(part).try_flatten().boxed()
            }
        }
    }

    /// Reads all of it once.
    pub(super) async fn see(&self, store: &Store) -> Result<Seen> {
        let mut pieces = self.pieces(store);
        let (mut head, mut size) = (Vec::new(), 0);
        let mut hasher = Hasher::new(HashKind::Sha256);
        while let Some(piece) = pieces.try_next().await? {
            let room = sniff::HEAD.saturating_sub(head.len());
            head.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            size += length(&piece);
            hasher.take(&piece);
        }
        Ok(Seen { head, size, sha256: hasher.finish_hex() })
    }

    /// All of it at once: for what has to be held whole, and is no larger than may be.
    pub(super) async fn whole(&self, store: &Store, size: u64) -> Result<Bytes> {
        let mut pieces = self.pieces(store);
        let mut whole = BytesMut::with_capacity(usize::try_from(size).map_err(Error::internal)?);
        while let Some(piece) = pieces.try_next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }
}

/// How many bytes.
pub(super) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// The bytes of a part, all of them.
async fn part(store: Store, id: Uuid, size: u64) -> Result<Pieces> {
    let there = store.read(&Place::Part(id), 0..size).await?;
    there.ok_or_else(|| Error::bug("a part of an upload is not in the store"))
}

fn spooled(file: Arc<File>) -> Pieces {
    let open = async move {
        let file = file.try_clone().map_err(Error::internal)?;
        let mut file = tokio::fs::File::from_std(file);
        file.seek(SeekFrom::Start(0)).await.map_err(Error::internal)?;
        Ok::<_, Error>(stream::try_unfold(file, async |mut file| {
            let mut piece = BytesMut::with_capacity(PIECE);
            let read = file.read_buf(&mut piece).await.map_err(Error::internal)?;
            Ok((read > 0).then(|| (piece.freeze(), file)))
        }))
    };
    stream::once(open).try_flatten().boxed()
}
