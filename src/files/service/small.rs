use std::{fs::File, sync::Arc};

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::{
    NewFile, blob,
    keep::{self, Looked},
    source::Source,
    storage,
};
use crate::{
    Cx, Error, Result, check::Check, client_key, entity::file, error::ErrorCode, files::policy,
};

/// What keys of clients call a file.
const KIND: &str = "file";
/// Bytes of a file that comes in one go.
pub const SMALL: u64 = 8 * 1024 * 1024;

/// Stores what came in one go: the bytes of `spooled`, at most [`SMALL`], from its beginning. `path` is the argument
/// that named it, for refusals of the bytes themselves. The same `client_key` answers the first file again.
pub async fn store_small(
    cx: Cx<'_>,
    new: NewFile,
    spooled: File,
    path: &[&'static str],
    client_key: Option<&str>,
) -> Result<file::Model> {
    let owner = policy::write(cx.actor)?.id;
    if client_key.is_some() {
        // Before anything is asked of the bytes: what was stored then may have taken the last room.
        let tx = cx.begin().await?;
        let first = client_key::claim(cx, &tx, client_key, KIND, cx.key()).await?;
        tx.rollback().await?;
        if let Some(first) = first {
            return again(cx, owner, first).await;
        }
    }
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
    let stored = store(cx, owner, new, &looked, path, client_key).await;
    if stored.is_err()
        && let Err(error) = blob::forget(cx.app, &looked.sha256).await
    {
        tracing::warn!(%error, "bytes that became no file are left to the sweep");
    }
    stored
}

async fn store(
    cx: Cx<'_>,
    owner: Uuid,
    new: NewFile,
    looked: &Looked,
    path: &[&'static str],
    client_key: Option<&str>,
) -> Result<file::Model> {
    for _ in 0..keep::TRIES {
        keep::put(cx.app, looked).await?;
        let (tx, id) = (cx.begin().await?, cx.key());
        if let Some(first) = client_key::claim(cx, &tx, client_key, KIND, id).await? {
            // Another call of that name was faster.
            tx.rollback().await?;
            blob::forget(cx.app, &looked.sha256).await?;
            return again(cx, owner, first).await;
        }
        let counters = storage::locked(&tx, owner).await?;
        storage::room(cx, &counters, keep::bytes(looked.size)?, path)?;
        if let Some(file) = keep::write(cx.app, &tx, (id, owner), new.clone(), looked).await? {
            tx.commit().await?;
            return Ok(file);
        }
        tx.rollback().await?;
    }
    Err(Error::bug("bytes are gone again and again"))
}

/// The file that a call of the same name stored.
async fn again(cx: Cx<'_>, owner: Uuid, first: Uuid) -> Result<file::Model> {
    let mine = file::Entity::find_by_id(first).filter(file::Column::OwnerId.eq(owner));
    mine.one(cx.db).await?.ok_or_else(|| client_key::gone("file"))
}
