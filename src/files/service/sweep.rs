use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, future};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, Query},
};
use uuid::Uuid;

use super::{blob as bytes, uploads};
use crate::{
    Error, Result,
    app::App,
    entity::{blob, file, upload_part},
    infra::store::{Kept, Place},
    sql,
};

/// How long bytes stay that no file uses: time to store the same ones again without sending them anew.
const UNUSED: TimeDelta = TimeDelta::hours(1);
/// How old bytes are before they are taken for left behind: nothing that is under way takes as long.
const LEFT: TimeDelta = TimeDelta::hours(24);
/// Places whose rows are looked for in one statement.
const AT_ONCE: usize = 500;

/// Takes away what is of no use any more: uploads whose time is over, bytes that no file uses, and bytes that a killed
/// server left without a row. Whoever stores the same bytes meanwhile waits, and then keeps theirs. To be called at the
/// start, and hourly.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.clock.now();
    sweep_uploads(app, now).await?;
    sweep_unused(app, now).await?;
    let left = now - LEFT;
    sweep_left(app, Place::BLOBS, left).await?;
    sweep_left(app, Place::THUMBNAILS, left).await?;
    sweep_left(app, Place::PARTS, left).await?;
    let drafts = app.store.clear_unfinished(left).await?;
    if drafts > 0 {
        tracing::info!(drafts, "deleted what a killed server had left half-written");
    }
    Ok(())
}

async fn sweep_uploads(app: &App, now: DateTime<Utc>) -> Result<()> {
    loop {
        let mut removed = 0;
        for upload in uploads::expired(app, now).await? {
            removed += u32::from(uploads::remove_expired(app, upload, now).await?);
        }
        if removed == 0 {
            break;
        }
    }
    uploads::drop_streams(app).await
}

/// Rows that no file uses, and were not touched for a while.
async fn sweep_unused(app: &App, now: DateTime<Utc>) -> Result<()> {
    let used = Query::select()
        .expr(Expr::val(1))
        .from(file::Entity)
        .and_where(
            Expr::col((file::Entity, file::Column::Sha256))
                .eq(Expr::col((blob::Entity, blob::Column::Sha256))),
        )
        .to_owned();
    let mut after = String::new();
    loop {
        let unused: Vec<String> = blob::Entity::find()
            .select_only()
            .column(blob::Column::Sha256)
            .filter(blob::Column::TouchedAt.lt(now - UNUSED))
            .filter(Expr::exists(used.clone()).not())
            .filter(blob::Column::Sha256.gt(after.clone()))
            .order_by_asc(blob::Column::Sha256)
            .limit(100)
            .into_tuple()
            .all(&app.db.write)
            .await?;
        let Some(last) = unused.last() else { return Ok(()) };
        after.clone_from(last);
        for sha256 in &unused {
            bytes::drop_unused(app, sha256).await?;
        }
    }
}

/// Bytes of one kind that are older than `left` and belong to no row.
async fn sweep_left(app: &App, kind: &'static str, left: DateTime<Utc>) -> Result<()> {
    let old = app.store.list(kind).try_filter(|kept: &Kept| future::ready(kept.at < left));
    let mut chunks = old.chunks(AT_ONCE);
    while let Some(chunk) = chunks.next().await {
        let kept = chunk.into_iter().collect::<Result<Vec<_>>>()?;
        match kind {
            Place::PARTS => sweep_parts(app, &kept).await?,
            _ => sweep_bytes(app, &kept).await?,
        }
    }
    Ok(())
}

async fn sweep_bytes(app: &App, kept: &[Kept]) -> Result<()> {
    let hash = |kept: &Kept| match &kept.place {
        Place::Blob(sha256) | Place::Thumbnail(sha256, _) => Some(sha256.clone()),
        Place::Part(_) => None,
    };
    let hashes: HashSet<String> = kept.iter().filter_map(hash).collect();
    let known: Vec<String> = blob::Entity::find()
        .select_only()
        .column(blob::Column::Sha256)
        .filter(blob::Column::Sha256.is_in(&hashes))
        .into_tuple()
        .all(&app.db.write)
        .await?;
    let known: HashSet<String> = known.into_iter().collect();
    for sha256 in hashes.difference(&known) {
        bytes::forget(app, sha256).await?;
    }
    Ok(())
}

async fn sweep_parts(app: &App, kept: &[Kept]) -> Result<()> {
    let key = |kept: &Kept| match kept.place {
        Place::Part(id) => Some(id),
        _ => None,
    };
    let keys: Vec<Uuid> = kept.iter().filter_map(key).collect();
    let known: Vec<Uuid> = upload_part::Entity::find()
        .select_only()
        .column(upload_part::Column::Id)
        .filter(sql::key_in(app.db.backend(), upload_part::Column::Id, &keys))
        .into_tuple()
        .all(&app.db.write)
        .await?;
    let known: HashSet<Uuid> = known.into_iter().collect();
    for id in keys.into_iter().filter(|id| !known.contains(id)) {
        app.store.delete(&Place::Part(id)).await?;
    }
    Ok::<_, Error>(())
}
