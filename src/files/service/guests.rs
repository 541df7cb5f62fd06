//! Files that come with something that nobody need sign in for: they are kept as the files of whoever asked for them, and
//! become files within the change that they come with, or not at all.

use std::{fs::File, sync::Arc};

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, LockType},
};
use uuid::Uuid;

use super::{
    NewFile, SMALL, blob,
    keep::{self, Looked},
    source::Source,
    storage,
};
use crate::{
    Cx, Error, Result,
    app::App,
    check::Check,
    entity::{
        file::{self, Visibility},
        file_use, storage as counters,
    },
    error::ErrorCode,
    sql,
};

/// Bytes that were looked at and are kept, to become a file.
#[derive(Debug)]
pub struct Prepared {
    new: NewFile,
    looked: Looked,
}

/// Keeps the bytes of `spooled`, at most [`SMALL`], for a file of `owner`, if `fits` says yes to their media type. What
/// is refused is at `input`, to be said where it belongs.
pub async fn prepare(
    cx: Cx<'_>,
    owner: Uuid,
    name: Option<String>,
    spooled: File,
    fits: impl Fn(&str) -> bool,
) -> Result<Prepared> {
    let path = ["input"];
    let refused = |code, message: &str| Error::refused(code, path, message);
    let new =
        NewFile { name: name.unwrap_or_default(), alt_text: None, visibility: Visibility::Private };
    let new = new.checked(&mut Check::new());
    let size = spooled.metadata().map_err(Error::internal)?.len();
    if size == 0 {
        return Err(refused(ErrorCode::Required, "there is nothing in this file"));
    }
    if size > SMALL {
        return Err(refused(ErrorCode::FileTooLarge, "a file may have 8 MB here"));
    }
    storage::room(cx, &storage::of(cx, owner).await?, keep::bytes(size)?, &path)
        .map_err(|_| no_room())?;
    let looked = keep::look(cx.app, Source::Spooled(Arc::new(spooled)), None, &path).await?;
    if !fits(looked.media_type()) {
        let message = "files of this kind are not taken here";
        return Err(refused(ErrorCode::FileTypeRejected, message));
    }
    if let Err(error) = keep::put(cx.app, &looked).await {
        forget(cx.app, &looked).await;
        return Err(error);
    }
    Ok(Prepared { new, looked })
}

/// How much its owner stores is theirs to know: whoever sends a file hears only that there is no room.
fn no_room() -> Error {
    Error::refused(ErrorCode::QuotaExceeded, ["input"], "there is no room for this file")
}

impl Prepared {
    /// Makes a file of it, in the transaction of what it comes with.
    pub async fn write(&self, cx: Cx<'_>, tx: &impl ConnectionTrait, owner: Uuid) -> Result<Uuid> {
        let row = storage::locked(tx, owner).await?;
        storage::room(cx, &row, keep::bytes(self.looked.size)?, &["input"])
            .map_err(|_| no_room())?;
        let id = cx.key();
        let file = keep::write(cx.app, tx, (id, owner), self.new.clone(), &self.looked).await?;
        // Swept between: that takes an hour, so the same call will do.
        file.map(|file| file.id).ok_or(Error::Unavailable)
    }

    /// Lets its bytes go: nothing came of it.
    pub async fn forget(self, app: &App) {
        forget(app, &self.looked).await;
    }
}

async fn forget(app: &App, looked: &Looked) {
    if let Err(error) = blob::forget(app, &looked.sha256).await {
        tracing::warn!(%error, "bytes that became no file are left to the sweep");
    }
}

/// Those of these files that are the actor's own, with their media types; held until the end of the change.
pub async fn own(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>> {
    let Some(me) = cx.actor.id() else { return Ok(Vec::new()) };
    let mut rows = file::Entity::find()
        .select_only()
        .columns([file::Column::Id, file::Column::MediaType])
        .filter(sql::key_in(cx.backend(), file::Column::Id, ids))
        .filter(file::Column::OwnerId.eq(me));
    if cx.backend() == sea_orm::DbBackend::Postgres {
        rows = rows.lock(LockType::KeyShare);
    }
    Ok(rows.into_tuple().all(tx).await?)
}

/// Deletes those of these files that are `owner`'s and hang nowhere any more, in the transaction of what let go of them.
pub async fn discard(tx: &impl ConnectionTrait, owner: Uuid, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let row = storage::locked(tx, owner).await?;
    let this = Expr::col((file_use::Entity, file_use::Column::FileId))
        .eq(Expr::col((file::Entity, file::Column::Id)));
    let used = sea_orm::sea_query::Query::select()
        .expr(Expr::val(1))
        .from(file_use::Entity)
        .and_where(this)
        .to_owned();
    let unused = file::Entity::find()
        .filter(sql::key_in(tx.get_database_backend(), file::Column::Id, ids))
        .filter(file::Column::OwnerId.eq(owner))
        .filter(Expr::exists(used).not())
        .all(tx)
        .await?;
    let bytes = unused.iter().fold(0_i64, |sum, file| sum.saturating_add(file.size));
    let count = i32::try_from(unused.len()).unwrap_or(i32::MAX);
    let less = counters::ActiveModel {
        profile_id: Unchanged(owner),
        used: Set(Ord::max(row.used.saturating_sub(bytes), 0)),
        file_count: Set(Ord::max(row.file_count.saturating_sub(count), 0)),
        ..Default::default()
    };
    less.update(tx).await?;
    let keys: Vec<Uuid> = unused.iter().map(|file| file.id).collect();
    let gone = sql::key_in(tx.get_database_backend(), file::Column::Id, &keys);
    file::Entity::delete_many().filter(gone).exec(tx).await?;
    Ok(())
}
