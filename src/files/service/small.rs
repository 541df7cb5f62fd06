use std::{fs::File, sync::Arc};

use super::{
    NewFile, blob,
    keep::{self, Looked},
    source::Source,
    storage,
};
use crate::{Cx, Error, Result, check::Check, entity::file, error::ErrorCode, files::policy};

/// Bytes of a file that comes in one go.
pub const SMALL: u64 = 8 * 1024 * 1024;

/// Stores what came in one go: the bytes of `spooled`, at most [`SMALL`], from its beginning. `path` is the argument
/// that named it, for refusals of the bytes themselves.
pub async fn store_small(
    cx: Cx<'_>,
    new: NewFile,
    spooled: File,
    path: &[&'static str],
) -> Result<file::Model> {
    let owner = policy::write(cx.actor)?.id;
    let mut check = Check::new();
    let new = new.checked(&mut check);
    check.done()?;
    let size = spooled.metadata().map_err(Error::internal)?.len();
    let of_bytes = |code, message: &str| Error::refused(code, path.iter().copied(), message);
    if size == 0 {
        return Err(of_bytes(ErrorCode::Required, "there is nothing in this file"));
    }
    if size > SMALL {
        let message = "at most 8 MB come in one go: start an upload for more";
        return Err(of_bytes(ErrorCode::FileTooLarge, message));
    }
    // Asked again once the bytes are there: this keeps most of what has no room from being put at all.
    storage::room(cx, &storage::of(cx, owner).await?, keep::bytes(size)?, path)?;
    let looked = keep::look(cx.app, Source::Spooled(Arc::new(spooled)), None, path).await?;
    let stored = store(cx, owner, new, &looked, path).await;
    if stored.is_err()
        && let Err(error) = blob::forget(cx.app, &looked.sha256).await
    {
        tracing::warn!(%error, "bytes that became no file are left to the sweep");
    }
    stored
}

async fn store(
    cx: Cx<'_>,
    owner: uuid::Uuid,
    new: NewFile,
    looked: &Looked,
    path: &[&'static str],
) -> Result<file::Model> {
    for _ in 0..keep::TRIES {
        keep::put(cx.app, looked).await?;
        let tx = cx.begin().await?;
        let counters = storage::locked(&tx, owner).await?;
        storage::room(cx, &counters, keep::bytes(looked.size)?, path)?;
        if let Some(file) = keep::write(cx.app, &tx, owner, new.clone(), looked).await? {
            tx.commit().await?;
            return Ok(file);
        }
        tx.rollback().await?;
    }
    Err(Error::bug("bytes are gone again and again"))
}
