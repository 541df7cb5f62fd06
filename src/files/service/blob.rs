//! Bytes and their row: the row's lock stands for the bytes.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, sea_query::OnConflict,
};

use crate::{
    Error, Result,
    app::App,
    entity::{blob, file},
    infra::store::Place,
    sql,
};

/// How long a store is asked within a change, for which others wait: on SQLite everybody who writes.
const ASKED: Duration = Duration::from_secs(3);

/// Notes that a file is about to use bytes that were put. Their row is locked from here to the commit, so that the
/// sweep either came before or sees the file. False: it came before, so put them again.
pub(super) async fn touch(
    app: &App,
    tx: &impl ConnectionTrait,
    sha256: &str,
    size: u64,
) -> Result<bool> {
    let row = blob::ActiveModel {
        sha256: Set(sha256.to_owned()),
        size: Set(i64::try_from(size).map_err(Error::internal)?),
        touched_at: Set(app.clock.now()),
    };
    let touch =
        OnConflict::column(blob::Column::Sha256).update_column(blob::Column::TouchedAt).to_owned();
    blob::Entity::insert(row).on_conflict(touch).exec_without_returning(tx).await?;
    let place = Place::Blob(sha256.to_owned());
    let there = tokio::time::timeout(ASKED, app.store.size(&place)).await;
    Ok(there.map_err(|_| Error::Unavailable)?? == Some(size))
}

/// Deletes bytes that have no row: who would use them waits meanwhile, and then puts them again.
pub(super) async fn forget(app: &App, sha256: &str) -> Result<()> {
    let tx = app.db.begin().await?;
    let row = blob::ActiveModel {
        sha256: Set(sha256.to_owned()),
        size: Set(0),
        touched_at: Set(app.clock.now()),
    };
    if sql::insert_new(&tx, row).await? {
        delete(app, sha256).await?;
    }
    tx.rollback().await?;
    Ok(())
}

/// Deletes bytes with their row unless a file uses them by now.
pub(super) async fn drop_unused(app: &App, sha256: &str) -> Result<()> {
    let tx = app.db.begin().await?;
    let row = blob::Entity::find_by_id(sha256);
    let row = sea_orm::QuerySelect::lock_exclusive(row).one(&tx).await?;
    let used = file::Entity::find().filter(file::Column::Sha256.eq(sha256)).count(&tx).await?;
    if row.is_some() && used == 0 {
        delete(app, sha256).await?;
        blob::Entity::delete_by_id(sha256).exec(&tx).await?;
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(())
}

/// Deletes bytes, and before them what was made of them.
async fn delete(app: &App, sha256: &str) -> Result<()> {
    let mut thumbnails = app.store.thumbnails(sha256);
    while let Some(thumbnail) = thumbnails.try_next().await? {
        app.store.delete(&thumbnail.place).await?;
    }
    app.store.delete(&Place::Blob(sha256.to_owned())).await
}
